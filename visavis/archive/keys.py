"""The master key and what it wraps: one wrapping key per relationship and retention class.

The master lies in the data folder (mode 0600, made on first use), apart from the database, so that a copy of
the database
alone opens nothing. It also wraps small secrets that must be read back, such as TOTP seeds.
"""

import hashlib
import os
import pathlib
from collections import OrderedDict
from collections.abc import Mapping
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KNOWN = 50_000

Scope = tuple[UUID, str]


class KeyRing:
    """Wraps and unwraps with the master key of this installation, and remembers the wrapping keys in use."""

    def __init__(self, master: bytes) -> None:
        self.known: OrderedDict[Scope, tuple[UUID, bytes]] = OrderedDict()
        self._cipher = AESGCM(master)
        self.master_id = hashlib.sha256(b"visavis master" + master).hexdigest()[:16]

    @classmethod
    def of_folder(cls, home: pathlib.Path) -> "KeyRing":
        """The key ring of a data folder, made there on first use."""
        path = home / "keys" / "master.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            fresh = path.with_suffix(".new")
            handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with open(handle, "wb") as file:
                file.write(os.urandom(32))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        return cls(path.read_bytes())

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        """Nonce and ciphertext, bound to `purpose`."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The secret; raises cryptography's InvalidTag when key or purpose differ."""
        return self._cipher.decrypt(wrapped[:12], wrapped[12:], purpose.encode())

    def remember(self, keys: Mapping[Scope, tuple[UUID, bytes]]) -> None:
        """Keep unwrapped wrapping keys (their id and bytes) in memory, the oldest making room."""
        self.known.update(keys)
        while len(self.known) > KNOWN:
            self.known.popitem(last=False)


_ring: KeyRing | None = None


def install(ring: KeyRing) -> None:
    """Use `ring` in this process; called once, by the composition root."""
    global _ring
    _ring = ring


def ring() -> KeyRing:
    """The key ring of this process."""
    if _ring is None:
        raise RuntimeError("no key ring installed")
    return _ring
