"""Policies out of their documents."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from visavis.kernel.languages import LANGUAGES
from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Action, Direction, Policy

FIELDS = frozenset(
    {
        "id", "version", "category", "author", "approver", "effective", "actions", "licensed",
        "departments", "guards", "words", "patterns", "signals", "tests",
    }
)  # fmt: skip


def policy_of(raw: Mapping[str, Any], policies: dict[str, Policy]) -> str:
    """The id of a document's policy, kept in `policies`. Raises `BrokenPack`."""
    if "extends" in raw:
        if raw["extends"] not in policies:
            raise BrokenPack(f"{raw['extends']}: extended before it is defined")
        return str(raw["extends"])
    if any(language not in raw["words"] for language in LANGUAGES):
        raise BrokenPack(f"{raw['id']}: words are missing in a language")
    _check(raw)
    policies[raw["id"]] = Policy(
        raw["id"],
        raw["version"],
        raw["category"],
        {Direction(key): Action(value) for key, value in raw["actions"].items()},
        raw["words"],
        frozenset(raw["guards"]),
        {str(key): Action(value) for key, value in raw.get("licensed", {}).items()},
        frozenset(raw.get("departments", ())),
        _day(raw, "effective"),
        str(raw["author"]),
        str(raw["approver"]),
    )
    return str(raw["id"])


def _check(raw: Mapping[str, Any]) -> None:
    """Two people stand behind a policy, and it shows what it finds and what it leaves."""
    name = raw["id"]
    if not raw.get("author") or not raw.get("approver"):
        raise BrokenPack(f"{name}: author or approver is missing")
    if raw["author"] == raw["approver"]:
        raise BrokenPack(f"{name}: approved by its author")
    if not raw["tests"].get("hit") or not raw["tests"].get("miss"):
        raise BrokenPack(f"{name}: it must show a text that it hits and one that it misses")
    unknown = set(raw) - FIELDS
    if unknown:
        raise BrokenPack(f"{name}: unknown {', '.join(sorted(unknown))}")


def _day(raw: Mapping[str, Any], key: str) -> date:
    try:
        return date.fromisoformat(raw[key])
    except (KeyError, TypeError, ValueError):
        raise BrokenPack(f"{raw['id']}: {key} is no date") from None
