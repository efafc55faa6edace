"""The words of the audit: records as they lie in the database, and the tables that they come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Stored:
    """A record as it lies in the database, for whoever must look at all of them; `fault` says what cannot be opened.

    `relationship_id` and `retention` are None where the wrapping key is unknown, `body` where it was destroyed.
    """

    record_id: UUID
    kind: str
    object_id: UUID
    previous: bytes | None
    at_us: int
    environment: str
    leaf_index: int | None
    envelope: bytes
    relationship_id: UUID | None
    retention: str | None
    clear: Mapping[str, Any]
    body: Mapping[str, Any] | None
    fault: str = ""


@dataclass(frozen=True)
class Origin:
    """A table whose rows are evidence, and how what a row says is found on record.

    `sql` gives one line per row: `record_id` (null where the row stores none), `thread`, `key` (how a person would name
    the row) and `says`, a JSON object that the records of the thread must bear out. A record of one of `kinds` belongs
    to the thread that the template `thread` makes of its words, of `@record` and `@object`; a later record of a thread
    overrides an earlier one, and after one of the kinds `ends` no row is owed. Values: `{"$in": [...]}` names several,
    `{"$near": x}` a number to three places, `{"$has": {...}}` a part of an object. Records without the word `when` owe
    no row. `derive` adds words that only code can make.
    """

    table: str
    kinds: frozenset[str]
    thread: str
    sql: str
    when: str = ""
    derive: Callable[[Mapping[str, Any]], Mapping[str, Any]] | None = None
    ends: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Numbering:
    """Numbered streams of a context: `sql` gives `key`, `no` and `what` of each missing or supernumerary number."""

    table: str
    sql: str


@dataclass(frozen=True)
class Erasure:
    """Serving copies of a client that go with his keys: `sql` takes his id; with `files` it returns paths of files.

    Erasures run in the order of the layers, the highest context first.
    """

    table: str
    sql: str
    files: bool = False


@dataclass(frozen=True)
class Holding:
    """A part of what is kept of a client, for himself to see and take home (PIPL art 45); `sql` takes his id.

    `source` says where it comes from: `given` by him, `observed` of him, `derived` from the two (`rests_on` says from
    what), or made by the `firm`. No column holds another person's private data: staff appear as the public sees them.
    """

    name: str
    source: str
    sql: str
    rests_on: str = ""
