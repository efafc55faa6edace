"""Words for coming in: sessions, steps of signing in, issuers of clients' tokens, the own person."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from visavis.identity.types.people import Branch, Capability, PersonKind
from visavis.kernel.auth import Actor, Environment, Role


@dataclass(frozen=True)
class Session:
    """A signed-in session as its owner may see it; `context` holds what the broker's site has signed."""

    id: UUID
    actor: Actor
    expires_at: datetime
    context: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SignInAttempt:
    """A sign-in that was let in to be checked; `account_id` is None where the login is nobody's."""

    login: str
    address: str
    account_id: UUID | None
    password_hash: str


@dataclass(frozen=True)
class Step:
    """What comes next in signing in: `totp`, or `enrol` with what an authenticator application needs.

    `demo_code` is the present code, told in demo installations alone, where everything is fictional.
    """

    step: str
    challenge: str
    otpauth: str | None = None
    secret: str | None = None
    qr: str | None = None
    demo_code: str | None = None


@dataclass(frozen=True)
class SignedIn:
    """Somebody is signed in; new recovery codes are shown this once."""

    token: str
    actor: Actor
    expires_at: datetime
    recovery_codes: tuple[str, ...] = ()
    recovery_left: int | None = None


@dataclass(frozen=True)
class Issuer:
    """Who may vouch for a client: one key and one algorithm per key id; `key` is public, or sealed when symmetric."""

    issuer: str
    key_id: str
    algorithm: str
    environment: Environment
    active: bool = True
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Vouched:
    """What a checked identity token says: a client's stable number, and what was signed about the page."""

    issuer: str
    token_id: str
    ref: str
    name: str
    language: str
    environment: Environment
    expires_at: datetime
    context: Mapping[str, Any]
    name_en: str = ""


@dataclass(frozen=True)
class Firm:
    """The firm by its two names."""

    name: str
    name_en: str


@dataclass(frozen=True)
class Me:
    """The signed-in person as he sees himself."""

    id: UUID
    name: str
    name_en: str
    kind: PersonKind
    roles: tuple[Role, ...]
    environment: Environment
    language: str
    firm: Firm
    demo: bool
    branch: Branch | None = None
    code: str | None = None
    photo: str | None = None
    capacity: int | None = None
    topics: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    capabilities: tuple[Capability, ...] = ()
