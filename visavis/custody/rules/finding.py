"""Under which words a record is found, and what of it is shown."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from visavis.archive.types import Stored
from visavis.kernel.words import words

EXCERPT = 120
# What only machines read: ids, digests, keys, moments.
_MACHINE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|[0-9]{13,}|[A-Za-z0-9+/]{43}=")
LOOKS = frozenset({"archive_look", "supervised_view"})
# The key of a sealed attachment opens it: it is evidence, and nobody's reading.
SECRET = {"attachment": frozenset({"key"})}


def shown(kind: str, body: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A record's body as people may see it."""
    hidden = SECRET.get(kind, frozenset())
    return None if body is None else {k: v for k, v in body.items() if k not in hidden}


def withheld(one: Stored, viewer: UUID | None, served: Collection[UUID]) -> bool:
    """Whether a record is kept from this viewer (COMM-08, SUP-01).

    It names him among those it concerns, or is of, or about, a client whom he serves or served.
    """
    body = one.body or {}
    return (
        one.relationship_id in served
        or str(viewer) in body.get("withheld", ())
        or str(body.get("client")) in map(str, served)
    )


def texts(value: Any) -> Iterator[str]:
    """What people wrote or read in a body, in order."""
    if isinstance(value, str):
        if value and not _MACHINE.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)


def text_of(kind: str, body: Mapping[str, Any] | None) -> str:
    """All of a record's texts, one below the other."""
    return "\n".join(texts(shown(kind, body)))


def words_of(kind: str, body: Mapping[str, Any] | None) -> list[str]:
    """The words under which a record is found; what somebody looked for is no place to find his object's words."""
    return [] if kind in LOOKS else words(text_of(kind, body))


def holds(text: str, parts: Sequence[str]) -> bool:
    """Whether the text holds every part of a query, given as `queries_of` gives them."""
    folded = text.casefold()
    return all(one[1:-1].replace(r"\_", "_") in folded for one in parts)


def excerpt(text: str, parts: Sequence[str]) -> str:
    """A line of the text around the first part that it holds."""
    flat = " ".join(text.split())
    places = [flat.casefold().find(one[1:-1].replace(r"\_", "_")) for one in parts]
    start = max(0, min((one for one in places if one >= 0), default=0) - EXCERPT // 3)
    return flat[start : start + EXCERPT]
