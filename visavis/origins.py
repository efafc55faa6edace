"""What the contexts keep as evidence and as serving copies, gathered for the custody of the record."""

from collections.abc import Sequence

from visavis.analytics import api as analytics
from visavis.archive.types import Erasure, Numbering, Origin
from visavis.assistant import api as assistant
from visavis.channels import api as channels
from visavis.connections import api as connections
from visavis.conversations import api as conversations
from visavis.custody import api as custody
from visavis.dispatch import api as dispatch
from visavis.identity import api as identity
from visavis.knowledge import api as knowledge
from visavis.products import api as products
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
    *channels.ORIGINS,
)
NUMBERINGS: Sequence[Numbering] = conversations.NUMBERINGS

# Serving copies that go with a client's keys, the highest context first; and secrets under the master key.
ERASURES: Sequence[Erasure] = (
    *analytics.ERASURES,
    *channels.ERASURES,
    *dispatch.ERASURES,
    *assistant.ERASURES,
    *supervision.ERASURES,
    *conversations.ERASURES,
    *suitability.ERASURES,
    *connections.ERASURES,
    *identity.ERASURES,
)
