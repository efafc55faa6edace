"""What a log line holds: the request's id, a traceback, and nobody's words."""

import errno
import json
from collections.abc import Iterator

import asyncpg
import pytest
import structlog

from tests.world import World
from visavis.kernel import log
from visavis.kernel.errors import Unavailable

WORDS = "请问这只基金\n保本吗"


@pytest.fixture
def as_before() -> Iterator[None]:
    """Afterwards lines are written as they were."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("as_before")
async def test_a_row_that_the_database_quotes_is_left_out(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    log.setup("json")
    said = structlog.get_logger()
    async with world.tx() as tx:
        await tx.execute("CREATE TEMP TABLE said (words text CHECK (length(words) < 3))")
        with pytest.raises(asyncpg.CheckViolationError) as found:
            await tx.execute("INSERT INTO said VALUES ($1)", WORDS)
        await tx.execute("ROLLBACK")
    assert WORDS in str(found.value)  # else there is nothing to leave out
    try:
        raise Unavailable(reason="database") from found.value
    except Unavailable as error:
        said.exception("while it is handled")
        said.error("given", exc_info=error)
        said.error("as a triple", exc_info=(type(error), error, error.__traceback__))
    try:
        raise Unavailable(reason="database") from ConnectionRefusedError(111, "Connection refused")
    except Unavailable:
        said.exception("asked in vain")
    said.error("no room", exc_info=OSError(errno.ENOSPC, "No space left on device", "log/tile"))
    said.error("nothing was raised", text=WORDS)
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert len(told) == 6
    assert told.pop(4)["error"] == "the disk is full: log/tile"
    away = told.pop(3)
    assert away["error"] == "the database is not reached: [Errno 111] Connection refused"
    assert away.keys().isdisjoint({"exception", "exc_info"})
    for one in told[:3]:
        assert "violates check constraint" in one["exception"]
        assert "[masked]" in one["exception"]
    assert "exception" not in told[3]
    assert not any(WORDS in str(value) for one in told for value in one.values())
