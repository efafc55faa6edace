"""Work that can wait gives way to work that somebody waits for, where both share a process.

The message path says when it is under load: its batches grow. The log, the clerk, the index of words then pause between
two pieces of their work, for five seconds at most, so that they fall behind and never stand still. Nothing is lost by
it: what they have not done yet waits in rows.
"""

from visavis.kernel import clock

# A batch of more than so many items is load; it is over when there was none for a second.
LOAD, QUIET_US = 24, 1_000_000
PAUSE_S, LONGEST_S = 0.1, 5.0

# What is shed first when the queue of the message path fills: signs that somebody types or is there, then pages of the
# past; offers and messages last, when it is full.
SIGNS, PAGES = 0.25, 0.75

_loaded_us = 0
_pressed: tuple[float, int] = (0.0, 0)


def note(batch: int) -> None:
    """A batch of this size is at work."""
    global _loaded_us
    if batch > LOAD:
        _loaded_us = clock.now_us()


def press(fullness: float) -> None:
    """The queue of the message path is so full, from 0 to 1."""
    global _pressed
    _pressed = (fullness, clock.now_us())


def sheds(what: float) -> bool:
    """Whether `SIGNS` or `PAGES` are shed at this moment."""
    fullness, at = _pressed
    return fullness > what and clock.now_us() - at < QUIET_US


def loaded() -> bool:
    """Whether the message path of this process is under load."""
    return clock.now_us() - _loaded_us < QUIET_US


async def give_way(rest_s: float = 0.0) -> None:
    """Rest so long, then go on once the message path is not under load, or after `LONGEST_S`."""
    if rest_s:
        await clock.sleep(rest_s)
    waited = 0.0
    while loaded() and waited < LONGEST_S:
        await clock.sleep(PAUSE_S)
        waited += PAUSE_S
