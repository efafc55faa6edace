"""A decision with all that it rests on, and the same decision made again from what was kept (SUIT-07, SUIT-17)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from visavis.products.types import Goal, ProductKind, ProductVersion
from visavis.suitability.rules.matching import refuse
from visavis.suitability.types import (
    Assessed,
    Category,
    Matrix,
    Path,
    Reason,
    RiskToleranceLevel,
    Standing,
)


@dataclass(frozen=True)
class Around:
    """What a decision rests on beside client, product and matrix: a permission, a special level, an amount in yuan."""

    permitted: bool = False
    special: bool = False
    amount: int = 0


PLAIN = Around()
LOOKS = frozenset({Path.LOOK, Path.OPEN_CARD})


def decide(
    standing: Standing,
    product: ProductVersion | None,
    matrix: Matrix,
    path: Path,
    around: Around = PLAIN,
) -> Reason | None:
    """`refuse`, and what a permission opens: a look above the level, and an order, which needs one at special levels.

    An order below the product's least amount is refused in any case (order 130 arts 19, 20).
    """
    reason = refuse(standing, product, matrix, path)
    if path in LOOKS and reason is Reason.ABOVE and around.permitted:
        return None
    if path is Path.ORDER:
        if reason is Reason.ABOVE or (reason is None and around.special):
            reason = None if around.permitted else Reason.NOT_PERMITTED
        if reason is None and product and around.amount < product.details.min_amount:
            reason = Reason.ACCESS
    return reason


def inputs(
    standing: Standing, product: ProductVersion | None, around: Around = PLAIN
) -> dict[str, Any]:
    """Everything that `decide` looked at, for the record; `replayed` reads it back."""
    found: dict[str, Any] = {
        "assessed": standing.assessed.value,
        "level": int(standing.level) if standing.level else 0,
        "lowest": standing.lowest,
        "category": standing.category.value,
        "goals": sorted(standing.goals),
        "kinds": sorted(standing.kinds),
        "months": -1 if standing.months is None else standing.months,
        "assessment": str(standing.assessment_id or ""),
        "permitted": around.permitted,
        "special": around.special,
        "amount": str(around.amount),
    }
    if product is not None:
        found["risk"] = int(product.details.risk)
    return found


def replayed(
    client: Standing,
    kept: Mapping[str, Any],
    product: ProductVersion | None,
    matrix: Matrix,
    path: Path,
) -> Reason | None:
    """The decision made again from what was kept, under its own versions (SUIT-07)."""
    standing = Standing(
        client.client_id,
        Assessed(kept["assessed"]),
        RiskToleranceLevel(kept["level"]) if kept["level"] else None,
        kept["lowest"],
        Category(kept["category"]),
        frozenset(map(Goal, kept["goals"])),
        frozenset(map(ProductKind, kept["kinds"])),
        None if kept["months"] < 0 else kept["months"],
    )
    around = Around(
        kept.get("permitted", False), kept.get("special", False), int(kept.get("amount", 0))
    )
    return decide(standing, product, matrix, path, around)


def complete(kept: Mapping[str, Any], path: Path) -> bool:
    """Whether all that a decision on this path rests on was kept."""
    return "permitted" in kept or path not in (*LOOKS, Path.ORDER)
