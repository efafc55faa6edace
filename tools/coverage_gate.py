"""Holds the coverage rules: 95 % overall; every branch of rules.py, api.py and posting.py.

    python tools/coverage_gate.py coverage.json [--shrink]

Both are by branch: a branch not taken counts like a line not run. tools/coverage_exceptions.txt lists the files that
are not there yet, with the percentage they reached. A file may only get better: `--shrink` writes down what it has
gained and strikes out what is complete; it never adds a file. A branch that only some runs take, such as what happens
when two meet, moves a listed file by less than SLACK. Without Chromium half of the journeys are not made, and
the figures are only shown.
"""

import json
import math
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

OVERALL = 95.0
SLACK = 1.0
COMPLETE = ("rules.py", "api.py", "posting.py")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
EXCEPTIONS = Path(__file__).with_name("coverage_exceptions.txt")


@dataclass(frozen=True)
class Covered:
    """How much of one file ran, lines and branches together, and what did not."""

    percent: float
    missing: str


def judge(
    files: dict[str, Covered], total: float, exceptions: dict[str, float], overall: float
) -> list[str]:
    """What breaks the rules, one sentence each; empty when all is well."""
    wrong = []
    if total < overall:
        wrong.append(f"overall {total:.2f} %, needed are {overall:g} %")
    for path, covered in sorted(files.items()):
        allowed = exceptions.get(path)
        if allowed is None and is_complete(path) and covered.percent < 100:
            wrong.append(f"{path}: {covered.percent:.2f} % of 100, missing {covered.missing}")
        if allowed is not None and covered.percent < allowed - SLACK:
            wrong.append(f"{path}: fell from {allowed:g} to {covered.percent:.2f} %")
    wrong += [f"{path}: listed in {EXCEPTIONS.name}, gone" for path in exceptions.keys() - files]
    return wrong


def is_complete(path: str) -> bool:
    """Whether every branch of the file must be taken."""
    parts = Path(path).parts
    return parts[-1] in COMPLETE or bool({"rules", "api"} & set(parts))


def shrunk(files: dict[str, Covered], exceptions: dict[str, float]) -> dict[str, float]:
    """The exceptions that are left, at what they have reached in whole percent; never a new one."""
    return {
        path: max(allowed, math.floor(files[path].percent))
        for path, allowed in sorted(exceptions.items())
        if path in files and files[path].percent < 100
    }


def read_exceptions(text: str) -> tuple[dict[str, float], float]:
    """Path and percentage per line, `#` begins a comment; the entry `overall` stands for all files."""
    entries: dict[str, float] = {}
    for line in text.splitlines():
        content = line.partition("#")[0].split()
        if content:
            entries[content[0]] = float(content[1])
    return entries, entries.pop("overall", OVERALL)


def read_report(report: dict[str, object]) -> tuple[dict[str, Covered], float]:
    """Files and total of a report by `coverage json`."""
    files = {}
    for path, entry in report["files"].items():  # type: ignore[attr-defined]  # coverage's own shape
        lines = [str(line) for line in entry["missing_lines"][:12]]
        branches = [f"{start}->{end}" for start, end in entry["missing_branches"][:12]]
        # Rounded down: 99.996 is not 100.
        percent = math.floor(entry["summary"]["percent_covered"] * 100) / 100
        files[path] = Covered(percent, ", ".join(lines + branches))
    return files, report["totals"]["percent_covered"]  # type: ignore[index]


def main() -> int:
    """The command: exit code 1 when a rule is broken."""
    files, total = read_report(json.loads(Path(sys.argv[1]).read_text()))
    exceptions, overall = read_exceptions(EXCEPTIONS.read_text())
    if "--shrink" in sys.argv:
        head = [line for line in EXCEPTIONS.read_text().splitlines() if line.startswith("#")]
        rows = [f"{path} {percent:g}" for path, percent in shrunk(files, exceptions).items()]
        reached = max(overall, math.floor(total))
        kept = [f"overall {reached:g}"] if reached < OVERALL else []
        EXCEPTIONS.write_text("\n".join([*head, *kept, *rows]) + "\n")
        return 0
    wrong = judge(files, total, exceptions, overall)
    for sentence in wrong:
        print(f"coverage: {sentence}", file=sys.stderr)
    done = exceptions.keys() - shrunk(files, exceptions).keys()
    if done:
        print(f"coverage: {len(done)} exceptions are not needed any more: run it with --shrink")
    print(f"coverage: {total:.2f} % by branch, {len(exceptions)} exceptions")
    if not any(map(shutil.which, BROWSERS)):
        print("coverage: without Chromium the rules are not held")
        return 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
