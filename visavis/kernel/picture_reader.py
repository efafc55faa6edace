"""A program of the operator's that reads the words of pictures (evasion V10): a picture goes in, its text comes out.

It runs without a shell and without this process's surroundings, anew for each picture, within bounds of time and text;
where anything goes wrong with it the picture counts as unread. Knows nothing of conversations.
"""

import os
import shlex
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

MOST_BYTES = 200_000
AT_ONCE = threading.Semaphore(2)


@dataclass(frozen=True)
class PictureReader:
    """The program with its arguments, and the seconds that the pictures of one file may take together."""

    command: tuple[str, ...]
    seconds: float

    def __call__(self, pictures: Sequence[bytes]) -> tuple[str, bool]:
        """The words of pictures (PNG), and whether each was read: whole, in time, at most 200 kB of text."""
        with AT_ONCE:
            end = time.monotonic() + self.seconds
            read = [self._words(one, end - time.monotonic()) for one in pictures]
        return "\n".join(filter(None, read)), None not in read

    def _words(self, picture: bytes, seconds: float) -> str | None:
        if seconds <= 0:
            return None
        with tempfile.TemporaryFile() as given:
            given.write(picture)
            given.seek(0)
            try:
                program = subprocess.Popen(
                    self.command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                    env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}, start_new_session=True,
                )  # fmt: skip
            except OSError as error:
                log.warning("picture not read", reason=str(error))
                return None
        return _said(program, seconds)


def reader_of(command: str, seconds: float) -> PictureReader | None:
    """The reader that a setting names, None where it names none; raises `ValueError` for an open quotation mark."""
    parts = tuple(shlex.split(command))
    return PictureReader(parts, seconds) if parts else None


def _said(program: subprocess.Popen[bytes], seconds: float) -> str | None:
    late = threading.Timer(seconds, _end, [program])
    late.start()
    with program:
        assert program.stdout is not None
        said = program.stdout.read(MOST_BYTES + 1)
        if len(said) > MOST_BYTES:
            _end(program)
    late.cancel()
    if program.returncode or len(said) > MOST_BYTES:
        log.warning("picture not read", status=program.returncode, bytes=len(said))
        return None
    return said.decode("utf-8", "replace")


def _end(program: subprocess.Popen[bytes]) -> None:
    """End a program and all that it has begun."""
    with suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
