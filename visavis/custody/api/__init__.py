"""The door of custody: every verb that others may call, gathered from the modules beside this one."""

from visavis.custody.api.auditing import (
    ask_for_audit,
    audits,
    begin_audit,
    compare,
    give_up_audit,
    keep_audit,
    next_audit,
    nightly_audit,
)
from visavis.custody.store.origins import ORIGINS
from visavis.custody.terms import install

__all__ = [
    "ORIGINS",
    "ask_for_audit",
    "audits",
    "begin_audit",
    "compare",
    "give_up_audit",
    "install",
    "keep_audit",
    "next_audit",
    "nightly_audit",
]
