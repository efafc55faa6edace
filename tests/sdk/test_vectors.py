"""The protocol's test vectors, passed by the Python library; web/src/core/vectors.test.ts passes the same ones."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from visavis.sdk.errors import WireError
from visavis.sdk.http import Http
from visavis.sdk.live import FINAL, REPEATED, Live
from visavis.sdk.outbox import Outbox, Pending
from visavis.sdk.streams import Stream, Streams

VECTORS = json.loads(
    (Path(__file__).resolve().parents[2] / "docs/vectors/protocol-1.json").read_text()
)


def cases(kind: str) -> list[Any]:
    return [pytest.param(one, id=str(one.get("name", one.get("code")))) for one in VECTORS[kind]]


@pytest.mark.parametrize("case", cases("streams"))
def test_streams(case: dict[str, Any]) -> None:
    stream = Stream()
    for step in case["steps"]:
        fresh = stream.add([{"no": no} for no in step["entries"]], step["last"])
        assert [one["no"] for one in fresh] == step["visible"]
        assert (stream.high, stream.gap) == (step["high"], step["gap"])


@pytest.mark.parametrize("case", cases("outbox"))
async def test_outbox(case: dict[str, Any]) -> None:
    outbox = Outbox()
    online = True
    pending: dict[str, Pending] = {}
    refused = ""
    for step in case["steps"]:
        match step["do"]:
            case "add":
                pending[step["key"]] = outbox.add({"client_key": step["key"]})
            case "acknowledged":
                outbox.acknowledged(step["key"], {"no": 1})
            case "refused":
                outbox.refused(step["key"], step["error"], "")
                refused = step["key"]
            case "later":
                outbox.rested(refused)
            case "interrupted":
                online = False
                outbox.interrupted()
            case "online":
                online = True
        sent = [one.frame["client_key"] for one in outbox.due()] if online else []
        if "sent" in step:
            assert sent == step["sent"], step
        if "waiting" in step:
            assert [key for key in pending if outbox.get(key)] == step["waiting"], step
        if "failed" in step:
            failed = [k for k, one in pending.items() if one.answer.done() and _error(one)]
            assert failed == step["failed"], step


def _error(one: Pending) -> bool:
    return isinstance(one.answer.exception(), WireError)


@pytest.mark.parametrize("case", cases("hello"))
def test_hello(case: dict[str, Any]) -> None:
    streams = Streams()
    for conversation, held in case["held"].items():
        for name, numbers in held.items():
            streams.of(conversation, name).add([{"no": no} for no in numbers])
    assert streams.marks() == case["streams"]


@pytest.mark.parametrize("case", cases("closes"))
def test_closes(case: dict[str, Any]) -> None:
    assert (case["code"] in FINAL) == (case["then"] == "ended")


@pytest.mark.parametrize("case", cases("pulls"))
def test_pulls(case: dict[str, Any]) -> None:
    assert (case["code"] in REPEATED) == (case["then"] == "again")


@pytest.mark.parametrize("case", cases("epochs"))
async def test_epochs(case: dict[str, Any]) -> None:
    http = Http("http://server", transport=httpx.MockTransport(lambda _: httpx.Response(204)))
    live = Live(http)
    live.epoch = case["seen"]
    live.streams.of("c").add([{"no": 1}])
    await live._take(
        {"t": "welcome", "epoch": case["welcome"], "person": {}, "streams": [], "now": 0}
    )
    assert (live.streams.of("c").high == 0) == case["forget"]
    await asyncio.sleep(0)
    await live.stop()
    await http.close()
