"""Tables `referral_code`, `attribution` (only added to) and `settlement_rule`."""

from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from visavis.archive.types import Erasure, Holding, Origin
from visavis.incentives.types import (
    Kind,
    Referral,
    ReferralCode,
    Settlement,
    SettlementRule,
    Touch,
)
from visavis.kernel.auth import Environment
from visavis.kernel.db import Row, Tx

CODES = """
SELECT record_id, id::text AS thread, id::text AS key,
    jsonb_build_object('@object', id, 'partner', partner_id, 'code', code) AS says
FROM referral_code
"""
TOUCHES = """
SELECT record_id, record_id::text AS thread, id::text AS key,
    jsonb_build_object('@object', client_id, 'touch', id, 'kind', kind, 'source', source_id) AS says
FROM attribution
"""
ORIGINS = (
    Origin("referral_code", frozenset({"referral_code"}), "{@object}", CODES),
    Origin("attribution", frozenset({"attribution"}), "{@record}", TOUCHES),
)
ERASURES = (Erasure("attribution", "DELETE FROM attribution WHERE client_id = $1"),)
HOLDINGS = (
    Holding(
        "origins", "observed", "SELECT kind, at FROM attribution WHERE client_id = $1 ORDER BY at"
    ),
)
REFERRALS = """
SELECT c.code, a.at, EXISTS (SELECT FROM attribution AS x WHERE x.client_id = a.client_id AND x.kind = 'connected')
    AS connected
FROM attribution AS a JOIN referral_code AS c ON c.id = a.source_id
WHERE a.kind = 'referred' AND c.partner_id = $1 ORDER BY a.at DESC, a.id DESC LIMIT 500
"""


UNTOUCHED = """
SELECT one.no, person.environment FROM unnest($1::text[], $2::uuid[], $3::uuid[]) WITH ORDINALITY
    AS one (kind, client_id, source_id, no) JOIN person ON person.id = one.client_id
WHERE NOT EXISTS (SELECT FROM attribution AS a
    WHERE a.kind = one.kind AND a.client_id = one.client_id AND a.source_id = one.source_id)
ORDER BY one.no
"""
Told = tuple[Kind, UUID, UUID, UUID]


async def insert_code(tx: Tx, one: ReferralCode, record_id: UUID) -> None:
    """Keep a code."""
    await tx.execute(
        "INSERT INTO referral_code (id, environment, partner_id, code, label, created_at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7)",
        one.id, one.environment.value, one.partner_id, one.code, one.label, one.created_at, record_id,
    )  # fmt: skip


async def codes(tx: Tx, partner_id: UUID) -> list[ReferralCode]:
    """A partner's codes, the newest first."""
    rows = await tx.fetch(
        "SELECT * FROM referral_code WHERE partner_id = $1 ORDER BY id DESC", partner_id
    )
    return [_code(row) for row in rows]


async def code(tx: Tx, word: str, environment: Environment) -> ReferralCode | None:
    """The code that is written like this."""
    row = await tx.fetchrow(
        "SELECT * FROM referral_code WHERE code = upper($1) AND environment = $2",
        word,
        environment.value,
    )
    return _code(row) if row else None


async def referrals(tx: Tx, partner_id: UUID) -> list[Referral]:
    """Who has come by a partner's codes, without a name."""
    rows = await tx.fetch(REFERRALS, partner_id)
    return [Referral(row["code"], row["at"], row["connected"]) for row in rows]


async def lock_client(tx: Tx, client_id: UUID) -> None:
    """Nobody else writes about this client in the ledger until the end of the transaction."""
    await tx.execute("SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE", client_id)


async def untouched(tx: Tx, touches: Collection[Told]) -> dict[Told, Environment]:
    """Of (kind, client, source, staff) those that the ledger does not have yet, each with its client's environment."""
    known = list(touches)
    rows = await tx.fetch(
        UNTOUCHED, [one[0].value for one in known], [one[1] for one in known], [one[2] for one in known]
    )  # fmt: skip
    return {known[row["no"] - 1]: Environment(row["environment"]) for row in rows}


async def touches(tx: Tx, client_id: UUID) -> list[Touch]:
    """A client's lines, the oldest first."""
    rows = await tx.fetch(
        "SELECT * FROM attribution WHERE client_id = $1 ORDER BY at, id", client_id
    )
    return [
        Touch(
            row["id"], Environment(row["environment"]), row["client_id"], Kind(row["kind"]), row["source_id"],
            row["staff_id"], row["at"],
        )
        for row in rows
    ]  # fmt: skip


async def add(tx: Tx, touches: Sequence[Touch], records: Sequence[UUID]) -> None:
    """Add lines to the ledger, each with its record."""
    await tx.executemany(
        "INSERT INTO attribution (id, environment, client_id, kind, source_id, staff_id, at, record_id)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        [
            (one.id, one.environment.value, one.client_id, one.kind.value, one.source_id, one.staff_id, one.at, record)
            for one, record in zip(touches, records, strict=True)
        ],
    )  # fmt: skip


async def rules(tx: Tx) -> list[SettlementRule]:
    """All versions of the settlement rule, the newest first; nobody adds one until the end of the transaction."""
    rows = await tx.fetch("SELECT * FROM settlement_rule ORDER BY version DESC FOR UPDATE")
    return [
        SettlementRule(
            row["version"], msgspec.convert(row["content"], Settlement), row["state"], row["author_id"],
            row["approver_id"], row["created_at"],
        )
        for row in rows
    ]  # fmt: skip


async def insert_rule(tx: Tx, one: SettlementRule, record_id: UUID) -> None:
    """Keep a proposed version."""
    await tx.execute(
        "INSERT INTO settlement_rule (version, content, author_id, created_at, record_id) VALUES ($1, $2, $3, $4, $5)",
        one.version, msgspec.to_builtins(one.content), one.author_id, one.created_at, record_id,
    )  # fmt: skip


async def decide(tx: Tx, version: int, state: str, approver_id: UUID) -> None:
    """Whether a version counts."""
    await tx.execute(
        "UPDATE settlement_rule SET state = $2, approver_id = $3 WHERE version = $1", version, state, approver_id
    )  # fmt: skip


def _code(row: Row) -> ReferralCode:
    return ReferralCode(
        row["id"], Environment(row["environment"]), row["partner_id"], row["code"], row["label"], row["created_at"],
    )  # fmt: skip
