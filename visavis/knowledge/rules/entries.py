"""An entry's life: who may do what to it, and which texts can be taken."""

from collections.abc import Mapping
from datetime import date, timedelta

from visavis.identity.types import Topic
from visavis.kernel.auth import Actor, Role
from visavis.kernel.languages import LANGUAGES
from visavis.knowledge.types import (
    Entry,
    SameHands,
    Text,
    Texts,
    UnfitText,
    Version,
    VersionState,
    WrongState,
)

EDITORIAL = (Role.EDITOR, Role.SUPERVISOR)
TITLE, QUESTION, ANSWER, SIMILAR, SOURCE = 80, 200, 1000, 30, 500
REVIEW_AFTER = timedelta(days=365)


def may_write(actor: Actor) -> bool:
    """Whether the actor may draft entries and versions and retire them."""
    return actor.has(Role.EDITOR)


def may_approve(actor: Actor) -> bool:
    """Whether the actor may approve or return what somebody else wrote."""
    return actor.has(*EDITORIAL)


def sees_drafts(actor: Actor) -> bool:
    """Whether the actor sees more than what is in force."""
    return actor.has(*EDITORIAL)


def shown(actor: Actor, version: Version) -> bool:
    """Whether the actor may read this version: everybody what is or was in force, the editors the rest."""
    was_in_force = version.state in {VersionState.APPROVED, VersionState.SUPERSEDED}
    return was_in_force or sees_drafts(actor)


def check_decision(actor: Actor, version: Version) -> None:
    """Raise `WrongState` or `SameHands` where the actor cannot decide on this version."""
    if version.state is not VersionState.SUBMITTED:
        raise WrongState(state=version.state.value)
    if version.author_id == actor.person_id:
        raise SameHands


def check_submission(version: Version) -> None:
    """Raise `WrongState` where the version is not a draft."""
    if version.state is not VersionState.DRAFT:
        raise WrongState(state=version.state.value)


def open_version(versions: tuple[Version, ...]) -> Version | None:
    """The version that is still on its way, if there is one; at most one is at a time."""
    waiting = {VersionState.DRAFT, VersionState.SUBMITTED}
    return next((one for one in versions if one.state in waiting), None)


def steps(actor: Actor, one: Entry) -> dict[str, bool]:
    """What the actor may do with an entry now."""
    waiting = open_version(one.versions)
    alive = one.retired_at is None
    theirs = waiting is not None and waiting.author_id != actor.person_id
    submitted = waiting is not None and waiting.state is VersionState.SUBMITTED
    return {
        "edit": alive and may_write(actor) and not theirs,
        "decide": alive and may_approve(actor) and theirs and submitted,
        "retire": alive and may_write(actor),
    }


def next_number(versions: tuple[Version, ...]) -> int:
    """The number of the next version."""
    return max((one.version for one in versions), default=0) + 1


def check_texts(slug: str, topic: str, texts: Texts, source: str) -> None:
    """Raise `UnfitText` naming the first field that cannot be taken."""
    if not 1 <= len(slug) <= 64 or not all(c.isascii() and (c.isalnum() or c == "-") for c in slug):
        raise UnfitText(field="slug", reason="format")
    if topic not in {one.value for one in Topic}:
        raise UnfitText(field="topic", reason="unknown")
    if len(source) > SOURCE:
        raise UnfitText(field="source", reason="length")
    if not texts or set(texts) - set(LANGUAGES):
        raise UnfitText(field="content", reason="language")
    for language, text in texts.items():
        _check_text(language, text)


def _check_text(language: str, text: Text) -> None:
    limits: Mapping[str, tuple[str, int]] = {
        "title": (text.title, TITLE),
        "question": (text.question, QUESTION),
        "answer": (text.answer, ANSWER),
    }
    for field, (value, limit) in limits.items():
        if not value.strip() or len(value) > limit or "\x00" in value:
            raise UnfitText(field=f"{language}.{field}", reason="length")
    if len(text.similar) > SIMILAR or any(
        not one.strip() or len(one) > QUESTION or "\x00" in one for one in text.similar
    ):
        raise UnfitText(field=f"{language}.similar", reason="length")


def review_day(wanted: date | None, approved: date) -> date:
    """When the version must be looked at again: as wanted, or a year after approval."""
    return wanted or approved + REVIEW_AFTER
