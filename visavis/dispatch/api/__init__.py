"""The door of dispatch: every verb that others may call, gathered from the modules beside this one."""

from visavis.dispatch.api.asking import (
    client_request,
    known,
    on_call,
    open_request,
    opening,
    queue,
    request,
)
from visavis.dispatch.api.choosing import (
    book,
    choose,
    slots,
)
from visavis.dispatch.api.colleagues import (
    colleagues,
)
from visavis.dispatch.api.explaining import (
    conversation_decisions,
    decisions,
    latest_decisions,
)
from visavis.dispatch.api.figures import (
    board,
    duty,
    listed,
    may_see_board,
)
from visavis.dispatch.api.hinting import as_hints
from visavis.dispatch.api.home import (
    cards,
    home,
)
from visavis.dispatch.api.offering import (
    accept,
    decline,
    grab,
    name_of,
    offer,
    offer_view,
    offers,
    pool,
)
from visavis.dispatch.api.presence import (
    gone,
    heartbeat,
    my_presence,
    presences,
    reconcile,
    set_presence,
    set_pushable,
)
from visavis.dispatch.api.settling import (
    barred,
    client_spoke,
    closed,
    handed_over,
    ineligible,
    parted,
    staff_spoke,
)
from visavis.dispatch.api.timetable import (
    calendar,
    hours_of,
    put_calendar,
    put_hours,
    remove_day,
    working_spans,
)
from visavis.dispatch.store.origins import ERASURES, HOLDINGS, ORIGINS
from visavis.dispatch.terms import install

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "ORIGINS",
    "accept",
    "as_hints",
    "barred",
    "board",
    "book",
    "calendar",
    "cards",
    "choose",
    "client_request",
    "client_spoke",
    "closed",
    "colleagues",
    "conversation_decisions",
    "decisions",
    "decline",
    "duty",
    "gone",
    "grab",
    "handed_over",
    "heartbeat",
    "home",
    "hours_of",
    "ineligible",
    "install",
    "known",
    "latest_decisions",
    "listed",
    "may_see_board",
    "my_presence",
    "name_of",
    "offer",
    "offer_view",
    "offers",
    "on_call",
    "open_request",
    "opening",
    "parted",
    "pool",
    "presences",
    "put_calendar",
    "put_hours",
    "queue",
    "reconcile",
    "remove_day",
    "request",
    "set_presence",
    "set_pushable",
    "slots",
    "staff_spoke",
    "working_spans",
]
