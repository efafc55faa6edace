"""The words of the assistant: what a question is about and wants, what became of it, what is
suggested to staff.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from visavis.identity.types import Need, Topic
from visavis.knowledge.types import Found


class Outcome(StrEnum):
    """What the assistant did with a question."""

    ANSWERED = "answered"
    UNKNOWN = "unknown"
    DECLINED_ADVICE = "declined_advice"
    HANDED_OVER = "handed_over"


class Intent(StrEnum):
    """What a client's message wants, as far as it decides who may answer."""

    QUESTION = "question"
    PRODUCT = "product"  # names a security or the market, without a question that is plainly advice
    ADVICE = "advice"
    PERSON = "person"
    IDENTITY = "identity"
    COURTESY = "courtesy"
    DISTRESS = "distress"


@dataclass(frozen=True)
class Classification:
    """What a request is about, and which capability it needs (rules LIC-01, LIC-04)."""

    topic: Topic
    need: Need
    intent: Intent


@dataclass(frozen=True)
class Decision:
    """What to answer: a sentence of the catalogue by its code, and the entries to cite, best
    first.
    """

    outcome: Outcome
    code: str
    cited: tuple[Found, ...] = ()
    score: float = 0.0


@dataclass(frozen=True)
class Suggestion:
    """An approved answer for staff to send or to change, with its source; `score` is the sureness 0..1."""

    entry_id: UUID
    version: int
    title: str
    text: str
    topic: Topic
    reviewed: date
    score: float


@dataclass(frozen=True)
class KeptAnswer:
    """What became of one question; `cited` are (entry, version, title)."""

    conversation_id: UUID
    question_id: UUID
    outcome: Outcome
    score: float
    cited: tuple[tuple[UUID, int, str], ...]
    topic: Topic
    at: datetime
