"""Versions of the house's documents beside one another."""

import difflib
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from visavis.supervision.types.documents import DocumentStep, HouseDocument


def standing(found: Sequence[HouseDocument], today: date) -> dict[UUID, str]:
    """What each version is by now: its step, or for an approved one whether it waits, is in force, or has been."""
    newest: dict[str, HouseDocument] = {}
    begun = [one for one in found if one.state is DocumentStep.APPROVED and one.effective <= today]
    for one in sorted(begun, key=lambda it: (it.effective, it.number)):
        newest[one.name] = one
    told = {one.id: one.state.value for one in found}
    told |= {one.id: "replaced" for one in begun}
    told |= {one.id: "active" if one.source else "retired" for one in newest.values()}
    return told


def difference(before: HouseDocument | None, after: HouseDocument) -> list[str]:
    """What a version changes in the approved one before it, as lines of a unified diff."""
    old, new = (one.source.splitlines() if one else [] for one in (before, after))
    then, now = (f"{one.name}.{one.number}" if one else "" for one in (before, after))
    return list(difflib.unified_diff(old, new, then, now, lineterm="", n=2))
