"""What a run of faults came to: a table for people, a page for the operators' guide, one line for machines."""

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tests.faults.checker import Verdict
from tests.faults.crew import dump

PAGE = Path(__file__).resolve().parents[2] / "docs/operate/faults.md"


@dataclass
class Result:
    """One fault's figures over its repetitions; `violations` says in words what did not hold."""

    row: str
    fault: str
    repetitions: int = 0
    acknowledged: int = 0
    unknown: int = 0
    lost: int = 0
    undelivered: int = 0
    duplicated: int = 0
    reordered: int = 0
    recovery_s: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything held."""
        return not (self.lost or self.duplicated or self.reordered or self.violations)

    def add(self, verdict: Verdict) -> None:
        """Count a history's verdict in."""
        self.lost += verdict.lost
        self.undelivered += verdict.undelivered
        self.duplicated += verdict.duplicated
        self.reordered += verdict.reordered
        self.notes += verdict.details[:5]

    @property
    def losses(self) -> str:
        """How many were lost, and how many of them the store holds."""
        return f"{self.lost}" + (f" ({self.undelivered} undelivered)" if self.undelivered else "")

    @property
    def recovery(self) -> str:
        """Median and longest, in seconds."""
        if not self.recovery_s:
            return "–"
        return f"{median(self.recovery_s):.1f} / {max(self.recovery_s):.1f}"


def table(results: Sequence[Result]) -> str:
    """Markdown, one row a fault."""
    lines = [
        "| row | fault | times | acknowledged | lost | duplicated | reordered | recovery, s: median / longest | seen |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in results:
        said = "; ".join([*(f"**{text}**" for text in one.violations), *one.notes])
        if one.skipped:
            lines.append(
                f"| {one.row} | {one.fault} | skipped | – | – | – | – | – | {one.skipped} |"
            )
            continue
        lines.append(
            f"| {one.row} | {one.fault} | {one.repetitions} | {one.acknowledged} | {one.losses} | {one.duplicated} |"
            f" {one.reordered} | {one.recovery} | {said} |"
        )
    return "\n".join(lines)


def figures(results: Sequence[Result], seconds: float) -> dict[str, object]:
    """The sums, and every fault by its row."""
    ran = [one for one in results if not one.skipped]
    return {
        "faults": len(ran),
        "repetitions": sum(one.repetitions for one in ran),
        "acknowledged": sum(one.acknowledged for one in ran),
        "unknown": sum(one.unknown for one in ran),
        "lost": sum(one.lost for one in ran),
        "undelivered": sum(one.undelivered for one in ran),
        "duplicated": sum(one.duplicated for one in ran),
        "reordered": sum(one.reordered for one in ran),
        "violations": sum(len(one.violations) for one in ran),
        "ran": [one.row for one in ran],
        "skipped": {one.row: one.skipped for one in results if one.skipped},
        "failed": [one.row for one in ran if not one.passed],
        "recovery_max_s": round(max((s for one in ran for s in one.recovery_s), default=0.0), 2),
        "seconds": round(seconds, 1),
        "ok": all(one.passed for one in ran) and bool(ran),
    }


def line(results: Sequence[Result], seconds: float) -> str:
    """One line of JSON."""
    return dump(figures(results, seconds))


HEAD = """# Faults

<!-- Written by `make faults`; run it to write it anew. -->

What the platform did under each fault, against the real server as a process of its own and a PostgreSQL that syncs.
Every message carries a word of its own; the history of what was sent, acknowledged, seen and read back afterwards is
judged by a checker that shares no code with the server (`tests/faults/checker.py`), and that is itself shown three
broken servers (one drops, one doubles, one swaps) before it is believed. *Acknowledged* counts messages that the server
vouched for; a message of unknown fate may be there once or not at all. Of those *lost*, the *undelivered* are in the
store and were not brought to somebody who waited for them; the last column tells what his client was doing. Rows are
those of the fault matrix.

`make faults` runs everything; `QUICK=1` few repetitions of each row in at most three minutes, with processes forked
from one that has everything imported (a start then costs no import; the full run starts every process cold);
`ARGS="--rows 1,3"` runs some rows; `ARGS="--long 1000000"` hurts one installation at random until so many messages are
acknowledged. Each of the three kinds of run keeps its own part of this page.
"""


# What may be run, and where its last result stands in the page: a run replaces its own part and leaves the others.
PARTS = {"matrix": "## The whole matrix", "long": "## The long run", "quick": "## The quick run"}


def page(old: str, part: str, results: Sequence[Result], seconds: float, how: str) -> str:
    """The page of the operators' guide with this run in its part, the other parts as they were in `old`."""
    kept = {name: _part(old, title) for name, title in PARTS.items()}
    kept[part] = f"{_sums(results, seconds, how)}\n\n{table(results)}"
    bodies = (f"{title}\n\n{kept[name]}\n" for name, title in PARTS.items() if kept[name])
    return "\n".join((HEAD, *bodies))


def _part(text: str, title: str) -> str:
    """What stands under a title, up to the next one."""
    _, found, rest = text.partition(f"\n{title}\n")
    return rest.partition("\n## ")[0].strip() if found else ""


def _sums(results: Sequence[Result], seconds: float, how: str) -> str:
    sums = figures(results, seconds)
    when = time.strftime("%Y-%m-%d", time.gmtime())
    return (
        f"Last run: {when}, {how}, {seconds / 60:.0f} minutes on {platform.machine()},"
        f" {os.cpu_count()} cores, Python {platform.python_version()}:"
        f" {sums['faults']} faults, {sums['repetitions']} repetitions, {sums['acknowledged']} messages acknowledged,"
        f" {sums['lost']} lost, {sums['duplicated']} duplicated, {sums['reordered']} reordered."
    )
