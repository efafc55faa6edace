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


def queries_of(query: str) -> tuple[str, str, list[str]]:
    """How to look for `query`: by its words; by its characters; and as which parts a text must hold it then.

    Chinese can be cut in more than one way, so that a word of the query may be none of the text. The first way is fast
    and usually enough; the second finds whatever holds the query as it was typed.
    """
    narrow: set[str] = set()
    wide: set[str] = set()
    parts: list[str] = []
    for run in _WORD.findall(query.casefold())[:20]:
        if _CJK.search(run):
            narrow.update(word for word in rjieba.cut(run) if _WORD.fullmatch(word))
            wide.update(_CJK.findall(run))
        else:
            narrow.add(run[:100])
            wide.add(run[:100])
        parts.append("%" + run[:100].replace("_", r"\_") + "%")
    return _all(narrow), _all(wide), parts


def _all(words: set[str]) -> str:
    """A full-text query that asks for every word; words hold letters, digits and Han characters alone."""
    return " & ".join(
        f"'{word}'" if _CJK.search(word) else f"'{word}':*" for word in sorted(words)[:40]
    )
