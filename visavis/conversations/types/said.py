"""What was said, as those see it who look at all of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.kernel.auth import Environment


@dataclass(frozen=True)
class Said:
    """One message of staff or of the assistant that its client has seen; `flagged` where a policy named it.

    `text` is as it was judged, marks of files and what was read in them included; `files` where it has some.
    """

    entry_id: UUID
    conversation_id: UUID
    client_id: UUID
    sender_id: UUID
    environment: Environment
    channel: str
    at: datetime
    text: str
    flagged: bool
    files: bool = False
