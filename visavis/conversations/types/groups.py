"""Groups of clients, and what was told to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from visavis.conversations.types.entries import Body
from visavis.kernel.auth import Environment
from visavis.kernel.errors import Refusal


@dataclass(frozen=True)
class Group:
    """Clients of one member of staff who are told the same; `admits` is the product risk that each must be fit for."""

    id: UUID
    environment: Environment
    owner_id: UUID
    name: str
    admits: int | None
    follows_id: UUID | None
    created_at: datetime
    members: int = 0


@dataclass(frozen=True)
class Post:
    """What was told to a group; `products` are those that it shows or leads to."""

    id: UUID
    group_id: UUID
    author_id: UUID
    body: Body
    products: tuple[UUID, ...]
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A post as one client may see it: `locked` says why he sees nothing of it."""

    post: Post
    locked: Refusal | None


class NeedsApproval(Refusal):
    """The same words have reached `limit` clients within `days` days; more need somebody's approval (COMM-03)."""

    code = "same_words_need_approval"
    status = 409
