"""The log of a data folder, for commands that run beside the platform or without it."""

from pathlib import Path

from visavis.archive import keys, log
from visavis.kernel.settings import Settings
from visavis.tlog.note import Verifier, signer_of
from visavis.tlog.sources import Source


def install(settings: Settings) -> None:
    """Use the installation's keys and its log in this process; raises `WrongSettings`."""
    keys.install(keys.of_settings(settings))
    open_log(settings)


def open_log(settings: Settings) -> None:
    """Use the installation's log in this process; raises `WrongSettings`."""
    log.install(log.of_settings(settings))


def source_of(settings: Settings) -> Source:
    """Where the installation keeps its log's files; raises `WrongSettings`."""
    return log.target_of(settings)


def own_key(home: Path) -> Verifier | None:
    """The public key of a data folder's log; None where no log has begun. Raises `BadNote`."""
    path = home / log.KEY
    return signer_of(path.read_text("utf-8").strip()).verifier if path.exists() else None
