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
import binascii
import functools
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

from visavis.archive.canonical import canonical, quick
from visavis.archive.types import Damaged, Fact, Sealed, TooLarge

LIMIT = 65_535
NONCE = bytes(12)
VERSION = 1


COMMIT, SEAL = b"visavis record commit v1", b"visavis record seal v1"
# The one block that HKDF makes of each (RFC 5869 §2.3).
COMMIT_1, SEAL_1 = COMMIT + b"\x01", SEAL + b"\x01"
# The header's members in the order of RFC 8785; what is filled in is JSON already.
HEADER = (
    b'{"at":"%b","clear":%b,"commit":"%b","dek":"%b","env":%b,"id":%b,"kid":%b,"kind":%b,"object":%b,"prev":%b,'
    b'"ret":%b,"v":1}'
)
# HMAC (RFC 2104 §2): a key of 32 bytes is filled up to a block, and combined with one of two bytes.
PADDING = bytes(32)
_IPAD, _OPAD = bytes(one ^ 0x36 for one in range(256)), bytes(one ^ 0x5C for one in range(256))
_base64 = binascii.b2a_base64
# HMAC-SHA256 under the empty salt of HKDF: both halves begin with the same 64 bytes every time (RFC 2104 §4).
_INNER, _OUTER = hashlib.sha256(b"\x36" * 64), hashlib.sha256(b"\x5c" * 64)


def derive(key: bytes, label: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869) of a 32-byte key, without salt, 32 bytes long."""
    return hmac.digest(_extracted(key), label + b"\x01", "sha256")


def _both(extracted: bytes) -> tuple[bytes, bytes]:
    """The commitment and the sealing key: HMAC-SHA256 under one key of two labels, in half the time of two calls."""
    padded = extracted + PADDING
    inner, outer = hashlib.sha256(padded.translate(_IPAD)), hashlib.sha256(padded.translate(_OPAD))
    first, last = inner.copy(), outer.copy()
    first.update(COMMIT_1)
    last.update(first.digest())
    inner.update(SEAL_1)
    outer.update(inner.digest())
    return last.digest(), outer.digest()


@functools.lru_cache(maxsize=256)
def _quoted(word: str) -> bytes:
    return canonical(str(word))


def _extracted(key: bytes) -> bytes:
    inner, outer = _INNER.copy(), _OUTER.copy()
    inner.update(key)
    outer.update(inner.digest())
    return outer.digest()


def seal(
    fact: Fact, record_id: UUID, previous: bytes | None, at_us: int, key_id: UUID, wrapping: bytes,
    data_key: bytes = b"",
) -> Sealed:  # fmt: skip
    """The fact as final bytes; raises `TooLarge`. A data key, where given, is fresh and used for nothing else."""
    data_key = data_key or os.urandom(32)
    commit, sealing = _both(_extracted(data_key))
    header = HEADER % (
        b"%d" % at_us,
        canonical(fact.clear),
        _base64(commit, newline=False),
        _base64(aes_key_wrap(wrapping, data_key), newline=False),
        _quoted(fact.environment),
        quick(record_id),
        quick(key_id),
        _quoted(fact.kind),
        quick(fact.object_id),
        b'"%b"' % binascii.hexlify(previous) if previous else b"null",
        _quoted(fact.retention),
    )
    sealed = AESGCM(sealing).encrypt(NONCE, canonical(fact.body), header)
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
