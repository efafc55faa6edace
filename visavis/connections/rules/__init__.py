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
    outside,
    succession,
    successor,
)
from visavis.connections.rules.touches import (
    SAME_TOUCH,
    leaves_time,
    may_touch,
    own_rest_until,
    quiet_until,
    tightened,
    unasked,
)

__all__ = [
    "SAME_TOUCH",
    "Candidate",
    "allot",
    "earliest",
    "is_called",
    "lacks_licence",
    "leaves_time",
    "may_client_speak",
    "may_establish",
    "may_greet",
    "may_machine_speak",
    "may_oversee",
    "may_see_client",
    "may_staff_speak",
    "may_touch",
    "outside",
    "own_rest_until",
    "quiet_until",
    "succession",
    "successor",
    "tightened",
    "unasked",
]
