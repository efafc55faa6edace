"""Cheap tests for figures in a text: whether a shape or a long number may be there at all; wrong only by a yes."""

import re

# Without one of these no shape can be there.
FIGURED = re.compile("[0-9零一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖十百千几@%]")
NUMERAL = re.compile(
    "[zotfse](?:(?<=z)ero|(?<=o)ne|(?<=t)wo|(?<=t)hree|(?<=f)ive|(?<=s)ix|(?<=e)ight)"
)
ONE = "[0-9零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖]"
WRITTEN = re.compile("[零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖]")
SIX = re.compile(f"{ONE}{{6}}")
SEVERAL = re.compile(rf"{ONE}(?:[ .\-]?{ONE}){{5}}")
LONG_FIGURES = 11
LONG = re.compile(rf"{ONE}(?:[ .\-]?{ONE}){{{LONG_FIGURES - 1}}}")
LONG_SAID = re.compile(
    "[ozftse](?:(?<=o)ne|(?<=z)ero|(?<=t)hree|(?<=f)ive|(?<=s)ix|(?<=e)ight)[ ,-]+"
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|double|oh)[ ,-]"
)
# Without this there is no number in words, whatever is taken out between words.
NUMERALS = re.compile(
    "[eoxt](?:(?<=one)|(?<=three)|(?<=five)|(?<=zero)|(?<=six)|(?<=eight))[^a-z0-9]+[zotfsend]"
)
# What a sum, a share or a number may begin with, and the shapes that begin so.
FIRST = r"\d百几$¥£€零一壹幺二贰两三叁四肆五伍六陆七柒八捌九玖十千"
BEGINS = re.compile(f"[{FIRST}]")
BEGUN = frozenset({"@percent", "@money", "@number", "@code"})
NO_FIGURES = bytes(code for code in range(128) if not chr(code).isdigit())


def shaped(view: str) -> bool:
    """Whether there may be any shape in a view; cheap, and wrong only by a yes."""
    return bool(FIGURED.search(view) or NUMERAL.search(view))


def long_number(view: str) -> bool:
    """Whether there may be a number of a person, a card or a line in a view; cheap, and wrong only by a yes."""
    return bool(LONG.search(view) or LONG_SAID.search(view))


def numbered(ascii_base: str) -> bool:
    """Whether a long number may be in the dense view of a text in ASCII, no two of whose words are put together."""
    figures = ascii_base.encode().translate(None, NO_FIGURES)
    return len(figures) >= LONG_FIGURES or NUMERALS.search(ascii_base) is not None
