"""Allowed or not, and why: the one comparison of a client with a product version.

Sources: CSRC order 130 (2017) arts 18, 19, 22; Securities Law (2019) art 88. Rules SUIT-01, 02, 05, 06, 09, 11..13, 19.
"""

from collections.abc import Iterable, Mapping

from visavis.kernel.errors import Refusal
from visavis.products.types import ProductRiskLevel, ProductVersion
from visavis.suitability.types import (
    AboveLevel,
    AccessCondition,
    Assessed,
    AssessmentExpired,
    Category,
    DataRefused,
    GoalMismatch,
    LowestClass,
    Matrix,
    NotAssessed,
    NotInForce,
    NotYetPermitted,
    Path,
    Reason,
    Standing,
)

REFUSALS: Mapping[Reason, type[Refusal]] = {
    Reason.NOT_IN_FORCE: NotInForce,
    Reason.NOT_ASSESSED: NotAssessed,
    Reason.EXPIRED: AssessmentExpired,
    Reason.DATA_REFUSED: DataRefused,
    Reason.ACCESS: AccessCondition,
    Reason.LOWEST: LowestClass,
    Reason.ABOVE: AboveLevel,
    Reason.GOAL: GoalMismatch,
    Reason.NOT_PERMITTED: NotYetPermitted,
}
UNASSESSED: Mapping[Assessed, Reason] = {
    Assessed.NEVER: Reason.NOT_ASSESSED,
    Assessed.WITHDRAWN: Reason.NOT_ASSESSED,
    Assessed.EXPIRED: Reason.EXPIRED,
    Assessed.REFUSED_DATA: Reason.DATA_REFUSED,
}


def class_of(standing: Standing) -> str | None:
    """The client's row in the matrix: P, C1L, C1..C5; None where he has no assessment that counts.

    Whoever is of the lowest class is not lifted out of it by means and experience (SUIT-05).
    """
    if standing.category is Category.PROFESSIONAL and not standing.lowest:
        return "P"
    if standing.assessed is not Assessed.VALID or standing.level is None:
        return None
    return "C1L" if standing.lowest else standing.level.name


def allowed(client_class: str, risk: ProductRiskLevel, matrix: Matrix) -> bool:
    """Whether this class may have this risk level (SUIT-01)."""
    return int(risk) in matrix.allowed.get(client_class, ())


def refuse(
    standing: Standing, product: ProductVersion | None, matrix: Matrix, path: Path
) -> Reason | None:
    """Why this product must not reach this client on this path, or None.

    On the firm's own initiative the product must also fit goal, term and kind (art 22(4)); what the client himself
    asks for is his own choice within his level.
    """
    if product is None:
        return Reason.NOT_IN_FORCE
    known = class_of(standing) is not None
    if known and product.details.professional_only and standing.category is Category.ORDINARY:
        return Reason.ACCESS
    reason = barred(standing, product.details.risk, matrix)
    if (
        reason is None
        and path is Path.PUSH
        and class_of(standing) != "P"
        and unfit(standing, product)
    ):
        return Reason.GOAL
    return reason


def barred(standing: Standing, risk: ProductRiskLevel, matrix: Matrix) -> Reason | None:
    """Why this client may have nothing of this risk level, or None (SUIT-01, SUIT-06)."""
    client_class = class_of(standing)
    if client_class is None:
        return UNASSESSED[standing.assessed]
    if not allowed(client_class, risk, matrix):
        return Reason.LOWEST if standing.lowest else Reason.ABOVE
    return None


def unfit(standing: Standing, product: ProductVersion) -> str | None:
    """What of the client's wishes the product misses: term, kind or goal."""
    details = product.details
    if standing.months is not None and details.term_months > standing.months:
        return "term"
    if standing.kinds and details.kind not in standing.kinds:
        return "kind"
    if standing.goals and not details.goals & standing.goals:
        return "goal"
    return None


def params(standing: Standing, product: ProductVersion | None) -> dict[str, str]:
    """What a sentence about a refusal may name: level, risk, and what does not fit."""
    what = (unfit(standing, product) or "") if product else ""
    return stands_at(standing, product.details.risk.name if product else "") | {"what": what}


def stands_at(standing: Standing, risk: str) -> dict[str, str]:
    """What a sentence names where a client meets a risk level."""
    return {"level": class_name(standing), "risk": risk, "what": ""}


def class_name(standing: Standing) -> str:
    """The client's class as people read it."""
    if standing.category is Category.PROFESSIONAL and not standing.lowest:
        return "P"
    if standing.level is None:
        return "-"
    return "C1 (lowest)" if standing.lowest else standing.level.name


def audience(
    standings: Iterable[Standing], product: ProductVersion, matrix: Matrix
) -> dict[Standing, Reason | None]:
    """Each member's own answer; a card goes to a group only where everybody's is None (SUIT-11, SUIT-12)."""
    return {one: refuse(one, product, matrix, Path.PUSH) for one in standings}


def next_steps(reason: Reason | None, standing: Standing) -> tuple[str, ...]:
    """What the client may lawfully do next: take the assessment, ask his advisor, insist by an own request."""
    if reason is None:
        return ("ask_advisor",)
    if reason in (Reason.NOT_ASSESSED, Reason.EXPIRED, Reason.DATA_REFUSED):
        return ("assess", "ask_advisor")
    if reason is Reason.ABOVE:
        return ("ask_advisor", "reassess", "request")
    return ("ask_advisor", "reassess") if not standing.lowest else ("ask_advisor",)
