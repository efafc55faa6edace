"""Every rule of suitability, licences and the client's side is named by a test that decides it."""

import re
from pathlib import Path

from tests.architecture import source

NAMED = {
    "SUIT": range(1, 20), "LIC": range(1, 6), "PART": (1, 2), "CONN": (1, 2, 3, 4), "DATA": (1, 2, 3, 4),
    "COMM": (1, 2, 3, 5, 6, 7, 8),
}  # fmt: skip


def test_each_rule_has_a_test_that_names_it() -> None:
    here = Path(__file__).name
    files = [one for one in (source.ROOT / "tests").rglob("test_*.py") if one.name != here]
    words = "\n".join(one.read_text("utf-8") for one in files)
    wanted = {f"{family}-{number:02d}" for family, numbers in NAMED.items() for number in numbers}
    named = set(re.findall(r"\b[A-Z]{3,4}-\d\d\b", words))
    named |= {
        f"{family.upper()}-{number}"
        for family, number in re.findall(r"def test_([a-z]{3,4})_(\d\d)_", words)
    }
    assert wanted - named == set()
