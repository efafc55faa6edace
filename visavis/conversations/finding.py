"""Beside the message path: under which words what was said is found.

Cutting Chinese into words and indexing them costs more than all the rest of the path. A small batch does it at once, so
that what was just said is found; under load it is done afterwards, batch by batch, by a process that rests nine times
as long as it works. Nothing is lost meanwhile: a batch waits in `later_words`.
"""

from collections.abc import Sequence

from visavis.conversations import rules
from visavis.conversations.store import wording as store
from visavis.conversations.types import Entry
from visavis.kernel.db import Tx

AT_ONCE = 32


async def words(tx: Tx, entries: Sequence[Entry], texts: Sequence[str]) -> None:
    """Let these entries be found by their texts: at once, or soon where they are many."""
    if len(entries) > AT_ONCE:
        await store.later(tx, entries)
    else:
        await store.keep(tx, rules.words_of(zip(entries, texts, strict=True)))


async def catch_up(tx: Tx) -> int:
    """Make the words of one batch that waits for them; returns how many entries it had."""
    entries = await store.next_batch(tx)
    words_of = rules.words_of((one, rules.text_of(one.body)) for one in entries)
    await store.keep(tx, words_of, late=True)
    return len(entries)
