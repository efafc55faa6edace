"""Sealing: the envelope's bytes are fixed for good, open only with their key, and show every change."""

import base64
import hashlib
import json
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from visavis.archive import keys
from visavis.archive.canonical import canonical
from visavis.archive.keys import KeyRing
from visavis.archive.seal import derive, header_of, seal, unseal
from visavis.archive.types import Damaged, Fact, TooLarge
from visavis.kernel.auth import Environment

KEY = bytes(range(32))
IDS = [UUID(int=number) for number in range(1, 5)]
FACT = Fact(
    "message", IDS[1], IDS[2], Environment.TEST, {"text": "您好"}, {"no": 7, "stream": "shared"}
)

# The first envelope of this format, made once and kept: whatever comes later must open it.
ENVELOPE = (Path(__file__).parent / "envelope-v1.bin").read_bytes()


def sealed(fact: Fact = FACT, previous: bytes | None = None) -> bytes:
    return seal(fact, IDS[0], previous, 1_763_800_000_000_000, IDS[3], KEY).envelope


def test_an_envelope_of_version_one_opens_for_ever() -> None:
    assert unseal(ENVELOPE, KEY) == {"text": "您好", "at": "1763800000000000"}
    assert hashlib.sha256(ENVELOPE).hexdigest() == (
        "5e85a451004e02f370e1ae3c54b139bb508cb2ec2d9157be8756ba7e7fc677b2"
    )
    header, raw, _ = header_of(ENVELOPE)
    assert canonical(header) == raw
    assert {key: header[key] for key in ("v", "kind", "env", "clear", "at", "ret", "prev")} == {
        "v": 1, "kind": "message", "env": "test", "clear": {"no": 7, "stream": "shared"},
        "at": "1763800000000000", "ret": "business", "prev": None,
    }  # fmt: skip


def test_key_derivation_is_hkdf_sha256() -> None:
    # RFC 5869 without salt, by a second implementation.
    for label in (b"visavis record commit v1", b"visavis record seal v1"):
        assert derive(KEY, label) == HKDF(hashes.SHA256(), 32, None, label).derive(KEY)


def test_the_same_fact_never_gives_the_same_bytes() -> None:
    assert sealed() != sealed()


def test_the_digest_of_the_one_before_is_carried() -> None:
    digest = hashlib.sha256(b"before").digest()
    envelope = sealed(previous=digest)
    header, raw, _ = header_of(envelope)
    assert header["prev"] == digest.hex()
    assert canonical(header) == raw
    assert unseal(envelope, KEY) == {"text": "您好"}


def test_any_changed_bit_is_noticed() -> None:
    envelope = sealed()
    for place in range(0, len(envelope), 3):
        changed = bytearray(envelope)
        changed[place] ^= 1
        with pytest.raises((Damaged, UnicodeDecodeError)):
            unseal(bytes(changed), KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(Damaged):
        unseal(sealed(), bytes(32))


def test_a_second_key_cannot_be_made_to_fit() -> None:
    # AES-GCM alone commits to no key: the commitment in the header does.
    envelope = sealed()
    header, raw, body = header_of(envelope)
    header["commit"] = base64.b64encode(bytes(32)).decode()
    forged = canonical(header)
    with pytest.raises(Damaged) as damaged:
        unseal(len(forged).to_bytes(2, "big") + forged + body, KEY)
    assert damaged.value.params == {"part": "commitment"}
    assert len(forged) == len(raw)


def test_a_moved_header_opens_nothing() -> None:
    one, other = sealed(), sealed()
    header, raw, _ = header_of(one)
    with pytest.raises(Damaged):
        unseal(len(raw).to_bytes(2, "big") + raw + header_of(other)[2], KEY)
    assert header["v"] == 1


@pytest.mark.parametrize("data", [b"", b"\x00", b"\x00\x02{}", b'\x00\x05{"v"', b'\x00\x07{"v":2}'])
def test_what_is_no_envelope_is_damaged(data: bytes) -> None:
    with pytest.raises(Damaged):
        header_of(data)


def test_a_record_has_room_for_the_longest_message_and_no_more() -> None:
    assert sealed(Fact("message", *IDS[1:3], Environment.TEST, {"text": "汉" * 8000}))
    with pytest.raises(TooLarge):
        sealed(Fact("message", *IDS[1:3], Environment.TEST, {"text": "x" * 65_535}))


def test_no_word_of_the_body_is_in_clear() -> None:
    envelope = sealed(Fact("message", *IDS[1:3], Environment.TEST, {"text": "profit guaranteed"}))
    assert b"profit" not in envelope
    assert b"profit" not in json.dumps(header_of(envelope)[0]).encode()


def test_the_master_key_is_made_once_and_for_the_owner_alone(tmp_path: Path) -> None:
    first, second = KeyRing.of_folder(tmp_path), KeyRing.of_folder(tmp_path)
    assert first.master_id == second.master_id
    path = tmp_path / "keys" / "master.key"
    assert path.stat().st_mode & 0o777 == 0o600
    wrapped = first.wrap(b"secret", "purpose")
    assert second.unwrap(wrapped, "purpose") == b"secret"
    with pytest.raises(InvalidTag):
        second.unwrap(wrapped, "another purpose")


def test_a_ring_remembers_only_so_many_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "KNOWN", 2)
    ring = KeyRing.of_folder(tmp_path)
    for number in IDS:
        ring.remember({(number, "business"): (number, KEY)})
    assert [scope[0] for scope in ring.known] == IDS[2:]
    monkeypatch.setattr(keys, "_ring", None)
    with pytest.raises(RuntimeError, match="no key ring"):
        keys.ring()
