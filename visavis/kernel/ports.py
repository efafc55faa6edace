"""Ports of loopback for servers that are started beside us: demos, tests, measurements."""

import contextlib
import random
import socket
from pathlib import Path

PORTS = range(20_000, 30_000)
LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")


class NoPort(Exception):
    """No port is free; the text says where we looked."""


def free_port() -> int:
    """A port of loopback that nobody listens on; raises `NoPort` where there is none.

    The system does not lend it to a connection (RFC 6335 §6; Linux lends from 32,768 on unless told otherwise): it is
    still free when a server has got ready. Only where all are lent there is no such port to be had.
    """
    lent = _lent()
    unlent = [port for port in PORTS if port not in lent] or PORTS
    for port in random.SystemRandom().sample(unlent, min(100, len(unlent))):
        with socket.socket() as sock, contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(("127.0.0.1", port))
            return port
    raise NoPort(f"no port from {PORTS[0]} to {PORTS[-1]} is free")


def _lent() -> range:
    """What the system lends, where it says so."""
    try:
        first, last = map(int, LENT.read_text().split())
    except (OSError, ValueError):
        return range(0)
    return range(first, last + 1)
