"""Holds the coverage rules: 95 % overall; every branch of rules.py, api.py and posting.py.

    python tools/coverage_gate.py coverage.json

Both are by branch: a branch not taken counts like a line not run. tools/coverage_exceptions.txt lists
the files that are not there yet, with the percentage they reached: a file may only get better, and an
entry that is no longer needed must go.
"""

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

OVERALL = 95.0
COMPLETE = ("rules.py", "api.py", "posting.py")
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
        parts = Path(path).parts
        complete = parts[-1] in COMPLETE or bool({"rules", "api"} & set(parts))
        if complete and allowed is None and covered.percent < 100:
            wrong.append(f"{path}: {covered.percent:.2f} % of 100, missing {covered.missing}")
        if allowed is not None and covered.percent < allowed:
            wrong.append(f"{path}: fell from {allowed:g} to {covered.percent:.2f} %")
        if allowed is not None and covered.percent >= 100:
            wrong.append(f"{path}: complete now, take it off {EXCEPTIONS.name}")
    wrong += [f"{path}: listed in {EXCEPTIONS.name}, gone" for path in exceptions.keys() - files]
    return wrong


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
    wrong = judge(files, total, exceptions, overall)
    for sentence in wrong:
        print(f"coverage: {sentence}", file=sys.stderr)
    print(f"coverage: {total:.2f} % by branch, {len(exceptions)} exceptions")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
