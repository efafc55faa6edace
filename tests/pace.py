"""How fast this machine is at the moment, for tests that hold a bound in seconds."""

import os
import time

LOOK_S = 0.05


def within(seconds: float) -> float:
    """A bound that holds on a quiet machine, as much longer as more work waits for each processor now."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * max(1.0, 2 * waiting, _stretched())


def _stretched() -> float:
    """How much longer work takes now than it is work: the load is a mean of the last minute, and a share of a processor
    that this process is granted is not in it.
    """
    began, worked = time.monotonic(), time.process_time()
    while time.process_time() - worked < LOOK_S:
        pass
    return (time.monotonic() - began) / LOOK_S
