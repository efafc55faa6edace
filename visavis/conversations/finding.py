"""Beside the message path: under which words what was said is found.

Indexing Chinese words costs more than all the rest of the path, and a lone message would wait for it as long as a
hundred do. So it is done afterwards by a process (`indexing.index_words`), at once where the platform is at rest, a
little of the time under load. Whoever looks for something at rest has what waits indexed first. Nothing is lost
meanwhile: a batch waits in `later_words`.
"""

from collections.abc import Sequence
from uuid import UUID

from visavis.conversations import rules
from visavis.conversations.rules.batch import Places
from visavis.conversations.store import wording as store
from visavis.conversations.store.packing import Spans
from visavis.conversations.types import Entry
from visavis.kernel.db import Tx
from visavis.kernel.giving_way import breathe

TOPIC = "words"
# So many texts are cut between two turns of the loop: a message waits for one such slice at each of its statements.
SLICE = 2


def words(tx: Tx, entries: Sequence[Entry]) -> Spans:
    """The places of those whose words are still to be made; whoever makes them hears of it after the commit."""
    spans: dict[tuple[UUID, int], list[int]] = {}
    for one in entries:
        if one.kind in rules.TEXTUAL:
            spans.setdefault((one.conversation_id, int(one.stream)), []).append(one.no)
    if spans:
        tx.hint(TOPIC)
    return spans


async def catch_up(tx: Tx) -> int:
    """Make the words of a few entries that wait for them; returns how many."""
    entries = await store.next_batches(tx)
    found: Places = {}
    for first in range(0, len(entries), SLICE):
        part = entries[first : first + SLICE]
        found |= rules.words_of((one, rules.text_of(one.body)) for one in part)
        await breathe()
    await store.keep(tx, found)
    return len(entries)
