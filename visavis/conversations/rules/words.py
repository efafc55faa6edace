"""Under which words a text is found, Chinese included."""

import re
from functools import lru_cache

import rjieba

WORDS = 4000
# A word is letters, digits or Han characters; what stands between is not searched.
_WORD = re.compile(r"[\w㐀-䶿一-鿿]+")
_CJK = re.compile(r"[㐀-䶿一-鿿]")


@lru_cache(maxsize=4096)
def _cut(text: str) -> tuple[str, ...]:
    return tuple(rjieba.cut_for_search(text))


def words(text: str) -> list[str]:
    """The words under which a text is found: folded; Chinese cut into words and single characters."""
    found: set[str] = set()
    for run in _WORD.findall(text.casefold()):
        if _CJK.search(run):
            found.update(_cut(run))
            found.update(_CJK.findall(run))
        else:
            found.add(run[:100])
    return sorted(found)[:WORDS]


def searched(query: str) -> list[str]:
    """The words that a text must all hold to be found by `query`."""
    found: set[str] = set()
    for run in _WORD.findall(query.casefold()):
        found.update(rjieba.cut(run) if _CJK.search(run) else (run[:100],))
    return sorted(found)[:40]


def query_of(query: str) -> str:
    """A full-text query that asks for every word of `query`; empty where it holds none."""
    quoted = [word.replace("\\", "\\\\").replace("'", "''") for word in searched(query)]
    return " & ".join(f"'{word}'" for word in quoted)
