"""The log of this process: where its files lie, which key signs, whom it asks to witness.

The signing key lies in the data folder beside the master key. Its name is the log's origin and never changes.
"""

import os
import pathlib
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from visavis.archive import objects
from visavis.archive.types import LogFaulty
from visavis.kernel.settings import Settings, WrongSettings
from visavis.tlog import checkpoint
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import ED25519, BadNote, Signer, check_name, signer_of
from visavis.tlog.policy import BadPolicy, Policy, of_log, read
from visavis.tlog.reading import View
from visavis.tlog.sources import Folder, Missing, Target

CHECKPOINT = "checkpoint"
FOLDER = "archive"
KEY = "keys/log.key"


class Contradiction(Exception):
    """The log must not go on. `reason` is a word: `restored`, `changed`, `incomplete`, `split`, `unwitnessed`."""

    def __init__(self, reason: str, place: str) -> None:
        super().__init__(f"{reason}: {place}")
        self.reason = reason
        self.place = place


@dataclass
class Log:
    """One log: files, key, and the policy whose witnesses it asks (without witnesses: trust of its own key)."""

    target: Target
    signer: Signer
    policy: Policy
    authority: str = ""  # where its checkpoints are stamped once a day (RFC 3161)
    _view: tuple[bytes, View] | None = field(default=None, repr=False)

    def signed(self) -> bytes | None:
        """The checkpoint as it is published; None before the first."""
        try:
            return self.target.read(CHECKPOINT)
        except Missing:
            return None

    def published(self) -> Checkpoint | None:
        """What the published checkpoint commits to; raises `BadNote` when it is not ours."""
        signed = self.signed()
        return None if signed is None else checkpoint.opened(signed, self.signer.verifier)

    def view(self) -> tuple[bytes, View]:
        """The published checkpoint's bytes and the tree it commits to; raises `LogFaulty` where there is none."""
        signed = self.signed()
        if signed is None:
            raise LogFaulty
        if self._view is None or self._view[0] != signed:
            try:
                found = checkpoint.opened(signed, self.signer.verifier)
            except BadNote:
                raise LogFaulty from None
            self._view = signed, View(self.target, found.size, found.root)
        return self._view


def signer_of_folder(home: pathlib.Path, origin: str) -> Signer:
    """The log's key in a data folder, made there on first use under the name `origin`; raises `BadNote`."""
    path = home / KEY
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            file.write(Signer(check_name(origin), ED25519, os.urandom(32)).skey + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
    return signer_of(path.read_text("utf-8").strip())


def of_folder(home: pathlib.Path, origin: str, policy: Policy | None = None) -> Log:
    """The log of a data folder, with its files beside its keys."""
    signer = signer_of_folder(home, origin)
    return Log(Folder(home / FOLDER), signer, policy or of_log(signer.verifier))


def of_settings(settings: Settings) -> Log:
    """The log of this installation; raises `WrongSettings` where its policy cannot be followed."""
    host = urlsplit(settings.public_url).netloc or "localhost"
    try:
        text = settings.archive_policy.read_text("utf-8") if settings.archive_policy else None
        policy = read(text) if text else None
        found = of_folder(settings.home, settings.archive_origin or f"{host}/log", policy)
        found.authority = settings.archive_timestamps
    except (OSError, BadPolicy, BadNote) as error:
        raise WrongSettings(f"VISAVIS_ARCHIVE_POLICY or _ORIGIN: {error}") from None
    found.target = target_of(settings)
    return found


def target_of(settings: Settings) -> Target:
    """Where the installation keeps its log's files: its data folder, or a bucket. Raises `WrongSettings`."""
    if not settings.archive_store:
        return Folder(settings.home / FOLDER)
    try:
        return objects.of_address(settings.archive_store)
    except objects.NoBucket as error:
        raise WrongSettings(f"VISAVIS_ARCHIVE_STORE: {error}") from None


_log: Log | None = None


def install(log: Log) -> None:
    """Use `log` in this process; called once, by the composition root."""
    global _log
    _log = log


def current() -> Log:
    """The log of this process."""
    if _log is None:
        raise RuntimeError("no log installed")
    return _log
