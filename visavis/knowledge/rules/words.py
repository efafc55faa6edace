"""From a text to the words it is found by: Chinese cut by dictionary, English stemmed, everyday words translated.

Clients say 手续费 where an entry says 佣金: such words form a concept, and every member becomes the same word.
"""

import re
import unicodedata
from functools import lru_cache

import rjieba

from visavis.knowledge.rules.lexicon import CONCEPTS, STOP_EN, STOP_ZH

RUN = re.compile(r"[㐀-䶿一-鿿]+|[a-z0-9][a-z0-9+%.'/&-]*")
CJK = re.compile(r"[㐀-䶿一-鿿]")


_ENDINGS = (
    "ations",
    "ation",
    "ingly",
    "ments",
    "ment",
    "ings",
    "ing",
    "ies",
    "ied",
    "es",
    "ed",
    "ly",
    "s",
)


def stem(word: str) -> str:
    """English endings off, lightly: enough to join plural, past and -ing forms."""
    if len(word) <= 3 or not word.isascii() or not word.isalpha():
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            base = word[: -len(ending)]
            if ending in {"ies", "ied"}:
                return f"{base}y"
            if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "ls":
                return base[:-1]
            return base.removesuffix("e")
    return word.removesuffix("e")


def _concepts() -> dict[str, str]:
    named: dict[str, str] = {}
    for line in CONCEPTS.splitlines():
        members = line.split()
        for member in members:
            named.setdefault(member if CJK.search(member) else stem(member), f"={members[0]}")
    return named


_CONCEPT_OF = _concepts()
_LONGEST = max(len(word) for word in _CONCEPT_OF if CJK.search(word))


def normal(text: str) -> str:
    """One form for full and half width, upper and lower case."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def is_chinese(text: str) -> bool:
    """Whether a text is searched among Chinese entries: it holds a Chinese character."""
    return CJK.search(text) is not None


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, in order, with repetitions; concepts first stand for their members."""
    found: list[str] = []
    for run in RUN.findall(normal(text)):
        if CJK.match(run):
            found += _chinese(run)
        else:
            found += _english(run.strip(".'-/&"))
    return tuple(found)


def _chinese(run: str) -> list[str]:
    found = _spotted(run)
    for word in rjieba.cut_for_search(run):
        if word in STOP_ZH:
            continue
        concept = _CONCEPT_OF.get(word)
        if concept is None:
            found.append(word)
    # Pairs of characters carry what the dictionary cuts differently in question and entry.
    found += [f"~{run[i : i + 2]}" for i in range(len(run) - 1) if run[i : i + 2] not in STOP_ZH]
    return found


def _spotted(run: str) -> list[str]:
    """Concepts that occur anywhere in a Chinese run, each once, longest first at each place."""
    found: list[str] = []
    place = 0
    while place < len(run):
        for size in range(min(_LONGEST, len(run) - place), 0, -1):
            concept = _CONCEPT_OF.get(run[place : place + size])
            if concept is not None and (size > 1 or run == run[place]):
                if concept not in found:
                    found.append(concept)
                place += size - 1
                break
        place += 1
    return found


def _english(word: str) -> list[str]:
    if not word or word in STOP_EN:
        return []
    base = stem(word)
    concept = _CONCEPT_OF.get(base) or _CONCEPT_OF.get(word)
    return [concept or base]
