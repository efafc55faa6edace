"""Files that were uploaded and never sent: their bytes go after a term."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.conversations.store import files as store
from visavis.conversations.terms import limits
from visavis.kernel import clock
from visavis.kernel.db import Tx

MOST_DROPPED = 500


async def drop_unsent(tx: Tx) -> int:
    """Take the bytes of files away that were uploaded and never sent within the term; returns how many files.

    What was uploaded stays on record, with its digest, and so is that it was taken away; what was sent is untouched.
    """
    before = clock.now() - timedelta(hours=limits().unsent_file_hours)
    dropped = await store.drop_unsent(tx, before, MOST_DROPPED)
    facts = [
        Fact(
            "attachment_dropped",
            one.conversation_id,
            one.client_id,
            one.environment,
            {},
            {"file": str(one.id)},
        )
        for one in dropped
    ]
    await store.on_record(tx, dropped, await archive.append(tx, facts))
    paths = [path for one in dropped for path in one.paths]
    await asyncio.to_thread(_unlink, limits().folder, paths)
    return len(dropped)


def _unlink(folder: Path, paths: Sequence[str]) -> None:
    for path in paths:
        (folder / path).unlink(missing_ok=True)
