"""The door of channels: greetings, what is known of a client, subscriptions, notices."""

from visavis.channels.api.greeting import Panel, greet, greetings, panel
from visavis.channels.api.notices import (
    cut_off,
    log_of,
    message_posted,
    offer_made,
    push_key,
    subscribe,
    unsubscribe,
    wake_up,
)
from visavis.channels.courier import run as run_courier
from visavis.channels.terms import install

__all__ = [
    "Panel",
    "cut_off",
    "greet",
    "greetings",
    "install",
    "log_of",
    "message_posted",
    "offer_made",
    "panel",
    "push_key",
    "run_courier",
    "subscribe",
    "unsubscribe",
    "wake_up",
]
