"""Every rule is named by a test that decides it, or `docs/rules.md` says what is missing, and why."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.architecture import source

RULES = {
    f"{family}-{number:02d}"
    for family, last in {
        "SUIT": 19, "LIC": 5, "CONN": 4, "REC": 9, "COMM": 8, "PART": 2, "INC": 1, "DISP": 2, "DATA": 4, "AI": 3,
        "OPS": 4, "SUP": 4,
    }.items()
    for number in range(1, last + 1)
}  # fmt: skip
NAME = re.compile(rf"\b(?:{'|'.join({one.split('-')[0] for one in RULES})})-\d\d\b")
ROW = re.compile(r"^\| ([A-Z]+-\d\d) \| (no|in part) \| (.+) \|$", re.MULTILINE)


def texts(files: Iterable[Path]) -> Iterator[str]:
    return (one.read_text("utf-8") for one in files)


def named_by_tests() -> set[str]:
    here = Path(__file__).name
    files = [one for one in (source.ROOT / "tests").rglob("test_*.py") if one.name != here]
    words = "\n".join(texts(files))
    spelt = re.findall(r"def test_([a-z]{2,4})_(\d\d)_", words)
    return set(NAME.findall(words)) | {f"{family.upper()}-{number}" for family, number in spelt}


def test_each_rule_is_decided_by_a_test_or_says_why_not() -> None:
    page = (source.ROOT / "docs" / "rules.md").read_text("utf-8")
    missing = {rule: (how, why) for rule, how, why in ROW.findall(page)}
    undecided = {rule for rule, (how, _) in missing.items() if how == "no"}
    named = named_by_tests() & RULES
    assert missing.keys() <= RULES
    assert named | undecided == RULES
    assert named & undecided == set(), "it is decided: the page is old"
    assert all(len(why) > 40 for _, why in missing.values())


def test_no_code_and_no_page_names_a_rule_that_no_test_knows() -> None:
    files = [
        one
        for folder in ("visavis", "docs", "web/src", "tools", "bench")
        for one in (source.ROOT / folder).rglob("*")
        if one.suffix in {".py", ".sql", ".md", ".csv", ".ts", ".tsx", ".toml", ".json"}
        and one.name != "rules.md"
    ]
    said = {rule for words in texts(files) for rule in NAME.findall(words)}
    assert len(said) > 40
    assert said - named_by_tests() == set()
