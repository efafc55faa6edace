"""What is known of a language to tell a breach from talk about it; one table per language."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Speech:
    """How one language denies, warns, quotes, reports and asks."""

    clause: re.Pattern[str]
    idle: re.Pattern[str]  # looks like a negation and is none
    double: re.Pattern[str]
    negation: re.Pattern[str]
    undone: re.Pattern[str]  # right after the hit, takes it back
    turn: re.Pattern[str]
    warns: re.Pattern[str]  # before the hit
    condemns: re.Pattern[str]  # after the hit
    teaches: re.Pattern[str]  # anywhere in the sentence
    others: re.Pattern[str]  # before the hit: somebody else says or does it
    mine: re.Pattern[str]  # between `others` and the hit: the speaker's own offer after all
    said: re.Pattern[str]  # beside a quotation
    asks_before: re.Pattern[str]
    asks_after: re.Pattern[str]
    hedge: re.Pattern[str]
    informs: re.Pattern[str]  # between two slots: tells about it, and does not do it
    reach: int


# What begins with one of some letters is sought by them, many times as fast; so is an alternation of few words.


def each(begins: str, rest: str) -> str:
    """The same as `(?:begins)rest`, written out."""
    return "|".join(one + rest for one in begins.split("|"))


def whole(words: str) -> str:
    r"""The same as `\b(?:words)\b`, their letters first."""
    return "|".join(rf"{one[0]}(?<=\b{one[0]}){one[1:]}\b" for one in words.split("|"))
