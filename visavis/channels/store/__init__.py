"""Tables `push_subscription`, `wake`, `notice`; greetings that wait are in the module beside this."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from visavis.archive.types import Erasure, Holding, Origin
from visavis.channels.store import greetings
from visavis.channels.types import Channel, Notice, NoticeReason, NoticeState, Subscription, Wake
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

SUBSCRIPTION = (
    "SELECT id, person_id, endpoint, p256dh, auth, device, created_at FROM push_subscription"
)
NOTICE_COLUMNS = (
    "id, person_id, channel, reason, object_id, subscription_id, payload, state, attempts, detail, created_at,"
    " expires_at, ended_at"
)
NOTICE = f"SELECT {NOTICE_COLUMNS} FROM notice"

# An endpoint belongs to whoever subscribed last on that browser.
SUBSCRIBE = """
INSERT INTO push_subscription (id, person_id, endpoint, p256dh, auth, device, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (endpoint) DO UPDATE SET person_id = $2, p256dh = $4, auth = $5, device = $6, created_at = $7
RETURNING id
"""

WISH = """
INSERT INTO wake (id, person_id, reason, object_id, no, sender_id, due_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (person_id, reason, object_id) DO UPDATE SET no = greatest(wake.no, $5), sender_id = $6
RETURNING id
"""

TAKE = """
DELETE FROM wake WHERE id = $1
RETURNING id, person_id, reason, object_id, no, sender_id, due_at, expires_at
"""

ADD = """
INSERT INTO notice (id, person_id, environment, channel, reason, object_id, subscription_id, payload, state,
                    created_at, due_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', $9, $9, $10)
"""

# Taken for a while: a courier that dies leaves its notices to the next one.
CLAIM = f"""
UPDATE notice SET attempts = attempts + 1, due_at = $1::timestamptz + make_interval(secs => $3)
WHERE id IN (SELECT id FROM notice WHERE state = 'queued' AND due_at <= $1 ORDER BY due_at, id LIMIT $2
             FOR UPDATE SKIP LOCKED)
RETURNING {NOTICE_COLUMNS}
"""


def subscription_of(row: Row) -> Subscription:
    """The subscription of a row."""
    return Subscription(
        row["id"], row["person_id"], row["endpoint"], row["p256dh"], row["auth"], row["device"],
        row["created_at"],
    )  # fmt: skip


def notice_of(row: Row) -> Notice:
    """The notice of a row."""
    return Notice(
        row["id"], row["person_id"], Channel(row["channel"]), NoticeReason(row["reason"]), row["object_id"],
        NoticeState(row["state"]), row["attempts"], row["detail"], row["created_at"], row["ended_at"],
        row["subscription_id"], row["expires_at"], row["payload"],
    )  # fmt: skip


async def subscribe(tx: Tx, one: Subscription) -> tuple[UUID, UUID | None]:
    """Keep a subscription; its id, and whose the browser was before where that was somebody else."""
    before = await tx.fetchval(
        "SELECT person_id FROM push_subscription WHERE endpoint = $1 FOR UPDATE", one.endpoint
    )
    kept = await tx.fetchval(
        SUBSCRIBE, one.id, one.person_id, one.endpoint, one.p256dh, one.auth, one.device, one.created_at
    )  # fmt: skip
    return kept, before if before != one.person_id else None


async def unsubscribe(tx: Tx, subscription_id: UUID, person_id: UUID | None) -> UUID | None:
    """Forget a subscription, of this person where one is given; whose it was."""
    found: UUID | None = await tx.fetchval(
        "DELETE FROM push_subscription WHERE id = $1 AND ($2::uuid IS NULL OR person_id = $2)"
        " RETURNING person_id",
        subscription_id, person_id,
    )  # fmt: skip
    return found


async def forget_all(tx: Tx, person_id: UUID) -> list[UUID]:
    """Forget every subscription of somebody; which they were."""
    rows = await tx.fetch(
        "DELETE FROM push_subscription WHERE person_id = $1 RETURNING id", person_id
    )
    return [row["id"] for row in rows]


async def subscriptions(tx: Tx, person_id: UUID) -> list[Subscription]:
    """Somebody's subscriptions, the newest first."""
    rows = await tx.fetch(
        f"{SUBSCRIPTION} WHERE person_id = $1 ORDER BY created_at DESC, id", person_id
    )
    return [subscription_of(row) for row in rows]


async def subscriptions_by_id(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Subscription]:
    """These subscriptions, by id."""
    rows = await tx.fetch(f"{SUBSCRIPTION} WHERE id = ANY($1)", list(ids))
    return {row["id"]: subscription_of(row) for row in rows}


async def wish(tx: Tx, one: Wake) -> bool:
    """Keep a wish; False where one about the same thing waits already, which now asks for the higher number."""
    kept = await tx.fetchval(
        WISH, one.id, one.person_id, one.reason.value, one.object_id, one.no, one.sender_id, one.due_at,
        one.expires_at,
    )  # fmt: skip
    return bool(kept == one.id)


async def forget(tx: Tx, person_id: UUID, reason: NoticeReason, object_id: UUID) -> None:
    """Forget a wish, because another one takes its place."""
    await tx.execute(
        "DELETE FROM wake WHERE person_id = $1 AND reason = $2 AND object_id = $3",
        person_id, reason.value, object_id,
    )  # fmt: skip


async def take(tx: Tx, wake_id: UUID) -> Wake | None:
    """A wish, removed because its moment has come."""
    row = await tx.fetchrow(TAKE, wake_id)
    if row is None:
        return None
    return Wake(
        row["id"], row["person_id"], NoticeReason(row["reason"]), row["object_id"], row["no"],
        row["sender_id"], row["due_at"], row["expires_at"],
    )  # fmt: skip


async def last_notice(
    tx: Tx, person_id: UUID, reason: NoticeReason, object_id: UUID
) -> datetime | None:
    """When somebody was last told about this."""
    found: datetime | None = await tx.fetchval(
        "SELECT max(created_at) FROM notice WHERE person_id = $1 AND reason = $2 AND object_id = $3",
        person_id, reason.value, object_id,
    )  # fmt: skip
    return found


async def add(tx: Tx, fresh: Sequence[Notice], environment: Environment) -> None:
    """Queue notices."""
    await tx.executemany(
        ADD,
        [
            (
                one.id, one.person_id, environment.value, one.channel.value, one.reason.value, one.object_id,
                one.subscription_id, one.payload, one.created_at, one.expires_at,
            )
            for one in fresh
        ],
    )  # fmt: skip


async def claim(tx: Tx, now: datetime, limit: int, lease_s: float) -> list[Notice]:
    """Notices that are due, taken for `lease_s` seconds."""
    return [notice_of(row) for row in await tx.fetch(CLAIM, now, limit, lease_s)]


async def again(tx: Tx, notice_id: UUID, due_at: datetime, detail: str) -> None:
    """Try a notice again later."""
    await tx.execute(
        "UPDATE notice SET due_at = $2, detail = $3 WHERE id = $1 AND state = 'queued'",
        notice_id, due_at, detail,
    )  # fmt: skip


async def finish(
    tx: Tx, notice_id: UUID, state: NoticeState, detail: str, at: datetime, record_id: UUID
) -> None:
    """Keep what became of a notice."""
    await tx.execute(
        "UPDATE notice SET state = $2, detail = $3, ended_at = $4, record_id = $5 WHERE id = $1",
        notice_id, state.value, detail, at, record_id,
    )  # fmt: skip


async def skip_all(tx: Tx, person_id: UUID, at: datetime, detail: str) -> list[UUID]:
    """Let nothing more go out to somebody; which notices that stopped."""
    rows = await tx.fetch(
        "UPDATE notice SET state = 'skipped', detail = $3, ended_at = $2"
        " WHERE person_id = $1 AND state = 'queued' RETURNING id",
        person_id, at, detail,
    )  # fmt: skip
    await tx.execute("DELETE FROM wake WHERE person_id = $1", person_id)
    return [row["id"] for row in rows]


async def environment_of(tx: Tx, notice_id: UUID) -> Environment:
    """The environment that a notice belongs to."""
    return Environment(await tx.fetchval("SELECT environment FROM notice WHERE id = $1", notice_id))


async def listed(
    tx: Tx,
    environment: Environment,
    person_id: UUID | None,
    state: NoticeState | None,
    after: UUID | None,
    limit: int,
) -> list[Notice]:
    """A page of the log, the newest first."""
    rows = await tx.fetch(
        f"{NOTICE} WHERE environment = $1 AND ($2::uuid IS NULL OR person_id = $2)"
        " AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR id < $4) ORDER BY id DESC LIMIT $5",
        environment.value, person_id, state.value if state else None, after, limit,
    )  # fmt: skip
    return [notice_of(row) for row in rows]


# A notice is put on record once its fate is known.
NOTICES = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'person', person_id, 'channel', channel, 'reason', reason,
        'object', coalesce(object_id::text, 'None'), 'state', state, 'detail', detail) AS says
FROM notice WHERE record_id IS NOT NULL
"""
SUBSCRIPTIONS = """
SELECT NULL::uuid AS record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'person', person_id, 'device', device,
        'digest', encode(sha256(convert_to(endpoint || ' ' || p256dh || ' ' || auth, 'UTF8')), 'hex')) AS says
FROM push_subscription
"""

ORIGINS = (
    Origin("notice", frozenset({"notice.sent"}), "{@object}", NOTICES),
    Origin(
        "push_subscription", frozenset({"push.subscribed", "push.ended"}), "{@object}", SUBSCRIPTIONS,
        ends=frozenset({"push.ended"}),
    ),
    greetings.ORIGIN,
)  # fmt: skip
ERASURES = (
    Erasure(
        "notice",
        "DELETE FROM notice WHERE person_id = $1"
        " OR object_id IN (SELECT id FROM conversation WHERE client_id = $1)",
    ),
    Erasure(
        "wake",
        "DELETE FROM wake WHERE person_id = $1"
        " OR object_id IN (SELECT id FROM conversation WHERE client_id = $1)",
    ),
    greetings.ERASURE,
    Erasure("push_subscription", "DELETE FROM push_subscription WHERE person_id = $1"),
)
HOLDINGS = (
    Holding("notices", "observed", "SELECT channel, reason, state, created_at, ended_at FROM notice"
            " WHERE person_id = $1 ORDER BY created_at"),
    Holding("devices", "given", "SELECT device, created_at FROM push_subscription WHERE person_id = $1"
            " ORDER BY created_at"),
)  # fmt: skip
