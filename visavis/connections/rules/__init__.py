"""Decisions about connections without I/O, gathered from the modules beside this one."""

from visavis.connections.rules.handing import allot, earliest
from visavis.connections.rules.rights import (
    is_called,
    lacks_licence,
    may_client_speak,
    may_establish,
    may_greet,
    may_machine_speak,
    may_oversee,
    may_see_client,
    may_staff_speak,
)
from visavis.connections.rules.succession import (
    Candidate,
    succession,
    successor,
)
from visavis.connections.rules.touches import (
    may_touch,
    quiet_until,
)

__all__ = [
    "Candidate",
    "allot",
    "earliest",
    "is_called",
    "lacks_licence",
    "may_client_speak",
    "may_establish",
    "may_greet",
    "may_machine_speak",
    "may_oversee",
    "may_see_client",
    "may_staff_speak",
    "may_touch",
    "quiet_until",
    "succession",
    "successor",
]
