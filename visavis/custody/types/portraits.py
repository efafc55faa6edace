"""What is kept of a client as she sees it: parts, where each comes from, copies that she takes home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class CopyFormat(StrEnum):
    """How a client takes her data home: for machines, for the screen, for paper."""

    JSON = "json"
    HTML = "html"
    PDF = "pdf"


@dataclass(frozen=True)
class Part:
    """One kind of what is kept of a client; `total` rows in all, `source` and `rests_on` as in `Holding`."""

    name: str
    source: str
    rests_on: str
    total: int
    rows: Sequence[Mapping[str, Any]]
