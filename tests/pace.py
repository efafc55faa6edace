"""How fast this machine is at the moment, for tests that hold a bound in seconds."""

import os


def within(seconds: float) -> float:
    """A bound that holds on a quiet machine, as much longer as more work waits for each processor now."""
    waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    return seconds * max(1.0, 2 * waiting)
