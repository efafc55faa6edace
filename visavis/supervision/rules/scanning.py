"""Many words in one pass over a text, by automata (Aho and Corasick 1975)."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import ahocorasick_rs


def automaton(texts: Sequence[str]) -> Any:
    """An automaton that finds every one of the words, overlapping or not, and where they are."""
    return ahocorasick_rs.AhoCorasick(
        texts, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=False
    )


def naming(texts: Sequence[str]) -> Callable[..., list[str]]:
    """What finds every one of the words and names it, without its places: several times as fast."""
    found = ahocorasick_rs.AhoCorasick(
        texts, matchkind=ahocorasick_rs.MatchKind.Standard, store_patterns=True
    )
    return cast(Callable[..., list[str]], found.find_matches_as_strings)
