"""Consents of clients: for what, in which words, given or withdrawn (PIPL arts 14 to 16, 24, 29)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from visavis.kernel.errors import Refusal


class Purpose(StrEnum):
    """What a client may consent to; recording is none of it, because it rests on notice and a legal duty."""

    PROFILING = "profiling"
    SENSITIVE = "sensitive"
    MARKETING = "marketing"


@dataclass(frozen=True)
class ConsentText:
    """The words that a client agrees to, by language, in one version."""

    purpose: Purpose
    version: str
    title: Mapping[str, str]
    text: Mapping[str, str]


@dataclass(frozen=True)
class Consent:
    """Where a client stands on one purpose; `given` is None where she was never asked, or about other words."""

    purpose: Purpose
    given: bool | None
    version: str | None = None
    at: datetime | None = None


class OtherWords(Refusal):
    """The text has changed since it was on the screen; `version` is the one in force."""

    code = "consent_text_changed"
    status = 409
