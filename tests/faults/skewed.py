"""A server whose clock jumps: `python -m tests.faults.skewed FILE serve …`; FILE holds the seconds it is ahead.

The product has one source of time (visavis/kernel/clock.py); what that reads of the machine is moved here, for this
process alone.
"""

import sys
import time
from pathlib import Path
from types import SimpleNamespace

from visavis.__main__ import main
from visavis.kernel import clock

if __name__ == "__main__":
    file = Path(sys.argv.pop(1))

    def skewed() -> int:
        """Nanoseconds, off by what the file says."""
        try:
            ahead = float(file.read_text())
        except (OSError, ValueError):
            ahead = 0.0
        return time.time_ns() + int(ahead * 1e9)

    clock.time = SimpleNamespace(time_ns=skewed, monotonic_ns=time.monotonic_ns)  # type: ignore[assignment]
    main()
