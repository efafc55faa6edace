"""A server killed at a point of the log's making: `python -m tests.faults.brittle POINT serve …`.

The points are those that the sequencer itself names, and two below it: a file that is written aside and has no name
yet, and one that has its name and whose folder is not synced. The kill is the kernel's: nothing of ours cleans up.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from visavis.__main__ import main
from visavis.archive import sequencing
from visavis.tlog import sources

NAMED = (
    "assigned", "sequenced", "bundles", "tiles", "signed", "checkpoint", "marked", "published",
    "tidied",
)  # fmt: skip
POINTS = (*NAMED, "aside", "unsynced")


def die() -> None:
    """End here and now."""
    os.kill(os.getpid(), signal.SIGKILL)


def break_at(point: str) -> None:
    """From now on this process ends where the log's making reaches the point."""
    if point == "aside":
        usual = sources.Folder._write_aside
        sources.Folder._write_aside = _then_die(usual)  # type: ignore[method-assign]
    elif point == "unsynced":
        sources._sync_folder = lambda _: die()
    else:
        whole = sequencing.Sequencer

        def brittle(*given: Any) -> sequencing.Sequencer:
            return whole(*given, lambda at: die() if at == point else None)

        sequencing.Sequencer = brittle  # type: ignore[assignment,misc]


def _then_die(usual: Callable[..., Any]) -> Callable[..., Any]:
    def written(*given: Any) -> Any:
        usual(*given)
        die()

    return written


if __name__ == "__main__":
    break_at(sys.argv.pop(1))
    main()
