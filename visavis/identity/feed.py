"""Reads the personnel feed, a CSV or the body of a signed call, into news, without touching the database.

Columns of the CSV: id, kind, employee_no, effective_on, reason, branch, licence_type, licence_number, valid_from,
valid_to, licence_status.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import TypeVar

import msgspec

from visavis.identity import csvrows
from visavis.identity.csvrows import Wrong
from visavis.identity.types import (
    HrAnswer,
    HrEvent,
    HrKind,
    HrLicence,
    HrOutcome,
    LicenceStatus,
    LicenceType,
)
from visavis.kernel.errors import Malformed

REQUIRED = ("id", "kind", "employee_no")
OPTIONAL = (
    "effective_on", "reason", "branch", "licence_type", "licence_number", "valid_from", "valid_to",
    "licence_status",
)  # fmt: skip
MOST_ROWS = 5000
LONGEST = 200
Word = TypeVar("Word", HrKind, LicenceType, LicenceStatus)


class Call(msgspec.Struct, forbid_unknown_fields=True):
    """The body of a signed call."""

    events: list[HrEvent]


def parse(body: bytes) -> list[HrEvent]:
    """The news of a signed call; raises `Malformed` with the place of what is wrong."""
    try:
        events = msgspec.json.decode(body, type=Call).events
    except msgspec.DecodeError as error:
        raise Malformed(field="body", reason=str(error)) from None
    if len(events) > MOST_ROWS:
        raise Malformed(field="events", reason=f"too_long {MOST_ROWS}")
    for number, one in enumerate(events):
        try:
            check(one)
        except Wrong as wrong:
            raise Malformed(field=f"events[{number}].{wrong.column}", reason=wrong.code) from None
    return events


def read(data: bytes) -> tuple[list[tuple[int, HrEvent]], list[HrAnswer], int]:
    """The usable rows of a file with their numbers, what is wrong with the others, and how many rows there are."""
    rows, mistakes, count = csvrows.read(data, REQUIRED, OPTIONAL, MOST_ROWS, _row)
    refused = HrOutcome.REFUSED
    return (
        rows,
        [
            HrAnswer(event_id, refused, number, wrong.column, wrong.code, wrong.detail)
            for number, event_id, wrong in mistakes
        ],
        count,
    )


def check(one: HrEvent) -> None:
    """Raise `Wrong` where a piece of news says too little for its kind, or too much."""
    for name in ("id", "employee_no"):
        if not getattr(one, name).strip():
            raise Wrong(name, "missing")
    for name in ("id", "employee_no", "reason", "branch"):
        if len(getattr(one, name)) > LONGEST:
            raise Wrong(name, "too_long", str(LONGEST))
    if (one.kind is HrKind.TRANSFER) != bool(one.branch):
        raise Wrong("branch", "only_with_transfer" if one.branch else "missing")
    if (one.kind is HrKind.LICENCE) != (one.licence is not None):
        raise Wrong("licence", "only_with_licence" if one.licence else "missing")
    if one.licence and (one.licence.valid_to < one.licence.valid_from or not one.licence.number):
        raise Wrong("licence", "form")


def digest(one: HrEvent) -> bytes:
    """SHA-256 of what a piece of news says, so that a repetition is told from a contradiction."""
    return hashlib.sha256(msgspec.json.encode(one, order="sorted")).digest()


def _row(plain: Mapping[str, str]) -> HrEvent:
    kind = _one_of(HrKind, "kind", plain)
    licence = None
    if plain.get("licence_type") or kind is HrKind.LICENCE:
        licence = HrLicence(
            _one_of(LicenceType, "licence_type", plain), plain.get("licence_number", ""),
            _day("valid_from", plain), _day("valid_to", plain),
            _one_of(LicenceStatus, "licence_status", {"licence_status": "active"} | {
                key: value for key, value in plain.items() if value}),
        )  # fmt: skip
    event = HrEvent(
        plain["id"], kind, plain["employee_no"],
        _day("effective_on", plain) if plain.get("effective_on") else None,
        plain.get("reason", ""), plain.get("branch", ""), licence,
    )  # fmt: skip
    check(event)
    return event


def _one_of(words: type[Word], column: str, cells: Mapping[str, str]) -> Word:
    try:
        return words(cells.get(column, ""))
    except ValueError:
        raise Wrong(column, "unknown", cells.get(column, "")) from None


def _day(column: str, cells: Mapping[str, str]) -> date:
    try:
        return date.fromisoformat(cells.get(column, ""))
    except ValueError:
        raise Wrong(column, "day", cells.get(column, "")) from None
