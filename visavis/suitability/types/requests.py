"""The client's own request for a product, and a product as he may see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from visavis.kernel.auth import Environment
from visavis.products.types import ProductVersion
from visavis.suitability.types.words import Reason


class Step(StrEnum):
    """A step of the client's own request (SUIT-03)."""

    CLIENT_REQUESTED = "client_requested"
    TOLD_UNSUITABLE = "told_unsuitable"
    NOT_LOWEST_CHECKED = "not_lowest_checked"
    SPECIAL_WARNING_SHOWN = "special_warning_shown"
    CLIENT_CONFIRMED = "client_confirmed"
    CALLED_BACK = "called_back"
    PERMITTED = "permitted"


class RequestState(StrEnum):
    """Whether a request goes on, is permitted, or has ended."""

    OPEN = "open"
    PERMITTED = "permitted"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


@dataclass(frozen=True)
class ClientRequest:
    """A client's own request for one version of one product, up to one amount band (yuan, None: beyond the last).

    `steps` are those done, with their moments; `mismatch` and `special` say which procedure applies.
    """

    id: UUID
    client_id: UUID
    environment: Environment
    product_id: UUID
    product_version: int
    amount_upto: int | None
    mismatch: bool
    special: bool
    state: RequestState
    steps: tuple[tuple[Step, datetime], ...]
    versions: Mapping[str, int]
    warning_hash: str
    confirmed_at: datetime | None
    permitted_at: datetime | None
    expires_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class View:
    """A product as its client may see it: whole, or locked with the reason and the next lawful steps."""

    version: ProductVersion
    reason: Reason | None
    params: Mapping[str, str] = field(default_factory=dict)
    next_steps: tuple[str, ...] = ()
    request: ClientRequest | None = None
    special: bool = False
