"""The door of channels: greetings, what is known of a client, subscriptions, notices."""

from visavis.channels.api.greeting import Panel, greetings, panel
from visavis.channels.api.naming import addressees, named
from visavis.channels.api.notices import cut_off, log_of, push_key, silence, subscribe, unsubscribe
from visavis.channels.api.queueing import greet, queued, withdraw
from visavis.channels.api.wishes import (
    capture_failed,
    connections_ended,
    message_posted,
    offer_made,
    request_stranded,
    review_late,
    slot_booked,
    wake_up,
)
from visavis.channels.courier import run as run_courier
from visavis.channels.store import ERASURES, HOLDINGS, ORIGINS
from visavis.channels.terms import install

__all__ = [
    "ERASURES",
    "HOLDINGS",
    "ORIGINS",
    "Panel",
    "addressees",
    "capture_failed",
    "connections_ended",
    "cut_off",
    "greet",
    "greetings",
    "install",
    "log_of",
    "message_posted",
    "named",
    "offer_made",
    "panel",
    "push_key",
    "queued",
    "request_stranded",
    "review_late",
    "run_courier",
    "silence",
    "slot_booked",
    "subscribe",
    "unsubscribe",
    "wake_up",
    "withdraw",
]
