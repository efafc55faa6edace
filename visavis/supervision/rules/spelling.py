"""Spelling out what a document writes briefly: `(a/b/)c` is ac, bc and c."""

import itertools
import re
from collections.abc import Iterable, Mapping

from visavis.supervision.rules.pack import BrokenPack, Pattern, Track

LETTER = re.compile("[a-z]")
CHOICE = re.compile(r"\(([^()]*)\)")


def nested(inner: str) -> str:
    """A class inside a word becomes one choice; its own choices are spelled out."""
    return "(" + "/".join(word for part in inner.split("|") for word in choices(part)) + ")"


def choices(part: str) -> list[str]:
    """Every word that `part` stands for. Raises `BrokenPack` on a lone bracket."""
    pieces = CHOICE.split(part)
    if any(bracket in piece for piece in pieces for bracket in "()"):
        raise BrokenPack(f"{part!r}: a lone bracket")
    slots = [piece.split("/") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    return ["".join(parts) for parts in itertools.product(*slots)]


CONTRACTIONS = (
    ("can't", "cannot"), ("can't", "can not"), ("won't", "will not"), ("shan't", "shall not"), ("n't", " not"),
    ("'ll", " will"), ("'re", " are"), ("'m", " am"), ("'ve", " have"), ("'d", " would"), ("let's", "let us"),
    ("it's", "it is"), ("what's", "what is"), ("here's", "here is"), ("that's", "that is"), ("who's", "who is"),
    ("there's", "there is"),
)  # fmt: skip


def spelt_out(word: str) -> list[str]:
    """An English word with its contractions as they are, in full, and without the apostrophe."""
    if "'" not in word:
        return [word]
    full = [word.replace(short, long) for short, long in CONTRACTIONS if short in word]
    bare = [] if word.startswith("'") else [word.replace("'", "")]
    return list(dict.fromkeys([word, *full, *bare]))


def lettered(
    track: Track, meanings: Mapping[tuple[str, bool], Iterable[int]], patterns: Iterable[Pattern]
) -> bool:
    """Whether every pattern asks for a class whose words all have a Latin letter."""
    bare = {
        number
        for (word, _), classes in meanings.items()
        if LETTER.search(word) is None
        for number in classes
    }
    return all(set(one.slots) - bare - track.shapes.keys() for one in patterns)
