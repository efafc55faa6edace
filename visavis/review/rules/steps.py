"""Who may judge an item, and what follows from a verdict (SUP-01).

The first reviewer closes what is harmless or minor. A serious finding needs a second person; where the two differ, and
whatever somebody escalates, the chief settles it: a third person. Nobody judges himself, nor, by default, his own
branch.
"""

from collections.abc import Collection
from uuid import UUID

from visavis.kernel.auth import Actor
from visavis.review.types import Grade, Item, ItemKind, Step, Terms

# Surveillance: what is escalated at once, whoever says it.
GRAVEST = frozenset(
    {"insider_information", "private_transfer", "manipulation_or_rumour", "evade_supervision"}
)
BY_ACTION = {"block": 3, "hold": 3, "nudge": 2}
LEAST, MOST = 1, 4


def severity(kind: ItemKind, action: str, categories: Collection[str]) -> int:
    """1 (a sample) to 4 (insider information, private transfers, manipulation, evading supervision)."""
    if not GRAVEST.isdisjoint(categories):
        return MOST
    if kind is ItemKind.CONTRADICTION:
        return BY_ACTION["nudge"]
    return BY_ACTION.get(action, LEAST)


def barred_branch(actor: Actor, terms: Terms) -> UUID | None:
    """The branch whose items this reviewer never sees, by the house's rule."""
    return actor.branch_id if terms.same_branch == "barred" else None


def barred(
    item: Item, actor: Actor, judged_by: Collection[UUID], terms: Terms, chief: bool
) -> str | None:
    """Why this person may not judge the item now; None where he may."""
    if actor.person_id == item.subject_id:
        return "subject"
    if actor.person_id in judged_by:
        return "judged_before"
    colleague = item.branch_id is not None and item.branch_id == actor.branch_id
    if colleague and terms.same_branch != "free":
        first = item.state is Step.OPEN and item.kind is not ItemKind.HOLD
        if terms.same_branch == "barred" or not first:
            return "branch"
    if item.state is Step.CHIEF and not chief:
        return "chief"
    return None


def next_step(item: Item, grade: Grade, actor: Actor, terms: Terms) -> Step:
    """What follows from this verdict: the second reviewer, the chief, or the end."""
    if item.state is Step.CHIEF:
        return Step.CLOSED
    if grade is Grade.ESCALATE:
        return Step.CHIEF
    if item.state is Step.SECOND:
        # The second confirms what the first found serious; a colleague's acquittal is confirmed as it stands.
        same = item.grade is None or grade is item.grade
        return Step.CLOSED if same else Step.CHIEF
    colleague = item.branch_id is not None and item.branch_id == actor.branch_id
    if grade is Grade.SERIOUS or (colleague and terms.same_branch == "second"):
        return Step.SECOND
    return Step.CLOSED


def default_release(grade: Grade) -> bool | None:
    """What a verdict says about a held message where the reviewer says nothing; None leaves it held."""
    return None if grade is Grade.ESCALATE else grade is Grade.FALSE_POSITIVE


def may_release(grade: Grade) -> bool:
    """Whether a message of this grade may go out at all."""
    return grade in (Grade.FALSE_POSITIVE, Grade.MINOR)


def violation(grade: Grade) -> bool:
    """Whether the grade says that the text was a breach; the ranker learns from it."""
    return grade is not Grade.FALSE_POSITIVE
