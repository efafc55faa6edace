"""The words of incentives: codes, touches, settlement rules, refusals."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal


class Kind(StrEnum):
    """How somebody came nearer: by a code, by the firm's book, by a first word."""

    REFERRED = "referred"
    ASSIGNED = "assigned"
    CONNECTED = "connected"


@dataclass(frozen=True)
class ReferralCode:
    """What a partner's member of staff hands out; `label` is his own note."""

    id: UUID
    environment: Environment
    partner_id: UUID
    code: str
    label: str
    created_at: datetime


@dataclass(frozen=True)
class Touch:
    """One line of the ledger; `source_id` is the code or the connection it comes from."""

    id: UUID
    environment: Environment
    client_id: UUID
    kind: Kind
    source_id: UUID
    staff_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class Referral:
    """What a partner learns of somebody who came by his code: when, and whether the firm serves him. No name, no id."""

    code: str
    at: datetime
    connected: bool


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one kind of recipient gets: yuan per `basis`, by this type of contract."""

    to: Literal["staff", "partner_staff", "partner_firm", "client", "third_party"]
    basis: Literal["quality", "fixed", "referral", "account", "commission", "gift"]
    yuan: int
    contract: str = ""


class Settlement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A settlement rule: what is paid to whom, and no more than `cap` yuan to one recipient in a month."""

    shares: tuple[Share, ...]
    cap: int


@dataclass(frozen=True)
class SettlementRule:
    """A version of the settlement rule."""

    version: int
    content: Settlement
    state: str
    author_id: UUID
    approver_id: UUID | None
    created_at: datetime


class NoSuchCode(Refusal):
    """Nobody hands out this code."""

    code = "referral_code_unknown"
    status = 404


class AlreadyReferred(Refusal):
    """The client has named another code before; the first one stands."""

    code = "already_referred"
    status = 409


class ForbiddenPay(Refusal):
    """The rule would pay what must not be paid; `reason` says which."""

    code = "settlement_forbidden"
    status = 422


class SettlementDecided(Refusal):
    """This version was approved or refused before."""

    code = "settlement_decided"
    status = 409


class SettlementSameHand(Refusal):
    """Whoever proposed a version does not decide on it."""

    code = "settlement_same_hand"
    status = 403
