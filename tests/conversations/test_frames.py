"""Frames that are almost right, by the same maker as `make fuzz`: each is answered or ends the line by rule."""

import json
import random
from typing import Any

import pytest
import structlog
from websockets.exceptions import ConnectionClosed

from tests.conversations.conftest import Wire
from tests.conversations.talk import begin
from tests.conversations.test_socket import raw
from tools.fuzz import LAWFUL, frame

FRAMES = 150


@pytest.mark.parametrize("seed", [1, 2])
async def test_no_frame_breaks_the_line_or_leaves_a_fault(wire: Wire, seed: int) -> None:
    talk, other = await begin(wire.world), await begin(wire.world)
    ids = [str(one) for one in (talk.id, other.id, talk.client.id, talk.advisor.id)]
    dice = random.Random(seed)
    codes: list[int] = []
    with structlog.testing.capture_logs() as said:
        for person in (talk.client, talk.advisor):
            line = await raw(wire, person, hello=dice.random() < 0.8)
            try:
                for _ in range(FRAMES):
                    await line.send(frame(dice, ids))
                await line.send('{"t":"ping"}')
                told: dict[str, Any] = {}
                # Whoever has not greeted is told so; everybody else gets the pong.
                while told.get("t") != "pong" and "hello" not in told.get("detail", ""):
                    told = json.loads(await line.recv())
            except ConnectionClosed as closed:
                codes.append(closed.rcvd.code if closed.rcvd else 1006)
            finally:
                line.transport.abort()
    assert set(codes) <= LAWFUL
    assert not [one for one in said if one["log_level"] in ("error", "critical")]
