"""A deliberately broken server, for the checker to catch: `python -m tests.faults.broken MODE serve …`.

`drop` acknowledges a message and undoes its transaction; `double` keeps a message twice; `swap` lets two neighbours
change their places after the fact. About every third batch is hurt; everything else is the real server.
"""

import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from visavis.__main__ import main
from visavis.conversations import api, posting
from visavis.conversations.types import Draft, Kind, Outcome
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal

CHANCE = 0.3
Answers = list[Outcome | Refusal]

SWAP = "UPDATE entry SET no = $3 WHERE shard_key = $1 AND stream = 0 AND no = $2"


class Undone(Exception):
    """What was done is undone."""


async def drop(tx: Tx, drafts: Sequence[Draft]) -> Answers:
    """Say that all is well, and keep nothing."""
    answers: Answers = []
    try:
        async with tx.savepoint():
            answers = await posting.post(tx, drafts)
            raise Undone
    except Undone:
        tx.hints.clear()
        return answers


async def double(tx: Tx, drafts: Sequence[Draft]) -> Answers:
    """Keep everything, and then once more under another key."""
    answers = await posting.post(tx, drafts)
    await posting.post(tx, [msgspec.structs.replace(one, client_key=uuid4()) for one in drafts])
    return answers


async def swap(tx: Tx, drafts: Sequence[Draft]) -> Answers:
    """Keep everything, and let the last message change places with the one before it."""
    answers = await posting.post(tx, drafts)
    for one in answers:
        if isinstance(one, Outcome) and one.entry.kind is Kind.MESSAGE and one.entry.no > 3:
            at, no = one.entry.conversation_id, one.entry.no
            for before, after in ((no, -1), (no - 1, no), (-1, no - 1)):
                await tx.execute(SWAP, at, before, after)
            break
    return answers


MODES: dict[str, Callable[[Tx, Sequence[Draft]], Awaitable[Answers]]] = {
    "drop": drop,
    "double": double,
    "swap": swap,
}


def break_it(mode: str) -> None:
    """From now on this process is a broken server."""
    hurt = MODES[mode]

    async def post(tx: Tx, drafts: Sequence[Draft]) -> Any:
        if random.random() < CHANCE:
            return await hurt(tx, drafts)
        return await posting.post(tx, drafts)

    api.post = post


if __name__ == "__main__":
    break_it(sys.argv.pop(1))
    main()
