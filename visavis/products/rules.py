"""Decisions of the product register without I/O: rights, fit details, the version in force."""

from collections.abc import Iterable
from datetime import date

from visavis.kernel.auth import Actor, Role
from visavis.kernel.languages import LANGUAGES
from visavis.products.types import (
    ProductDetails,
    ProductVersion,
    SameHand,
    UnfitProduct,
    VersionDecided,
    VersionState,
)

MAKERS = (Role.EDITOR, Role.ADMINISTRATOR)
CHECKERS = (Role.SUPERVISOR, Role.EDITOR)
MOST_MONTHS = 600
MOST_YUAN = 10_000_000_000


def may_make(actor: Actor) -> bool:
    """Whether the actor may propose products: editors and administration."""
    return actor.has(*MAKERS)


def may_check(actor: Actor) -> bool:
    """Whether the actor may approve or return: supervisors and editors, never his own."""
    return actor.has(*CHECKERS)


def may_see_all(actor: Actor) -> bool:
    """Whether the actor sees versions that are not in force: who makes, checks or examines."""
    return actor.has(*MAKERS, *CHECKERS, Role.EXAMINER)


def check_decision(actor: Actor, version: ProductVersion) -> None:
    """Raise unless this actor may decide on this version now (maker-checker)."""
    if version.state is not VersionState.PROPOSED:
        raise VersionDecided
    if version.author_id == actor.person_id:
        raise SameHand


def check_code(code: str) -> None:
    """Raise `UnfitProduct` unless the code is 2 to 32 letters, digits, dots or hyphens."""
    if not (
        2 <= len(code) <= 32 and all(c.isascii() and (c.isalnum() or c in ".-_") for c in code)
    ):
        raise UnfitProduct(field="code", reason="code")


def check_details(one: ProductDetails) -> None:
    """Raise `UnfitProduct` where a version could mislead: no Chinese name, no risk point, impossible figures."""
    texts = [*one.names.values(), *one.summaries.values()]
    texts += [point for points in one.risk_points.values() for point in points]
    problems = (
        ("names", "missing", not one.names.get("zh-CN", "").strip()),
        ("languages", "languages", not {*one.names, *one.summaries, *one.risk_points} <= {*LANGUAGES}),
        ("names", "characters 80", any(not 1 <= len(name.strip()) <= 80 for name in one.names.values())),
        ("summaries", "characters 2000", any(len(text) > 2000 for text in one.summaries.values())),
        ("risk_points", "missing", not any(one.risk_points.get("zh-CN", ()))),
        ("risk_points", "characters 500", any(len(p) > 500 for ps in one.risk_points.values() for p in ps)),
        ("text", "U+0000", any("\x00" in text for text in texts)),
        ("term_months", f"at_most {MOST_MONTHS}", not 0 <= one.term_months <= MOST_MONTHS),
        ("min_amount", f"at_most {MOST_YUAN}", not 0 <= one.min_amount <= MOST_YUAN),
        ("goals", "none", not one.goals),
        ("effective_to", "before_first", one.effective_to is not None and one.effective_to < one.effective_from),
    )  # fmt: skip
    for field, reason, wrong in problems:
        if wrong:
            raise UnfitProduct(field=field, reason=reason)


def in_force(versions: Iterable[ProductVersion], on: date) -> ProductVersion | None:
    """The approved version with the latest first day not after `on`, unless its last day has passed."""
    begun = [
        one
        for one in versions
        if one.state is VersionState.APPROVED and one.details.effective_from <= on
    ]
    newest = max(begun, key=lambda one: (one.details.effective_from, one.version), default=None)
    if newest is None or (newest.details.effective_to and newest.details.effective_to < on):
        return None
    return newest


def may_read(actor: Actor) -> bool:
    """Whether the actor may read what is in force: the firm's own staff, and no partner's (PART-01)."""
    return actor.is_staff and not actor.has(Role.PARTNER_STAFF)


def shown(actor: Actor, versions: Iterable[ProductVersion], on: date) -> list[ProductVersion]:
    """The versions that the actor may read: all of them, or for other staff the one in force."""
    known = list(versions)
    if may_see_all(actor):
        return known
    now = in_force(known, on)
    return [now] if now is not None and may_read(actor) else []
