"""The gate: may these products go to these clients on the firm's initiative, now (SUIT-02, SUIT-09, SUIT-11)."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from visavis.identity import api as identity
from visavis.identity.types import Capability
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Refusal
from visavis.products import api as products
from visavis.products.types import ProductRiskLevel, ProductVersion
from visavis.suitability.api import configuring, deciding
from visavis.suitability.api import standing as standings
from visavis.suitability.api.deciding import Judged
from visavis.suitability.rules import matching as rules
from visavis.suitability.rules import rights
from visavis.suitability.types import (
    CardAsk,
    Cleared,
    NotInForce,
    Path,
    Reason,
    Standing,
)


async def gate(tx: Tx, asks: Sequence[CardAsk]) -> list[Cleared | Refusal]:
    """May each of these product cards go out now? The answers come in the same order; decisions are kept.

    Everything that shows a product to a client on the firm's initiative enters here, whoever sends it: staff, the
    assistant, imports, forwards, scheduled sends, the interface. The number of statements does not depend on the number
    of cards. No role, supervisor included, is excepted (SUIT-02).
    """
    if not asks:
        return []
    documents = await configuring.in_force(tx)
    versions = await products.in_force(tx, {one.product_id for one in asks})
    stands = await standings.standings(tx, {key for one in asks for key in one.client_ids})
    able = await _abilities(tx, [one.actor for one in asks])
    answers: list[Cleared | Refusal] = []
    judged: list[Judged] = []
    for ask in asks:
        version = versions.get(ask.product_id)
        unable = rights.may_send_card(
            ask.actor, able.get(ask.actor.person_id, frozenset()), ask.advice
        )
        if unable is not None or version is None:
            answers.append(unable or NotInForce())
            continue
        found = rules.audience([stands[key] for key in ask.client_ids], version, documents.matrix)
        judged += [
            Judged(one, version, Path.PUSH, ask.actor, reason, ask.conversation_id, ask.reference)
            for one, reason in found.items()
        ]
        answers.append(_answer(found, version))
    await deciding.keep(tx, judged, documents)
    return answers


def _answer(found: Mapping[Standing, Reason | None], version: ProductVersion) -> Cleared | Refusal:
    for one, reason in found.items():
        if reason is not None:
            return rules.REFUSALS[reason](**rules.params(one, version))
    return Cleared(version)


async def still_suits(
    tx: Tx, pairs: Sequence[tuple[UUID, UUID]]
) -> list[tuple[ProductVersion | None, Reason | None]]:
    """For each (client, product) of a sent card: the version in force, and why it must be recalled, or None."""
    documents = await configuring.in_force(tx)
    versions = await products.in_force(tx, {product for _, product in pairs})
    stands = await standings.standings(tx, {client for client, _ in pairs})
    return [
        (
            versions.get(product),
            rules.refuse(stands[client], versions.get(product), documents.matrix, Path.PUSH),
        )
        for client, product in pairs
    ]


async def foreseen(tx: Tx, pairs: Sequence[tuple[UUID, UUID]]) -> list[Refusal | None]:
    """What the gate would refuse of each (client, product) now, in order; a look ahead decides and keeps nothing."""
    documents = await configuring.in_force(tx)
    versions = await products.in_force(tx, {product for _, product in pairs})
    stands = await standings.standings(tx, {client for client, _ in pairs})
    found: list[Refusal | None] = []
    for client, product in pairs:
        version, standing = versions.get(product), stands[client]
        reason = rules.refuse(standing, version, documents.matrix, Path.PUSH)
        found.append(rules.REFUSALS[reason](**rules.params(standing, version)) if reason else None)
    return found


async def admitted(tx: Tx, client_ids: Sequence[UUID], risk: int) -> list[Refusal | None]:
    """Whether each client may enter where products of this risk level are shown, in order (SUIT-12)."""
    documents = await configuring.in_force(tx)
    stands = await standings.standings(tx, set(client_ids))
    level = ProductRiskLevel(risk)
    found = [rules.barred(stands[one], level, documents.matrix) for one in client_ids]
    return [
        None
        if reason is None
        else rules.REFUSALS[reason](**rules.stands_at(stands[one], level.name))
        for one, reason in zip(client_ids, found, strict=True)
    ]


def above(level: str, risk: str) -> Refusal:
    """The refusal of a product of this risk where the lowest who may be present has that level (SUIT-12)."""
    return rules.REFUSALS[Reason.ABOVE](level=level, risk=risk, what="")


def refusal_of(reason: Reason) -> Refusal:
    """The refusal of this reason."""
    return rules.REFUSALS[reason]()


async def _abilities(tx: Tx, actors: Sequence[Actor]) -> dict[UUID, frozenset[Capability]]:
    """What the staff among the actors may do at this moment; a registration that has ended counts no more (LIC-01)."""
    ids = {one.person_id for one in actors if one.is_staff}
    staff = await identity.staff(tx, ids) if ids else {}
    today = identity.today()
    return {key: identity.capabilities(one, today) for key, one in staff.items()}
