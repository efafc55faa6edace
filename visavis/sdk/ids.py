"""Retry keys: UUID version 7 (RFC 9562 §5.7), so that keys of one sender sort by time."""

import secrets
import time
from uuid import UUID


def fresh_key() -> str:
    """A new UUIDv7 as text."""
    ms = time.time_ns() // 1_000_000
    bits = (ms << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)
    return str(UUID(int=bits))
