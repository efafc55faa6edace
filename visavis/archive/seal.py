"""Seals a fact into an envelope and opens it again: pure bytes in, bytes out.

Envelope, version 1 (final): `u16be(len(header)) ‖ header ‖ ciphertext`.

* `header` is RFC 8785 JSON: `v` 1, `id`, `kind`, `object`, `prev` (hex SHA-256 of the object's previous
  envelope, or null),
  `at` (decimal string, microseconds UTC), `env`, `clear`, `kid` (wrapping key), `dek` (base64 of the wrapped data key),
  `commit` (base64 of HKDF-SHA256(data key, "visavis record commit v1")) and `ret` (retention class).
* The data key is fresh for every record and wrapped with AES key wrap (RFC 3394) by the relationship's key.
* The body is RFC 8785 JSON sealed with AES-256-GCM under HKDF-SHA256(data key, "visavis record seal v1"), a
  zero nonce (the
  key is used once) and the header as associated data. `commit` makes the sealing key-committing: AES-GCM alone is not.

The digest that the object's next record carries is SHA-256 of the whole envelope: of ciphertext, never of text.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from visavis.archive.canonical import canonical, plain, quick
from visavis.archive.types import Damaged, Fact, Sealed, TooLarge
from visavis.kernel.ids import written

LIMIT = 65_535
NONCE = bytes(12)
VERSION = 1


COMMIT, SEAL = b"visavis record commit v1", b"visavis record seal v1"
# HMAC-SHA256 under the empty salt of HKDF: both halves begin with the same 64 bytes every time (RFC 2104 §4).
_INNER, _OUTER = hashlib.sha256(b"\x36" * 64), hashlib.sha256(b"\x5c" * 64)


def derive(key: bytes, label: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) of a 32-byte key, without salt, 32 bytes long."""
    return hmac.digest(_extracted(key), label + b"\x01", "sha256")


def _extracted(key: bytes) -> bytes:
    inner, outer = _INNER.copy(), _OUTER.copy()
    inner.update(key)
    outer.update(inner.digest())
    return outer.digest()


def seal(
    fact: Fact, record_id: UUID, previous: bytes | None, at_us: int, key_id: UUID, wrapping: bytes
) -> Sealed:
    """The fact as final bytes; raises `TooLarge`."""
    data_key = os.urandom(32)
    extracted = _extracted(data_key)
    commit = hmac.digest(extracted, COMMIT + b"\x01", "sha256")
    # What the header holds beside `clear` is made here, of plain types.
    write = quick if plain(fact.clear) else canonical
    header = write(
        {
            "v": VERSION,
            "id": written(record_id),
            "kind": fact.kind,
            "object": written(fact.object_id),
            "prev": previous.hex() if previous else None,
            "at": str(at_us),
            "env": fact.environment.value,
            "clear": dict(fact.clear),
            "kid": written(key_id),
            "dek": base64.b64encode(aes_key_wrap(wrapping, data_key)).decode(),
            "commit": base64.b64encode(commit).decode(),
            "ret": fact.retention.value,
        }
    )
    cipher = AESGCM(hmac.digest(extracted, SEAL + b"\x01", "sha256"))
    sealed = cipher.encrypt(NONCE, canonical(dict(fact.body)), header)
    if 2 + len(header) + len(sealed) > LIMIT:
        raise TooLarge(kind=fact.kind)
    envelope = len(header).to_bytes(2, "big") + header + sealed
    return Sealed(record_id, fact, previous, at_us, envelope, hashlib.sha256(envelope).digest())


def header_of(envelope: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    """The parsed header, its exact bytes, and the ciphertext; raises `Damaged`."""
    length = int.from_bytes(envelope[:2], "big")
    raw = envelope[2 : 2 + length]
    try:
        header = json.loads(raw)
    except ValueError:
        raise Damaged(part="header") from None
    if len(raw) != length or not isinstance(header, dict) or header.get("v") != VERSION:
        raise Damaged(part="header")
    return header, raw, envelope[2 + length :]


def unseal(envelope: bytes, wrapping: bytes) -> Mapping[str, Any]:
    """The body; raises `Damaged` when the key or any byte of header or ciphertext is not the original."""
    header, raw, sealed = header_of(envelope)
    try:
        data_key = aes_key_unwrap(wrapping, base64.b64decode(header["dek"]))
    except (InvalidUnwrap, KeyError, ValueError):
        raise Damaged(part="data key") from None
    commit = base64.b64encode(derive(data_key, COMMIT)).decode()
    if not hmac.compare_digest(commit, str(header.get("commit"))):
        raise Damaged(part="commitment")
    try:
        opened = AESGCM(derive(data_key, SEAL)).decrypt(NONCE, sealed, raw)
    except InvalidTag:
        raise Damaged(part="body") from None
    body = json.loads(opened)
    assert isinstance(body, dict)
    return body
