"""Signed notes: a text, a blank line, and lines of signatures (C2SP signed-note, and golang.org/x/mod/sumdb/note).

Ed25519 (type 1) signs the text itself; a witness (type 4, C2SP tlog-cosignature) signs the text with the time put
before it. Keys are written as text: `name+id+base64` for verifying, `PRIVATE+KEY+name+id+base64` for signing.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE = 0x04
MAX_SIGNATURES = 100
MAX_NOTE = 1_000_000
MAX_TIME = 2**63 - 1

_PRIVATE = "PRIVATE+KEY+"
_HEX_ID = re.compile(r"[0-9a-f]{8}", re.ASCII)


class BadNote(ValueError):
    """A note or key that is malformed, unknown or wrongly signed; the text says which."""


@dataclass(frozen=True)
class Signature:
    """One line below a note: who signed, with which key, and the bytes (a cosignature's begin with its time)."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"\u2014 {self.name} {base64.b64encode(self.key_id + self.value).decode()}\n"


@dataclass(frozen=True)
class Verifier:
    """A public key with its name. `kind` is `ED25519` for a log, `COSIGNATURE` for a witness."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart."""
        return _key_id(self.name, self.kind, self.public)

    @property
    def vkey(self) -> str:
        """The key as text, for example in a policy file."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verifies(self, text: str, signature: bytes) -> bool:
        """Whether the signature is this key's for the text; a cosignature's time is part of it."""
        message = text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != 72 or not 0 < time_of(signature) <= MAX_TIME:
                return False
            message = cosigned(text, time_of(signature))
            signature = signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, repr=False)
class Signer:
    """A private key with its name."""

    name: str
    kind: int
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, self.kind, key.public_key().public_bytes_raw())

    @property
    def skey(self) -> str:
        """The key as text: a secret. A witness's is written with type 4."""
        encoded = base64.b64encode(bytes([self.kind]) + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{encoded}"

    def sign(self, text: str, at: int = 0) -> Signature:
        """Sign the text; a witness also states `at`, POSIX seconds."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == COSIGNATURE:
            value = at.to_bytes(8, "big") + key.sign(cosigned(text, at))
        else:
            value = key.sign(text.encode())
        return Signature(self.name, self.verifier.key_id, value)


def cosigned(text: str, at: int) -> bytes:
    """What a witness signs: the time, then the checkpoint's text."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def time_of(signature: bytes) -> int:
    """When a witness signed, in POSIX seconds."""
    return int.from_bytes(signature[:8], "big")


def verifier_of(text: str) -> Verifier:
    """The key that a vkey describes; raises `BadNote`."""
    name, number, kind, raw = _read_key(text)
    found = Verifier(name, kind, raw)
    if found.key_id != number:
        raise BadNote("the key's id does not match the key")
    return found


def signer_of(text: str) -> Signer:
    """The key that a private key's text describes; raises `BadNote`."""
    if not text.startswith(_PRIVATE):
        raise BadNote("not a private key")
    name, number, kind, raw = _read_key(text.removeprefix(_PRIVATE))
    found = Signer(name, kind, raw)
    if found.verifier.key_id != number:
        raise BadNote("the key's id does not match the key")
    return found


def check_name(name: str) -> str:
    """The name, if a key may have it; raises `BadNote`."""
    if not name or "+" in name or any(one.isspace() or one < " " for one in name):
        raise BadNote(f"not a name for a key: {name!r}")
    return name


def write(text: str, signatures: Sequence[Signature]) -> str:
    """The note. The text must end with a newline."""
    return f"{text}\n" + "".join(one.line for one in signatures)


def split(note: bytes) -> tuple[str, list[Signature]]:
    """Text and signatures, none of them verified; raises `BadNote` where the form is wrong."""
    if len(note) > MAX_NOTE:
        raise BadNote("too long")
    try:
        decoded = note.decode()
    except UnicodeDecodeError:
        raise BadNote("not UTF-8") from None
    if any(one < " " and one != "\n" for one in decoded):
        raise BadNote("a control character")
    body, parted, below = decoded.rpartition("\n\n")
    if not parted or not below.endswith("\n"):
        raise BadNote("no signatures below a blank line")
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote("too many signatures")
    return body + "\n", [_read_line(line) for line in lines]


def verified(note: bytes, known: Sequence[Verifier]) -> tuple[str, list[Signature]]:
    """The text, and its signatures by known keys, in order.

    Raises `BadNote` when the form is wrong, when a known key's signature does not verify, or when no known key signed.
    """
    text, signatures = split(note)
    keys = {(one.name, one.key_id): one for one in known}
    found: dict[tuple[str, bytes], Signature] = {}
    for one in signatures:
        signer = (one.name, one.key_id)
        key = keys.get(signer)
        if key is None or signer in found:
            continue
        if not key.verifies(text, one.value):
            raise BadNote(f"the signature of {one.name} is wrong")
        found[signer] = one
    if not found:
        raise BadNote("not signed by a known key")
    return text, list(found.values())


def _read_line(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, parted, encoded = rest.partition(" ")
    if dash != "\u2014" or not parted:
        raise BadNote("a malformed signature line")
    raw = decode(encoded)
    if len(raw) < 5:
        raise BadNote("a short signature")
    return Signature(check_name(name), raw[:4], raw[4:])


def _read_key(text: str) -> tuple[str, bytes, int, bytes]:
    parts = text.split("+", 2)
    if len(parts) != 3 or not _HEX_ID.fullmatch(parts[1]):
        raise BadNote("a malformed key")
    raw = decode(parts[2])
    if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise BadNote("not an Ed25519 key")
    return check_name(parts[0]), bytes.fromhex(parts[1]), raw[0], raw[1:]


def decode(text: str) -> bytes:
    """Standard base64, in the one spelling that the encoder gives; raises `BadNote`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise BadNote("not base64 as it is written")
    return raw


def _key_id(name: str, kind: int, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]
