"""The load generator: `python bench/load.py KIND SPEC.json` connects everybody and says so in a line of JSON.

Then every line of JSON on its standard input is a measurement. It is answered by `{"mark": "start"}` and
`{"mark": "end"}` where the span that counts begins and ends, and by what was found. At the end of the input everybody
leaves.

Pairs of people, one of each speaks. Closed loop: every speaker has so many messages on their way; one that arrives at
the other side lets the next one go. Open loop: so many messages a second, each timed from the moment at which it was
due. What is measured is the arrival at the other side, for every peer alike.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import uvloop

sys.path.insert(0, str(Path(__file__).parent))

PIECES = (
    "我想咨询一下", "融资融券的维持担保比例", "低于规定以后", "会不会被强制平仓", "需要多久之内补足担保物",
    "这只基金的风险等级", "是多少", "适当性匹配的要求", "我的账户状态", "开户需要哪些材料", "科创板的交易权限",
    "怎么开通", "债券逆回购", "手续费是怎么算的", "分红什么时候到账", "可以帮我看一下吗", "昨天的委托没有成交",
    "转托管需要几天", "您好", "谢谢您", "麻烦尽快回复",
)  # fmt: skip


def texts(count: int = 997) -> list[str]:
    """Different sentences of about 72 Chinese characters, the same in every run."""
    dice = random.Random(11)
    made = []
    for number in range(count):
        text = ""
        while len(text) < 66:
            text += dice.choice(PIECES) + dice.choice("，。，？，")
        made.append(f"{text}{number}号")
    return made


class Side(Protocol):
    """One peer as the generator sees it."""

    async def open(self) -> None:
        """Connect everybody."""
        ...

    def send(self, pair: int, number: int) -> None:
        """Let the first of a pair say message `number`."""
        ...

    def keep(self) -> Sequence[str]:
        """From now on keep the retry keys of what is acknowledged; returns where they gather."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...


class Meter:
    """When each message was sent and has arrived; numbers are dense, so that lists are enough."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.pairs: list[int] = []
        self.arrived: list[float] = []
        self.doubled = 0
        self.refusals: dict[tuple[str, str], list[float]] = {}
        self.phase, self.since = "", 0.0
        self.again: Callable[[int], None] | None = None
        self.first = 0

    def begin(self) -> None:
        """Another measurement begins; what still arrives of the last one counts no more."""
        self.first = len(self.sent)
        self.doubled = 0
        self.refusals.clear()
        self.enter("")

    @property
    def missing(self) -> int:
        """How many messages of this measurement have not arrived yet."""
        return self.arrived[self.first :].count(0.0)

    def next(self, pair: int, at: float) -> int:
        """The number of the message that is sent now."""
        self.sent.append(at)
        self.pairs.append(pair)
        self.arrived.append(0.0)
        return len(self.sent) - 1

    def arrive(self, number: int) -> None:
        """A message has arrived at the other side."""
        if self.arrived[number]:
            self.doubled += 1
            return
        self.arrived[number] = time.perf_counter()
        if self.again is not None:
            self.again(self.pairs[number])

    def refuse(self, why: str) -> None:
        """Something was refused with these words, in the present phase."""
        seconds = time.perf_counter() - self.since
        known = self.refusals.setdefault((self.phase, why), [0, seconds, seconds])
        known[0] += 1
        known[2] = seconds

    def enter(self, phase: str) -> None:
        """Another phase of the measurement begins."""
        self.phase, self.since = phase, time.perf_counter()

    def between(self, start: float, end: float) -> list[float]:
        """Latencies in ms of what arrived in this span, sorted."""
        return sorted(
            (at - sent) * 1000
            for sent, at in zip(self.sent[self.first :], self.arrived[self.first :], strict=True)
            if start <= at < end
        )


def figures(latencies: Sequence[float], seconds: float) -> dict[str, float | None]:
    """Rate and percentiles."""
    count = len(latencies)
    return {
        "count": count,
        "rate": count / seconds,
        "p50": latencies[count // 2] if count else None,
        "p99": latencies[int(count * 0.99)] if count else None,
    }


async def closed(side: Side, meter: Meter, spec: dict[str, Any]) -> dict[str, Any]:
    """So many messages on their way per pair."""

    def again(pair: int) -> None:
        side.send(pair, meter.next(pair, time.perf_counter()))

    meter.again = again
    for pair in range(spec["pairs"]):
        for _ in range(spec["in_flight"]):
            again(pair)
    await asyncio.sleep(spec["warm"])
    mark("start")
    start, cpu = time.perf_counter(), time.process_time()
    await asyncio.sleep(spec["seconds"])
    end, cpu = time.perf_counter(), time.process_time() - cpu
    mark("end")
    meter.again = None
    # What is still on its way must not burden whoever is measured next.
    for _ in range(150):
        if not meter.missing:
            break
        await asyncio.sleep(0.1)
    return {**figures(meter.between(start, end), end - start), "client": cpu / (end - start)}


async def opened(side: Side, meter: Meter, spec: dict[str, Any]) -> dict[str, Any]:
    """So many messages a second, whatever becomes of them."""
    rate, pairs = spec["rate"], spec["pairs"]
    mark("start")
    start, cpu, number = time.perf_counter(), time.process_time(), 0
    while (now := time.perf_counter()) < start + spec["seconds"]:
        while number < (now - start) * rate:
            side.send(number % pairs, meter.next(number % pairs, start + number / rate))
            number += 1
        await asyncio.sleep(0.001)
    end = time.perf_counter()
    await asyncio.sleep(spec.get("tail", 1.0))
    cpu = time.process_time() - cpu
    mark("end")
    got = meter.between(start, time.perf_counter())
    return {
        **figures(got, end - start),
        "offered": number,
        "missing": meter.missing,
        "client": cpu / (end - start),
    }


async def flood(side: Side, meter: Meter, spec: dict[str, Any]) -> dict[str, Any]:
    """More than can be taken, at a pace that nothing slows; what counts is what was acknowledged meanwhile.

    As in a closed loop, the span that counts begins when what was sent before has filled the way.
    """
    rate, pairs = spec["rate"], spec["pairs"]
    known = side.keep()
    meter.enter("filling")
    number, _ = await _pour(side, meter, rate, pairs, spec["warm"])
    mark("start")
    meter.enter("overload")
    before = len(known)
    start = time.perf_counter()
    offered, end = await _pour(side, meter, rate, pairs, spec["seconds"], number)
    mark("end")
    acknowledged = list(known)
    Path(spec["keys"]).write_text(json.dumps(acknowledged))  # noqa: ASYNC240 - the load is over
    return {
        **figures(meter.between(start, end), end - start),
        "offered": offered,
        "count": len(acknowledged) - before,
        "rate": (len(acknowledged) - before) / (end - start),
    }


async def _pour(
    side: Side, meter: Meter, rate: float, pairs: int, seconds: float, first: int = 0
) -> tuple[int, float]:
    """Send at this rate for so long, the pairs in turn; returns how many messages that were, and when it ended."""
    start, number = time.perf_counter(), 0
    while (now := time.perf_counter()) < start + seconds:
        for _ in range(200):
            if number >= (now - start) * rate:
                break
            pair = (first + number) % pairs
            side.send(pair, meter.next(pair, now))
            number += 1
        await asyncio.sleep(0)
    return number, time.perf_counter()


def say(found: dict[str, Any]) -> None:
    """One line for whoever reads."""
    print(json.dumps(found), flush=True)


def mark(name: str) -> None:
    """Tell whoever watches CPU and memory that the span that counts begins or ends."""
    say({"mark": name})


MODES = {"closed": closed, "open": opened, "flood": flood}


def made(kind: str, spec: dict[str, Any], meter: Meter) -> Side:
    """The side of one kind of peer; each needs its own packages."""
    if kind == "visavis":
        from load_visavis import Visavis as Made  # noqa: PLC0415 - see above
    elif kind == "xmpp":
        from load_xmpp import Xmpp as Made  # type: ignore[assignment]  # noqa: PLC0415 - see above
    else:
        from load_matrix import Matrix as Made  # type: ignore[assignment]  # noqa: PLC0415 - see above
    side: Side = Made(spec, meter, texts())
    return side


async def main(kind: str, spec: dict[str, Any]) -> None:
    """Connect, measure what is asked for, leave."""
    meter = Meter()
    side = made(kind, spec, meter)
    await side.open()
    say({"mark": "ready"})
    loop = asyncio.get_running_loop()
    try:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            asked = {**spec, **json.loads(line)}
            meter.begin()
            found = await MODES[asked["mode"]](side, meter, asked)
            refused = [
                {
                    "phase": phase,
                    "what": what,
                    "count": int(count),
                    "from_s": round(first, 1),
                    "to_s": round(last, 1),
                }
                for (phase, what), (count, first, last) in meter.refusals.items()
            ]
            say({**found, "doubled": meter.doubled, "refused": refused})
    finally:
        await side.close()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], json.loads(Path(sys.argv[2]).read_text())))
