"""Which unflagged messages are looked at: by chance within each stratum, and nobody can foresee it (SUP-01).

A stratum is a branch, an advisor and a channel. Of its n messages in a span, rate x n are taken, the broken rest by
chance, so that small strata are not taken more often, nor their first message always. The seed is drawn after the
commit.
"""

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from visavis.conversations.types import Said

_WHOLE = 1 << 64


def stratum(said: Said, branch_id: UUID | None) -> str:
    """Branch, advisor and channel."""
    return f"{branch_id}/{said.sender_id}/{said.channel}"


def chosen(said: Sequence[tuple[str, Said]], rate: float, seed: bytes) -> list[Said]:
    """Those that are looked at, of messages with their strata; the same seed chooses the same ones."""
    strata: dict[str, list[Said]] = defaultdict(list)
    for name, one in said:
        strata[name].append(one)
    taken: list[Said] = []
    for name, ones in sorted(strata.items()):
        luck = _number(seed, name.encode()) / _WHOLE
        count = min(len(ones), int(rate * len(ones) + luck))
        taken += sorted(ones, key=lambda one: _number(seed, one.entry_id.bytes))[:count]
    return taken


def _number(seed: bytes, what: bytes) -> int:
    return int.from_bytes(hmac.digest(seed, what, hashlib.sha256)[:8])
