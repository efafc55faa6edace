"""What the contexts keep as evidence and as serving copies, gathered for the custody of the record."""

from collections.abc import Mapping, Sequence

from visavis.analytics import api as analytics
from visavis.archive.types import Erasure, Holding, Numbering, Origin
from visavis.assistant import api as assistant
from visavis.channels import api as channels
from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.custody import api as custody
from visavis.dispatch import api as dispatch
from visavis.identity import api as identity
from visavis.incentives import api as incentives
from visavis.knowledge import api as knowledge
from visavis.products import api as products
from visavis.review import api as review
from visavis.suitability import api as suitability
from visavis.supervision import api as supervision

# What each context keeps as evidence: compared with the record, both ways, every night.
ORIGINS: Sequence[Origin] = (
    *identity.ORIGINS,
    *custody.ORIGINS,
    *supervision.ORIGINS,
    *products.ORIGINS,
    *connections.ORIGINS,
    *knowledge.ORIGINS,
    *suitability.ORIGINS,
    *conversations.ORIGINS,
    *assistant.ORIGINS,
    *dispatch.ORIGINS,
    *review.ORIGINS,
    *channels.ORIGINS,
    *incentives.ORIGINS,
)
NUMBERINGS: Sequence[Numbering] = conversations.NUMBERINGS

# Tables that are compared with nothing, and why; a table that is neither here nor above fails a test.
UNCOMPARED: Mapping[str, str] = {
    # The record itself, which the comparison walks through from end to end.
    **dict.fromkeys(("record", "record_head", "wrapping_key"), "is the record"),
    **dict.fromkeys(
        ("log_place", "log_mark", "log_batch", "log_halt", "log_timestamp"),
        "is compared as the log",
    ),
    # What is made of compared rows, and can be made again of them.
    "conversation": "follows from its entries; its rating is compared",
    "client_look": "is the last hour's memory of an alarm, which is on record",
    "aside": "is the order of somebody's own list",
    "participant": "follows from the entries of its conversation",
    "entry_words": "is an index of entries",
    "later_words": "names entries whose words are yet to be indexed",
    "posted": "answers a repeated request with the entry it made",
    "reply": "follows from entries",
    "product": "is the number of product_version",
    "product_card": "follows from entries",
    "knowledge_entry": "is the number of knowledge_version",
    "suitability_client": "is a lock",
    "fact": "counts what is on record",
    "finding": "is an index of the record",
    "finding_mark": "is an index of the record",
    "slot": "counts the booked times of requests",
    # Who a client is comes from the broker with each session; staff are compared.
    "person": "repeats what the broker says of a client; staff and restrictions are compared",
    # Review keeps every step on record; these gather the steps.
    "settlement_rule": "gathers its steps, each of which is on record",
    "taught_ranker": "follows from dispositions",
    "disposition": "repeats verdicts of review for the ranker",
    "review_case": "gathers the steps of a case",
    "review_case_item": "each item that is put into a case is a step on record",
    "ticket": "gathers the steps of a ticket",
    "ticket_concerned": "whom a ticket concerns stands in each of its steps",
    "sampling_window": "says how far the sampling is; what is taken is on record",
    "advice": "is an index of messages",
    "nudge_outcome": "counts what became of advice in the desk",
    "client_group_post": "repeats an approved broadcast",
    "same_words": "is a lock and counts messages; each approval and each message is on record",
    "same_words_recipient": "counts messages, each of which is on record",
    "breach_person": "named in the record of its breach; being told is a message",
    "broadcast_recipient": "repeats whom a broadcast is meant for; each message is on record",
    # What lives for minutes or serves no more than the next step.
    "advisor_load": "says who is on duty now; each change is on record",
    "attempt": "counts for rate limits",
    "capture": "says how capture is now; each turn is on record",
    "installation": "says what this installation is for",
    "job": "is work to be done",
    "lease": "says who leads now",
    "migration_turn": "is a lock",
    "login_session": "opens doors now; each sign-in and each end is on record",
    "one_time_token": "is good for one step",
    "recovery_code": "is a secret",
    "used_token": "keeps a token from being used twice",
    "wake": "is a notice that may come; what left the house is compared",
    "rehearsal": "moves simulated people alone",
    # Administration whose acts are on record, in words that several rows share.
    "opening_hours": "each change is on record as administration",
    "calendar_day": "each change is on record as administration",
}

# Serving copies that go with a client's keys, the highest context first; and secrets under the master key.
ERASURES: Sequence[Erasure] = (
    *analytics.ERASURES,
    *channels.ERASURES,
    *incentives.ERASURES,
    *review.ERASURES,
    *dispatch.ERASURES,
    *assistant.ERASURES,
    *supervision.ERASURES,
    *conversations.ERASURES,
    *suitability.ERASURES,
    *connections.ERASURES,
    *custody.ERASURES,
    *identity.ERASURES,
)

# What is kept of a client, for himself to see and take home.
HOLDINGS: Sequence[Holding] = (
    *identity.HOLDINGS,
    *connections.HOLDINGS,
    *suitability.HOLDINGS,
    *conversations.HOLDINGS,
    *dispatch.HOLDINGS,
    *channels.HOLDINGS,
    *incentives.HOLDINGS,
    *custody.HOLDINGS,
)
