"""The edits that make the views: what stands between the letters of a word, and how it goes."""

import re
from collections.abc import Callable, Sequence

from visavis.supervision.rules.folding import JOINT
from visavis.supervision.rules.tracing import Edit

HAN = "\u3400-\u9fff"


def keep(of: str) -> Callable[[re.Match[str]], str]:
    """Take these characters out of what was found."""
    table = {ord(char): None for char in of}
    return lambda match: match[0].translate(table)


def nothing(match: re.Match[str]) -> str:
    """Take out what was found."""
    del match
    return ""


# Letters set apart one by one: "g u a r", "w.e.i.x.i.n". One character stands between two, the same throughout.
SPELLED = re.compile(r"[a-z0-9]([ .\-/,'])(?<![a-z0-9]..)[a-z0-9](?:\1[a-z0-9])+(?![a-z0-9])")
# Without this `SPELLED` finds nothing.
APART = re.compile(r"[ .\-/,'][a-z0-9][ .\-/,'][a-z0-9]")
HYPHENS = re.compile(rf"[{JOINT}\-/&][{JOINT}\-/&]*")
# Characters set apart one by one by a mark that otherwise ends a clause.
STROKED = re.compile(rf"[{HAN}](?:([,。、;:!?\n.])[{HAN}])(?:\1[{HAN}])+")
DOTTED = re.compile(rf"[.'\"](?:(?<=[{HAN}a-z0-9].)(?=[{HAN}])|(?<=[{HAN}].)(?=[{HAN}a-z]))")
BETWEEN = re.compile(
    rf"[ {JOINT}\-/&](?:(?<![a-z0-9].)[ {JOINT}\-/&]*|[ {JOINT}\-/&]*(?![a-z0-9]))"
)
PLAIN: Sequence[Edit] = (
    (HYPHENS, lambda match: "" if match[0] == JOINT else " "),
    (SPELLED, keep(" .-/,'")),
)
DENSE: Sequence[Edit] = (
    (SPELLED, keep(" .-/,'")),
    (BETWEEN, nothing),
    (STROKED, keep(",。、;:!?\n.")),
    (DOTTED, nothing),
)
# Without this no edit of `DENSE` changes anything: a mark that goes, a list of single letters, a character between two
# marks. It begins with a set, which is found fastest.
LOOSE = re.compile(
    rf"[ {JOINT}\-/&.'\",。、;:!?\n]"
    rf"(?:(?<=[ {JOINT}\-/&.'\"])|[{HAN}][,。、;:!?\n]|(?<=[a-z0-9],)[a-z0-9])"
)
# Figures and signs inside a word that stand for letters.
LEETY = re.compile(
    r"[013457@$!](?:(?<=[a-z].)[013457@$!]*[a-z]|(?<![a-z0-9].)[013457@$!]*[a-z]{3})"
)
WORD = re.compile(r"[a-z0-9@$!]*[a-z][a-z0-9@$!]*")
LEET = str.maketrans("013457@$!", "oleastasi")
LEET_I = str.maketrans("013457@$!", "oieastasi")


def unleeted(plain: str) -> list[str]:
    """A plain view with figures read as letters, in the one or two ways there are; mostly none."""
    if not LEETY.search(plain):
        return []
    tables = (LEET, LEET_I) if "1" in plain else (LEET,)
    return [WORD.sub(_translated(table), plain) for table in tables]


def _translated(table: dict[int, int]) -> Callable[[re.Match[str]], str]:
    return lambda match: match[0].translate(table)
