"""The installation's terms of review."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

# Which items a list shows: those that wait, those that are closed, held messages that were refused before a verdict.
Which = Literal["waiting", "closed", "over"]


@dataclass(frozen=True)
class Terms:
    """The installation's terms of review; hours are working hours of the firm."""

    sla_hours: Mapping[int, float] = field(
        default_factory=lambda: {1: 40.0, 2: 16.0, 3: 8.0, 4: 2.0}
    )
    ticket_hours: float = 8
    breach_hours: float = 72
    claim_minutes: float = 15
    held_minutes: float = 120
    held_at_deadline: str = "refuse"
    over_hours: float = 24
    same_branch: str = "barred"
    second_sees_first: bool = False
    chiefs: frozenset[str] = frozenset()
    sample_rate: float = 0.05
    file_sample_rate: float = 0.25
    sample_seed: str = ""
    contradiction_days: int = 5
    minutes_per_alert: float = 2
