"""What a policy document looks like; `policies/policy.schema.json` says the same as JSON Schema for editors.

The schema file is written from these classes, and a test compares the two. A document that does not fit is refused
with the place in it: `$.policies[3].actions`.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from visavis.kernel.languages import Language
from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Action, Direction

Text = Annotated[str, msgspec.Meta(min_length=1)]
Guard = Literal["negation", "education", "report", "question", "hedge"]


class Words(msgspec.Struct, forbid_unknown_fields=True):
    """How a policy is shown in one language."""

    title: Text
    reason: Text
    alternative: str = ""


class Tests(msgspec.Struct, forbid_unknown_fields=True):
    """What the policy must find, and what it must leave."""

    hit: Annotated[list[Text], msgspec.Meta(min_length=1)]
    miss: Annotated[list[Text], msgspec.Meta(min_length=1)]


class Rule(msgspec.Struct, forbid_unknown_fields=True):
    """A policy of its own, with the two people behind it."""

    id: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]*$")]
    version: Annotated[int, msgspec.Meta(ge=1)]
    category: Text
    author: Text
    approver: Text
    effective: date
    actions: Annotated[dict[Direction, Action], msgspec.Meta(min_length=1)]
    guards: list[Guard]
    words: dict[str, Words]
    tests: Tests
    patterns: list[Text] = []
    signals: list[Text] = []
    licensed: dict[Direction, Action] = {}
    departments: list[Text] = []


class Extension(msgspec.Struct, forbid_unknown_fields=True):
    """More patterns and tests for a policy that an earlier document has, in another language."""

    extends: Text
    patterns: list[Text]
    tests: Tests


class Document(msgspec.Struct, forbid_unknown_fields=True):
    """One file of the pack: a language, its classes of words, its policies."""

    version: Text
    language: Language
    effective: date
    policies: list[dict[str, Any]]
    schema: str = msgspec.field(name="$schema", default="")
    classes: dict[str, Text] = {}
    exempt: str = ""
    hidden: str = ""


def check(raw: Any) -> None:
    """Raises `BrokenPack` with the place where a document does not fit its schema."""
    try:
        document = msgspec.convert(raw, Document)
    except msgspec.ValidationError as error:
        raise BrokenPack(str(error)) from None
    for number, policy in enumerate(document.policies):
        try:
            msgspec.convert(policy, Extension if "extends" in policy else Rule)
        except msgspec.ValidationError as error:
            name = policy.get("id") or policy.get("extends") or "?"
            raise BrokenPack(f"{name}: {error} in $.policies[{number}]") from None


def json_schema() -> Mapping[str, Any]:
    """The same as JSON Schema 2020-12."""
    (document, rule, extension), parts = msgspec.json.schema_components(
        (Document, Rule, Extension), ref_template="#/$defs/{name}"
    )
    parts["Document"]["properties"]["policies"]["items"] = {"anyOf": [rule, extension]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A document of supervision policies",
        **document,
        "$defs": parts,
    }
