"""Products on the client's own initiative: his look, his shelf, his orders."""

from uuid import UUID

from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound, Refusal
from visavis.products import api as products
from visavis.products.types import ProductVersion
from visavis.suitability.api import configuring, deciding
from visavis.suitability.api import standing as standings
from visavis.suitability.api.deciding import Judged
from visavis.suitability.rules import matching as rules
from visavis.suitability.rules import procedure, replaying
from visavis.suitability.store import requests
from visavis.suitability.types import (
    Category,
    ClientRequest,
    Documents,
    Path,
    Standing,
    View,
)


async def look(tx: Tx, actor: Actor, code: str, path: Path = Path.LOOK) -> View:
    """A product as the client himself may see it now, by its id or the firm's code; raises `NotFound`.

    The level is checked when somebody opens a product, not when its card or link was sent (SUIT-13). What is above it
    comes locked, with the reason and the next lawful steps; a permission that stands opens it.
    """
    await standings.alone(tx, actor)
    version = await found(tx, code)
    documents = await configuring.in_force(tx)
    standing = await standings.standing(tx, actor.person_id)
    request = await requests.live(tx, actor.person_id, version.product_id)
    special = is_special(standing, version, documents)
    around = replaying.Around(_permitted(request, version, 0), special)
    reason = replaying.decide(standing, version, documents.matrix, path, around)
    reference = request.id if request else None
    judged = Judged(standing, version, path, actor, reason, None, reference, around)
    await deciding.keep(tx, [judged], documents)
    return View(
        version, reason, rules.params(standing, version), rules.next_steps(reason, standing), request, special
    )  # fmt: skip


async def shelf(tx: Tx, actor: Actor) -> tuple[Standing, list[ProductVersion]]:
    """What the client may find with a guide: products in force within his level; without a level nothing (SUIT-06)."""
    await standings.alone(tx, actor)
    standing = await standings.standing(tx, actor.person_id)
    documents = await configuring.in_force(tx)
    every = await products.all_in_force(tx)
    fitting = [
        one for one in every if rules.refuse(standing, one, documents.matrix, Path.PUSH) is None
    ]
    return standing, fitting


async def order(tx: Tx, actor: Actor, code: str, amount: int) -> Refusal | None:
    """May the client order this amount (yuan) now? The signal before an order; None or the refusal, kept either way.

    Within the level it may; above it, and at the special levels, a permission must stand for this version and amount.
    """
    await standings.alone(tx, actor)
    version = await found(tx, code)
    documents = await configuring.in_force(tx)
    standing = await standings.standing(tx, actor.person_id)
    request = await requests.live(tx, actor.person_id, version.product_id)
    special = is_special(standing, version, documents)
    around = replaying.Around(_permitted(request, version, amount), special, amount)
    reason = replaying.decide(standing, version, documents.matrix, Path.ORDER, around)
    reference = request.id if request else None
    judged = Judged(standing, version, Path.ORDER, actor, reason, None, reference, around)
    await deciding.keep(tx, [judged], documents)
    return rules.REFUSALS[reason](**rules.params(standing, version)) if reason else None


def _permitted(request: ClientRequest | None, version: ProductVersion, amount: int) -> bool:
    """Whether a permission stands for this version and amount now."""
    return request is not None and procedure.covers(request, version.version, amount, clock.now())


async def found(tx: Tx, code: str) -> ProductVersion:
    """The version in force of a product, by its id or the firm's code; raises `NotFound`."""
    try:
        product_id: UUID | None = UUID(code)
    except ValueError:
        product_id = (await products.by_codes(tx, [code])).get(code)
    versions = await products.in_force(tx, [product_id]) if product_id else {}
    if product_id is None or product_id not in versions:
        raise NotFound
    return versions[product_id]


def is_special(standing: Standing, version: ProductVersion, documents: Documents) -> bool:
    """Whether the product's level asks an ordinary client for the special procedure (order 130 art 20)."""
    ordinary = standing.category is Category.ORDINARY
    return ordinary and int(version.details.risk) in documents.terms.special
