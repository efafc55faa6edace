"""Work on a thread of its own: it runs beside the loop, and ends with whoever asked for it."""

import asyncio
import threading

import pytest

from visavis.kernel import own_thread


async def test_it_runs_on_another_thread_and_ends_by_itself() -> None:
    seen: list[int] = []

    async def work() -> None:
        await asyncio.sleep(0)
        seen.append(threading.get_ident())

    await own_thread.run(work)
    assert seen
    assert seen[0] != threading.get_ident()


async def test_what_it_raises_is_raised() -> None:
    async def work() -> None:
        raise RuntimeError("wrong")

    with pytest.raises(RuntimeError, match="wrong"):
        await own_thread.run(work)


async def test_cancelled_it_tidies_up_first() -> None:
    begun, said = threading.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            said.append("tidied")

    running = asyncio.create_task(own_thread.run(work))
    await asyncio.to_thread(begun.wait, 30)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert said == ["tidied"]


def test_stopped_before_it_has_begun_it_does_nothing() -> None:
    said: list[str] = []

    async def work() -> None:
        said.append("done")

    apart = own_thread._Apart(work)
    apart.stop()
    apart.run()
    apart.stop()
    assert said == []
