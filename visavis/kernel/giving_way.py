"""Work that can wait gives way to work that somebody waits for, where both share a process.

The message path says how much it has to do. Other work is done in pieces of a few milliseconds, for a message that
comes meanwhile waits for some of the piece. While anything is said, the clerk, the index of words and patient jobs rest
3 times as long as they work; under load 29 times, five seconds at most, so that they fall behind and never stand still.
Nothing is lost by it: what they have not done yet waits in rows. The log, which promises a leaf in two seconds, does
not rest: it has a thread of its own.

Those who speak give way as well: while many messages wait, nothing more is read from whoever sends another one. It
stays in his own line and costs nothing, so that what is offered beyond the capacity takes nothing from it.
"""

import asyncio
from collections.abc import Callable

from visavis.kernel import clock, figures

# A batch of more than so many items is load, or so many items in a second; it is over after a second of less.
LOAD, PACE, QUIET_US = 24, 200, 1_000_000
REST, EASY, LONGEST_S = 29, 3, 5.0

# What is shed first when the queue of the message path fills: signs that somebody types or is there, then pages of the
# past; offers and messages last, when it is full. From `CROWD` on those who speak wait outside, until half is left.
SIGNS, CROWD, PAGES = 0.0625, 0.125, 0.75
# About so many messages come with one reading of a socket (`gateway_ws.READ_BUFFER`).
AT_ONCE = 6

_loaded_us = 0
_noted_us = 0
_second: tuple[int, int] = (0, 0)
_pressed: tuple[float, int] = (0.0, 0)
_crowded = False
_outside: dict[Callable[[], None], None] = {}


def note(batch: int) -> None:
    """A batch of this size is at work."""
    global _loaded_us, _noted_us, _second
    now = _noted_us = clock.now_us()
    began, count = _second
    if not 0 <= now - began < QUIET_US:
        began, count = now, 0
    _second = (began, count + batch)
    if batch > LOAD or count + batch > PACE:
        _loaded_us = now


def press(fullness: float) -> None:
    """The queue of the message path is so full, from 0 to 1."""
    global _pressed
    _pressed = (fullness, clock.now_us())


def crowd() -> None:
    """So many messages wait that whoever sends another one waits outside."""
    global _crowded
    _crowded = True


def crowded() -> bool:
    """Whether whoever speaks is read no further."""
    return _crowded


def outside(read_on: Callable[[], None]) -> None:
    """Call `read_on` once there is room, in the order of coming; asking again changes nothing."""
    _outside[read_on] = None


def let_in(room: int) -> bool:
    """There is room for so many messages: read on from as many as may bring them; whether anybody was outside."""
    global _crowded
    _crowded = False
    some = list(_outside)[: room // AT_ONCE + 1]
    for read_on in some:
        del _outside[read_on]
        read_on()
    return bool(some)


def sheds(what: float) -> bool:
    """Whether `SIGNS` or `PAGES` are shed at this moment."""
    fullness, at = _pressed
    shed = fullness > what and clock.now_us() - at < QUIET_US
    if shed:
        (figures.SIGNS if what == SIGNS else figures.PAGES).inc()
    return shed


def loaded() -> bool:
    """Whether the message path of this process is under load."""
    return 0 <= clock.now_us() - _loaded_us < QUIET_US


def lately() -> bool:
    """Whether the message path of this process has had anything to do within a second."""
    return 0 <= clock.now_us() - _noted_us < QUIET_US


async def breathe() -> None:
    """Between two slices of long work: let whatever the loop has to do go first."""
    await asyncio.sleep(0)


class Work:
    """Work done piece by piece, which knows when the present piece began."""

    def __init__(self) -> None:
        self._began = clock.now_us()

    def resume(self) -> None:
        """What went before was waiting, not work."""
        self._began = clock.now_us()

    async def give_way(self, rest_s: float = 0.0) -> None:
        """Between two pieces: rest so long, under load longer."""
        await clock.sleep(max(rest_s, self.rest()))
        self.resume()

    def rest(self) -> float:
        """How long to rest after the present piece, in seconds."""
        spent = (clock.now_us() - self._began) / 1_000_000
        return min(spent * (REST if loaded() else EASY if lately() else 0), LONGEST_S)
