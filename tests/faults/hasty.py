"""A server that loses patience within seconds: `python -m tests.faults.hasty silent|stalled SECONDS serve …`.

`silent` frees a socket that says nothing, `stalled` one that reads nothing; only the figure is another one. A quick run
has no minute to wait.
"""

import sys
from dataclasses import replace

from visavis.__main__ import main
from visavis.kernel import gateway, gateway_line
from visavis.kernel.sockets import Limits

if __name__ == "__main__":
    which, seconds = sys.argv.pop(1), float(sys.argv.pop(1))
    usual = Limits.of
    if which == "silent":
        gateway.ROUND_S = 0.5
        Limits.of = lambda settings: replace(usual(settings), silence_s=seconds)  # type: ignore[method-assign,assignment]
    else:
        gateway_line.STALLED_S = seconds
    main()
