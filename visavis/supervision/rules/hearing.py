"""What may sound like a word, seen by two characters at a time, so that few texts need be spelled by their readings.

Every common character is known by its reading. A word that is heard in common characters alone is spelled by some of
them, one syllable each; two of these that stand side by side are its trigger, those chosen that are the fewest.
"""

import itertools
import math
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence

from visavis.supervision.rules.components import PARTS
from visavis.supervision.rules.folding import KEPT, MARKS, Hanzi

LONGEST = 6  # letters in a syllable: zhuang
TRIPLES = 1200  # at most so many spellings of three syllables are worth their room


def common(char: str) -> bool:
    """Whether a character is of the first level of GB 2312-1980, the 3,755 of everyday texts."""
    code = char.encode("gb2312", "ignore")
    return len(code) == 2 and 0xB0 <= code[0] < 0xD8


class Hearing:
    """The common characters by their readings."""

    def __init__(self, hanzi: Hanzi, even: Iterable[str]) -> None:
        self._chars: dict[str, list[str]] = {}
        self._readings: set[str] = set()
        for char, reading in hanzi.reading.items():
            self._readings.add(reading)
            if common(char) or char in PARTS.values():
                self._chars.setdefault(reading, []).append(char)
        known = {char for chars in self._chars.values() for char in chars}
        quiet = {*known, *KEPT, *MARKS, *string.digits, " "} & {*even}
        self._loud = re.compile(f"[^{re.escape(''.join(sorted(quiet)))}]+")

    def silent(self, text: str) -> bool:
        """Whether a text is even, has common characters alone, and no letter."""
        return self._loud.search(text) is None

    def loud(self, view: str) -> Iterator[tuple[int, int]]:
        """Where letters and uncommon characters stand."""
        return (match.span() for match in self._loud.finditer(view))

    def reach(self, sound: str) -> int:
        """How many characters side by side may spell a part of this sound at most."""
        longest = [0] * (len(sound) + 1)
        for at in range(len(sound) - 1, -1, -1):
            sizes = [
                size for size in range(1, LONGEST + 1) if sound[at : at + size] in self._readings
            ]
            longest[at] = max(
                (1 + longest[min(at + size, len(sound))] for size in sizes), default=0
            )
        return max(longest)

    def triggers(self, word: str, sound: str) -> frozenset[str]:
        """Characters side by side, one of which is in every text of common characters that sounds like this word.

        The word itself is none: whoever writes it is found by it.
        """
        ways = _ways(sound, self._chars)
        return frozenset(one for way in ways for one in self._rarest(word, way)) - {word}

    def _rarest(self, word: str, way: list[str]) -> list[str]:
        """Of one way to spell: three syllables in all their characters where these are few, else two."""
        for size, most in ((3, TRIPLES), (2, None)):
            counts = [math.prod(map(self._many, cut)) for cut in _cuts(way, size)]
            least = min(counts, default=0)
            if least and (most is None or least <= most):
                at = counts.index(least)
                found = ["".join(one) for one in self._spelled(way[at : at + size])]
                written = word[at : at + size]
                if len(written) == len(word) or written not in found:
                    return found
                # As it is written it is an everyday word: 风险 in 无风险. It counts with what stands beside it.
                found.remove(written)
                if at:
                    return found + [one + written for one in self._chars[way[at - 1]]]
                return found + [written + one for one in self._chars[way[size]]]
        return self._chars[way[0]]

    def _many(self, syllable: str) -> int:
        return len(self._chars[syllable])

    def _spelled(self, syllables: Sequence[str]) -> Iterator[tuple[str, ...]]:
        return itertools.product(*(self._chars[one] for one in syllables))


def _cuts(way: Sequence[str], size: int) -> list[Sequence[str]]:
    return [way[at : at + size] for at in range(len(way) - size + 1)]


def _ways(sound: str, known: Mapping[str, object]) -> Iterator[list[str]]:
    """Every way to cut a sound into known syllables."""
    if not sound:
        yield []
    for size in range(1, min(LONGEST, len(sound)) + 1):
        if sound[:size] in known:
            for rest in _ways(sound[size:], known):
                yield [sound[:size], *rest]
