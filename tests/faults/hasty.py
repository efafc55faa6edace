"""A server that loses patience within seconds: `python -m tests.faults.hasty silent|stalled SECONDS serve …`.

`silent` frees a socket that says nothing, `stalled` one that reads nothing, with a small buffer in the kernel; only the
figures are others. A quick run has no minute to wait.
"""

import socket
import sys
from dataclasses import replace
from typing import Any

from visavis import launch
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
        listen = launch.listen

        def narrow(*given: Any) -> socket.socket:
            """What is accepted here inherits the buffer's size."""
            sock = listen(*given)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
            return sock

        launch.listen = narrow
    main()
