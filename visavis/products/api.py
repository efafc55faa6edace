"""The door of the product register: what is in force, and how a version comes into force by two hands."""

from collections.abc import Collection
from uuid import UUID

from visavis.archive import api as archive
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.kernel.ids import new_id
from visavis.products import bulk, rules, store
from visavis.products.types import (
    CodeTaken,
    ListResult,
    ProductChanged,
    ProductDetails,
    ProductVersion,
    UnfitProduct,
    VersionState,
)

ORIGINS = store.ORIGINS


async def in_force(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, ProductVersion]:
    """The versions of these products that are in force today; products without one are left out."""
    today = identity.today()
    found = await store.versions(tx, product_ids) if product_ids else {}
    now = {key: rules.in_force(versions, today) for key, versions in found.items()}
    return {key: one for key, one in now.items() if one is not None}


async def all_in_force(tx: Tx) -> list[ProductVersion]:
    """Every version that is in force today, in the order of the codes."""
    ids = await store.in_force_ids(tx, identity.today())
    found = await in_force(tx, ids)
    return [found[one] for one in ids if one in found]


async def by_codes(tx: Tx, codes: Collection[str]) -> dict[str, UUID]:
    """The products with these codes of the firm; other words are nobody's."""
    return await store.known_codes(tx, codes) if codes else {}


async def versions(tx: Tx, product_id: UUID) -> list[ProductVersion]:
    """All versions of a product, for the proof of decisions; the caller answers for who may know of them."""
    return (await store.versions(tx, [product_id])).get(product_id, [])


async def version(tx: Tx, product_id: UUID, number: int) -> ProductVersion | None:
    """One version, whatever has become of it: decisions of the past name it."""
    known = (await store.versions(tx, [product_id])).get(product_id, ())
    return next((one for one in known if one.version == number), None)


async def listed(
    tx: Tx, actor: Actor, query: str, after: str, limit: int
) -> list[list[ProductVersion]]:
    """Products with the versions that the actor may read, in the order of their codes; staff alone.

    Raises `Forbidden`.
    """
    if not rules.may_read(actor):
        raise Forbidden
    ids = await store.listed(tx, query, after, limit)
    found, today = await store.versions(tx, ids), identity.today()
    shown = [rules.shown(actor, found.get(one, ()), today) for one in ids]
    return [one for one in shown if one]


async def product(tx: Tx, actor: Actor, product_id: UUID) -> list[ProductVersion]:
    """The versions of a product that the actor may read, oldest first; raises `NotFound`."""
    found = (await store.versions(tx, [product_id])).get(product_id, [])
    shown = rules.shown(actor, found, identity.today())
    if not shown:
        raise NotFound
    return shown


async def propose(tx: Tx, actor: Actor, code: str, details: ProductDetails) -> ProductVersion:
    """A new product with its first version, for another person to decide on.

    Raises `CodeTaken`, `UnfitProduct`, `Forbidden`.
    """
    if not rules.may_make(actor):
        raise Forbidden
    rules.check_code(code)
    rules.check_details(details)
    if await store.ids_by_code(tx, [code]):
        raise CodeTaken
    made = new_id()
    await store.insert_products(tx, [(made, code, clock.now())])
    return (await bulk.insert(tx, actor, [(made, code, 1, details)]))[0]


async def revise(tx: Tx, actor: Actor, product_id: UUID, details: ProductDetails) -> ProductVersion:
    """Another version of a product, for another person to decide on.

    Raises `UnfitProduct`, `NotFound`, `Forbidden`.
    """
    if not rules.may_make(actor):
        raise Forbidden
    rules.check_details(details)
    known = await _locked(tx, product_id)
    if known[-1].state is VersionState.PROPOSED:
        raise UnfitProduct(field="version", reason="pending")
    new = (product_id, known[-1].code, known[-1].version + 1, details)
    return (await bulk.insert(tx, actor, [new]))[0]


async def decide(
    tx: Tx, actor: Actor, product_id: UUID, number: int, approved: bool, note: str = ""
) -> ProductVersion:
    """Approve a version or return it; never its author.

    Raises `SameHand`, `VersionDecided`, `UnfitProduct`, `Forbidden`, `NotFound`.
    """
    if not rules.may_check(actor):
        raise Forbidden
    if not approved and not note.strip():
        raise UnfitProduct(field="note", reason="return")
    one = next((v for v in await _locked(tx, product_id) if v.version == number), None)
    if one is None:
        raise NotFound
    rules.check_decision(actor, one)
    state = VersionState.APPROVED if approved else VersionState.RETURNED
    body = {"code": one.code, "by": str(actor.person_id), "note": note}
    record = await archive.append_one(tx, bulk.fact(actor, one, state.value, body))
    await store.decide(tx, one, state, actor.person_id, note, clock.now(), record)
    await announce(tx)
    return (await store.versions(tx, [product_id]))[product_id][number - 1]


async def announce(tx: Tx) -> int:
    """Tell of versions that began or ended by today and were not told of; how many products."""
    changed = await store.turned(tx, identity.today())
    await outbox.publish(tx, *map(ProductChanged, changed))
    return len(changed)


async def import_list(tx: Tx, actor: Actor, data: bytes, *, dry_run: bool) -> ListResult:
    """Bring the firm's product list: every changed row becomes a proposed version, all or none.

    Raises `UnreadableList` where the file as a whole cannot be used; a repeated import changes nothing.

    Raises `Forbidden`.
    """
    if not rules.may_make(actor):
        raise Forbidden
    return await bulk.bring(tx, actor, data, dry_run=dry_run)


async def _locked(tx: Tx, product_id: UUID) -> list[ProductVersion]:
    if not await store.lock(tx, product_id):
        raise NotFound
    return (await store.versions(tx, [product_id]))[product_id]
