"""Policies out of their documents."""

from collections.abc import Mapping
from typing import Any

from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Action, Direction, Policy

LANGUAGES = ("zh-CN", "en")


def policy_of(raw: Mapping[str, Any], policies: dict[str, Policy]) -> str:
    """The id of a document's policy, kept in `policies`. Raises `BrokenPack`."""
    if "extends" in raw:
        if raw["extends"] not in policies:
            raise BrokenPack(f"{raw['extends']}: extended before it is defined")
        return str(raw["extends"])
    if any(language not in raw["words"] for language in LANGUAGES):
        raise BrokenPack(f"{raw['id']}: words are missing in a language")
    policies[raw["id"]] = Policy(
        raw["id"],
        raw["version"],
        raw["category"],
        {Direction(key): Action(value) for key, value in raw["actions"].items()},
        raw["words"],
        frozenset(raw["guards"]),
        {str(key): Action(value) for key, value in raw.get("licensed", {}).items()},
        frozenset(raw.get("departments", ())),
    )
    return str(raw["id"])
