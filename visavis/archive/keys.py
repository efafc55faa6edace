"""Keys: masters wrap one wrapping key per relationship and retention class; the key ring holds both in memory.

The masters lie in a store of their own (`masters.py`), apart from the database, so that a copy of the database alone
opens nothing; they rotate. The installation's own key (`keys/master.key`) wraps small secrets that must be read back,
such as TOTP seeds, and what was wrapped before there were masters.
"""

import hashlib
import os
import pathlib
from collections import OrderedDict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from visavis.archive.masters import ID_BYTES, MASTER_BYTES, Files, Masters, NoMasters, Store
from visavis.archive.masters import of_settings as store_of
from visavis.kernel.settings import Settings, WrongSettings

KNOWN = 50_000
WRAPPED_BYTES = ID_BYTES + 12 + 32 + 16  # a wrapping key under a master

Scope = tuple[UUID, str]


class KeyRing:
    """Wraps and unwraps small secrets with the master key of this installation, and wrapping keys with the masters.

    It remembers the wrapping keys in use.
    """

    def __init__(self, master: bytes, masters: Store | None = None) -> None:
        self.known: OrderedDict[Scope, tuple[UUID, bytes]] = OrderedDict()
        self._cipher = AESGCM(master)
        self._id = hashlib.sha256(b"visavis master" + master).hexdigest()[:16]
        self._store = masters
        self._masters: Masters = {}

    @classmethod
    def of_folder(cls, home: pathlib.Path, masters: Store | None = None) -> "KeyRing":
        """The key ring of a data folder, made there on first use; raises what the store of the masters raises."""
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
        ring = cls(path.read_bytes(), masters or Files(home / "keys" / "wrapping"))
        ring.refresh()
        if not ring.masters:
            ring.add_master()
        return ring

    @property
    def masters(self) -> list[bytes]:
        """The ids of the masters, the oldest first; the last one wraps."""
        return list(self._masters)

    @property
    def master_id(self) -> str:
        """The name of the master that wraps now."""
        return self.masters[-1].hex() if self._masters else self._id

    def refresh(self) -> None:
        """See what the store of the masters holds now."""
        if self._store is not None:
            self._masters = self._store.load()

    def add_master(self) -> None:
        """Make a new master, which wraps from now on; without a store of masters there is but one."""
        if self._store is not None:
            self._store.add(os.urandom(MASTER_BYTES))
            self.refresh()

    def destroy_masters(self, ids: Sequence[bytes]) -> None:
        """Forget these masters for good: whatever only they wrap can be opened by nobody any more."""
        if self._store is not None:
            self._store.destroy(ids)
            self.refresh()

    def wrap(self, secret: bytes, purpose: str) -> bytes:
        """A small secret under the installation's own key: nonce and ciphertext, bound to `purpose`."""
        nonce = os.urandom(12)
        return nonce + self._cipher.encrypt(nonce, secret, purpose.encode())

    def wrap_key(self, key: bytes, purpose: str) -> bytes:
        """A wrapping key under the newest master: the master's id, nonce and ciphertext, bound to `purpose`."""
        if not self._masters:
            return self.wrap(key, purpose)
        name, nonce = self.masters[-1], os.urandom(12)
        return name + nonce + AESGCM(self._masters[name]).encrypt(nonce, key, purpose.encode())

    def unwrap(self, wrapped: bytes, purpose: str) -> bytes:
        """The secret or key; raises cryptography's InvalidTag when master or purpose differ."""
        name = wrapped[:ID_BYTES]
        if name not in self._masters and len(wrapped) == WRAPPED_BYTES:
            self.refresh()
        if name in self._masters:
            cipher, wrapped = AESGCM(self._masters[name]), wrapped[ID_BYTES:]
        else:
            cipher = self._cipher
        return cipher.decrypt(wrapped[:12], wrapped[12:], purpose.encode())

    def remember(self, keys: Mapping[Scope, tuple[UUID, bytes]]) -> None:
        """Keep unwrapped wrapping keys (their id and bytes) in memory, the oldest making room."""
        self.known.update(keys)
        while len(self.known) > KNOWN:
            self.known.popitem(last=False)

    def wraps(self, wrapped: bytes) -> bool:
        """Whether a wrapping key lies under the newest master that this ring knows of."""
        return not self._masters or wrapped[:ID_BYTES] == self.masters[-1]

    def forget_all(self) -> None:
        """Keep no wrapping key in memory, and see what the store of the masters holds now."""
        self.known.clear()
        self.refresh()

    def forget(self, scopes: Collection[Scope]) -> None:
        """Keep these wrapping keys in memory no longer."""
        for scope in scopes:
            self.known.pop(scope, None)


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


def of_settings(settings: Settings) -> KeyRing:
    """The key ring of this installation; raises `WrongSettings` where the store of the masters cannot be used."""
    try:
        return KeyRing.of_folder(settings.home, store_of(settings))
    except NoMasters as error:
        raise WrongSettings(f"VISAVIS_MASTER_KEYS: {error}") from None
