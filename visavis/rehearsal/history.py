"""What the players did and saw, written down by themselves: the platform's own counters are not consulted."""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What became of a message, as far as its sender knows."""

    ACKNOWLEDGED = "acknowledged"
    HELD = "held"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass
class Sent:
    """One message of one sender; `no` is the number that the platform acknowledged."""

    sender: str
    conversation: str
    client_key: str
    at: float
    text: str = ""
    fate: Fate = Fate.UNKNOWN
    no: int = 0


@dataclass(frozen=True)
class Seen:
    """One entry as it reached one reader, in the order of arrival."""

    reader: str
    conversation: str
    no: int
    entry: str
    sender: str
    client_key: str
    at: float
    text: str = ""


@dataclass(frozen=True)
class Kept:
    """One entry as it can be read at the end; `sender` names whoever of ours said it, empty: somebody else."""

    no: int
    client_key: str
    text: str = ""
    sender: str = ""


@dataclass(frozen=True)
class Offered:
    """One offer as it reached an advisor."""

    offer: str
    request: str
    advisor: str
    need: str
    at: float


@dataclass
class Asked:
    """One question and what came of it; times are seconds of this process's clock."""

    client: str
    text: str
    at: float
    conversation: str = ""
    answered_by_assistant: bool = False
    request: str = ""
    requested_at: float = 0.0
    accepted: bool = False
    first_response_at: float = 0.0
    abandoned: bool = False


@dataclass
class History:
    """Everything that all players noted."""

    sent: list[Sent] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    offered: list[Offered] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    accepted: list[tuple[str, str]] = field(default_factory=list)
    # Until when somebody could lawfully be offered something, as the register said: login -> moment.
    barred_since: dict[str, float] = field(default_factory=dict)
    drops: int = 0
    faults: list[str] = field(default_factory=list)

    def send(self, sender: str, conversation: str, client_key: str, text: str = "") -> Sent:
        """Note that a message is about to be sent."""
        note = Sent(sender, conversation, client_key, time.monotonic(), text)
        self.sent.append(note)
        return note
