"""The witness's store: its key, and per log the last checkpoint it cosigned, durable before it is answered."""

import fcntl
import hashlib
import os
import re
from pathlib import Path

from visavis.tlog import checkpoint, note
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import COSIGNATURE, BadNote, Signer, check_name, signer_of
from visavis.tlog.sources import Folder, Missing

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Unusable(Exception):
    """The folder cannot be used; the text says why."""


class Store:
    """One folder, one witness: a second process over it is refused."""

    def __init__(self, home: Path, name: str) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = (home / ".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise Unusable(f"another witness runs over {home}") from None
        self._folder = Folder(home)
        try:
            self.signer = self._key(home / "witness.key", name)
        except BadNote as error:
            self.close()
            raise Unusable(f"{home / 'witness.key'}: {error}") from None

    def close(self) -> None:
        """Let another process have the folder."""
        self._lock.close()

    def kept(self, digest: str) -> bytes | None:
        """The last cosigned checkpoint of the log with this hex SHA-256 of its origin."""
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            return self._folder.read(f"{digest}/checkpoint")
        except Missing:
            return None

    def last(self, origin: str) -> Checkpoint | None:
        """What was cosigned last of this log; raises `Unusable` where the store has been damaged."""
        signed = self.kept(digest_of(origin))
        if signed is None:
            return None
        try:
            text, _ = note.verified(signed, [self.signer.verifier])
            found = checkpoint.parse(text)
        except BadNote as error:
            raise Unusable(f"the memory of {origin} is damaged: {error}") from None
        if found.origin != origin:
            raise Unusable(f"the memory of {origin} is that of {found.origin}")
        return found

    def keep(self, origin: str, signed: str) -> None:
        """Remember a cosigned checkpoint; it is durable when this returns."""
        self._folder.publish(f"{digest_of(origin)}/checkpoint", signed.encode())

    @staticmethod
    def _key(path: Path, name: str) -> Signer:
        if not path.exists():
            fresh = path.with_suffix(".new")
            handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with open(handle, "w", encoding="utf-8") as file:
                made = Signer(check_name(name), COSIGNATURE, os.urandom(32))
                file.write(made.skey + "\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
        found = signer_of(path.read_text("utf-8").strip())
        if found.kind != COSIGNATURE:
            raise BadNote("not the key of a witness")
        return found


def digest_of(origin: str) -> str:
    """The name under which a log's checkpoint is kept and fetched."""
    return hashlib.sha256(origin.encode()).hexdigest()
