"""`client_group`, `client_group_member` and `client_group_post`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from visavis.conversations.types import Group, Post
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

SELECT = """
SELECT g.*, (SELECT count(*) FROM client_group_member AS m WHERE m.group_id = g.id AND m.state = 'joined') AS members
FROM client_group AS g
"""
PUT = """
INSERT INTO client_group_member (id, group_id, client_id, state, at, record_id)
SELECT m, $2, c, $4, $5, r FROM unnest($1::uuid[], $3::uuid[], $6::uuid[]) AS fresh (m, c, r)
ON CONFLICT (group_id, client_id) DO UPDATE SET state = excluded.state, at = excluded.at,
    record_id = excluded.record_id
"""


async def insert(tx: Tx, one: Group, record_id: UUID) -> bool:
    """Keep a new group; False where the one it follows has such a follower already."""
    done = await tx.fetchval(
        "INSERT INTO client_group (id, environment, owner_id, name, admits, follows_id, created_at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (follows_id, owner_id) DO NOTHING RETURNING id",
        one.id, one.environment.value, one.owner_id, one.name, one.admits, one.follows_id, one.created_at, record_id,
    )  # fmt: skip
    return done is not None


async def find(tx: Tx, group_id: UUID) -> Group | None:
    """One group under its lock."""
    row = await tx.fetchrow(f"{SELECT} WHERE g.id = $1 FOR NO KEY UPDATE OF g", group_id)
    return _group(row) if row else None


async def follower(tx: Tx, group_id: UUID, owner_id: UUID) -> Group | None:
    """The group in which this owner goes on with those who came to him from that group."""
    row = await tx.fetchrow(
        f"{SELECT} WHERE g.follows_id = $1 AND g.owner_id = $2", group_id, owner_id
    )
    return _group(row) if row else None


async def owned(tx: Tx, owner_id: UUID) -> list[Group]:
    """The groups of a member of staff, the newest first."""
    rows = await tx.fetch(f"{SELECT} WHERE g.owner_id = $1 ORDER BY g.id DESC", owner_id)
    return [_group(row) for row in rows]


async def of_client(tx: Tx, client_id: UUID) -> list[Group]:
    """The groups that a client is in, the newest first."""
    rows = await tx.fetch(
        f"{SELECT} WHERE g.id IN (SELECT m.group_id FROM client_group_member AS m WHERE m.client_id = $1"
        " AND m.state = 'joined') ORDER BY g.id DESC",
        client_id,
    )
    return [_group(row) for row in rows]


async def members(tx: Tx, group_id: UUID) -> dict[UUID, UUID]:
    """Who is in a group: membership by client."""
    rows = await tx.fetch(
        "SELECT client_id, id FROM client_group_member WHERE group_id = $1 AND state = 'joined' ORDER BY client_id",
        group_id,
    )
    return {row["client_id"]: row["id"] for row in rows}


async def memberships(tx: Tx, group_id: UUID, clients: Collection[UUID]) -> dict[UUID, UUID]:
    """The memberships of these clients that there are or were, by client."""
    rows = await tx.fetch(
        "SELECT client_id, id FROM client_group_member WHERE group_id = $1 AND client_id = ANY($2::uuid[])",
        group_id, list(clients),
    )  # fmt: skip
    return {row["client_id"]: row["id"] for row in rows}


async def put(
    tx: Tx, group_id: UUID, memberships: Sequence[tuple[UUID, UUID, UUID]], state: str, at: datetime
) -> None:
    """Keep memberships, each (id, client, record), as joined or left."""
    ids, clients, records = zip(*memberships, strict=True)
    await tx.execute(PUT, list(ids), group_id, list(clients), state, at, list(records))


async def post(tx: Tx, one: Post) -> None:
    """Keep what was told to a group; only once."""
    await tx.execute(
        "INSERT INTO client_group_post (id, group_id, author_id, body, products, at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING",
        one.id, one.group_id, one.author_id, one.body, list(one.products), one.at,
    )  # fmt: skip


async def posts(tx: Tx, group_id: UUID, limit: int) -> list[Post]:
    """What was told to a group and to the ones it follows, the newest first."""
    rows = await tx.fetch(
        "WITH RECURSIVE line AS (SELECT id, follows_id FROM client_group WHERE id = $1"
        " UNION SELECT g.id, g.follows_id FROM client_group AS g JOIN line ON g.id = line.follows_id)"
        " SELECT p.* FROM client_group_post AS p JOIN line ON line.id = p.group_id"
        " ORDER BY p.at DESC, p.id DESC LIMIT $2",
        group_id, limit,
    )  # fmt: skip
    return [
        Post(
            row["id"],
            row["group_id"],
            row["author_id"],
            row["body"],
            tuple(row["products"]),
            row["at"],
        )
        for row in rows
    ]


def _group(row: Row) -> Group:
    return Group(
        row["id"], Environment(row["environment"]), row["owner_id"], row["name"], row["admits"], row["follows_id"],
        row["created_at"], row["members"],
    )  # fmt: skip
