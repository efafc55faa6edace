"""Where a log's files lie: a folder, which can also be written, or a web address. Names are those of tlog-tiles.

Writing is done once: a name that exists is never given other bytes, and nothing is claimed before it is durable.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import httpx

TIMEOUT_S = 30.0
ASIDE = ".new"  # files in the making
WRITERS = 16  # concurrent syncs of one batch


class Missing(Exception):
    """There is no such file."""


class Conflict(Exception):
    """A file exists with other bytes than those to be written: it has been changed, or the history has."""


class Source(Protocol):
    """Reads the files of a log by name."""

    def read(self, path: str) -> bytes:
        """The file's bytes; raises `Missing`."""
        ...


class Target(Source, Protocol):
    """Keeps the files of a log."""

    def put(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Make these files durable, in this order as far as a crash can tell; raises `Conflict`."""
        ...

    def publish(self, path: str, content: bytes) -> None:
        """Make a file durable, replacing an earlier one: the checkpoint, and what changes with it."""
        ...

    def drop(self, paths: Sequence[str]) -> None:
        """Delete the partial tiles beside these full ones, which have made them superfluous."""
        ...

    def tidy(self) -> None:
        """Throw away what a crash left half-written; nobody else may be writing."""
        ...


class Folder:
    """A folder on this machine."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def read(self, path: str) -> bytes:
        """The file's bytes; raises `Missing`."""
        try:
            return (self.place / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            raise Missing(path) from None

    def put(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Make these files durable: written aside and synced, then named, then the folders synced."""
        fresh = [
            (self.place / path, content) for path, content in files if self._new(path, content)
        ]
        folders = {target.parent for target, _ in fresh}
        made = set[Path]()
        for folder in (*folders, self.place / ASIDE):
            made |= _make(folder)
        # Concurrent syncs share one commit of the file system's journal.
        with ThreadPoolExecutor(WRITERS) as pool:
            written = list(pool.map(lambda one: self._write_aside(one[1]), fresh))
        for aside, (target, _) in zip(written, fresh, strict=True):
            aside.replace(target)
        for folder in sorted(folders | made):
            _sync_folder(folder)

    def publish(self, path: str, content: bytes) -> None:
        """Make a file durable, replacing an earlier one in one step."""
        target = self.place / path
        made = _make(target.parent)
        _make(self.place / ASIDE)
        self._write_aside(content).replace(target)
        for folder in sorted({target.parent} | made):
            _sync_folder(folder)

    def drop(self, paths: Sequence[str]) -> None:
        """Delete the partial tiles beside these full ones, where there are any."""
        for path in paths:
            shutil.rmtree(self.place / f"{path}.p", ignore_errors=True)

    def tidy(self) -> None:
        """Throw away what a crash left half-written; nobody else may be writing."""
        shutil.rmtree(self.place / ASIDE, ignore_errors=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else who asks for the lock has it inside the block."""
        _make(self.place)
        with (self.place / ".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _write_aside(self, content: bytes) -> Path:
        aside = self.place / ASIDE / os.urandom(16).hex()
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(handle, 0o644)
            os.fsync(handle)
        return aside

    def _new(self, path: str, content: bytes) -> bool:
        try:
            present = self.read(path)
        except Missing:
            return True
        if present != content:
            raise Conflict(path)
        return False


class Web:
    """A log that is served somewhere; `url` is the prefix before `checkpoint` and `tile/`."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self.url = url.rstrip("/")
        self._client = client or httpx.Client(timeout=TIMEOUT_S, follow_redirects=True)

    def read(self, path: str) -> bytes:
        """The file's bytes; raises `Missing` when the server does not give them."""
        try:
            answer = self._client.get(f"{self.url}/{path}")
        except httpx.HTTPError as error:
            raise Missing(f"{path}: {type(error).__name__} {error}") from None
        if answer.status_code != httpx.codes.OK:
            raise Missing(f"{path}: status {answer.status_code}")
        return answer.content


def _make(folder: Path) -> set[Path]:
    """Make a folder with those above it; returns the folders that must be synced for it to last."""
    if folder.is_dir():
        return set()
    above = _make(folder.parent)
    folder.mkdir(exist_ok=True)
    return above | {folder.parent}


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
