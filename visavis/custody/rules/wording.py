"""A client's own request in words: its record holds codes, and whoever reads a dossier or an export knows none."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from visavis.archive.types import Stored
from visavis.custody.rules import finding
from visavis.kernel import clock

REQUEST = "client_request"
# The texts of codes in one language.
Words = Mapping[str, str]
# What only machines read: who, from where, and under which digests; the record's JSON holds them.
UNREAD = frozenset(
    {"by", "named", "address", "agent", "session", "assessment", "warning", "recording"}
)


def text(one: Stored, languages: Sequence[Words]) -> str:
    """All of a record's texts, one below the other; of a client's request in words, in each of the languages."""
    if one.kind != REQUEST or one.body is None:
        return finding.text_of(one.kind, one.body)
    return "\n".join(line for words in languages for line in _asked(one.clear, one.body, words))


def kind_of(one: Stored, words: Words) -> str:
    """What a record is called; its code where it has no name."""
    return words.get(f"record.{one.kind}", one.kind)


def _asked(clear: Mapping[str, Any], body: Mapping[str, Any], words: Words) -> Iterator[str]:
    yield _word(str(clear.get("step", "")), words)
    for name, value in body.items():
        shown = "" if name in UNREAD else _shown(name, value, words)
        if shown:
            yield f"{words.get(f'asked.named.{name}', name)}: {shown}"


def _shown(name: str, value: Any, words: Words) -> str:
    if name == "amount_upto":
        return f"{value}" if value else words["asked.unlimited"]
    if name == "expires_at" and str(value).isdecimal():
        return f"{clock.from_us(int(value)):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return words["held_yes" if value else "held_no"]
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_shown('', each, words)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(_shown("", each, words) for each in value)
    if name == "months" and value == -1:
        return words["asked.any_term"]
    return _word(str(value), words)


def _word(code: str, words: Words) -> str:
    return words.get(f"asked.{code}", code)
