"""Configuration of suitability as documents with versions: each decision names the versions that it was made under."""

import msgspec

from visavis.products.types import Goal, ProductKind

Texts = dict[str, str]


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An answer that can be chosen, with what it means.

    `lowest` puts the client into the lowest class, `refused` says that he does not tell; `months` is the longest term
    he can do without his money, `right` marks the right answer of a knowledge question.
    """

    id: str
    text: Texts
    score: int = 0
    lowest: bool = False
    refused: bool = False
    right: bool = False
    goals: list[Goal] = []
    kinds: list[ProductKind] = []
    months: int | None = None


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A question; with `many` several options may be chosen, and the highest score among them counts."""

    id: str
    text: Texts
    options: list[Option]
    many: bool = False


class Questionnaire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The client's questionnaire: validity in months, attempts per local day, and when changed answers raise an alert.

    An alert: at least `flip_answers` answers score higher than those of an attempt within `flip_days` before.
    """

    title: Texts
    questions: list[Question]
    valid_months: int = 24
    attempts_per_day: int = 2
    flip_answers: int = 3
    flip_days: int = 30


class Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scores from `low` to `high` are level `level` (1..5)."""

    level: int
    low: int
    high: int


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which score is which level; bands differ by firm (rules, 1.4)."""

    bands: list[Band]


class Matrix(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which product risk levels each class may have: keys C1L (lowest), C1..C5, P (professional)."""

    allowed: dict[str, list[int]]


class Terms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Terms of the client's own request.

    `special`: risk levels that ask ordinary clients for more (order 130 art 20); a cooling period in hours; how long a
    permission lasts; for how many seconds the warning is shown at least; upper ends of amount bands in yuan.
    """

    special: list[int]
    cooling_hours: int
    permitted_hours: int
    warning_seconds: int
    amount_bands: list[int]


class SpecialWarning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The special risk warning, and the sentence that a client types to confirm it; by language."""

    title: Texts
    text: Texts
    sentence: Texts


class HighRisk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The extra questionnaire before a product of the special levels; each question has one right answer."""

    questions: list[Question]


class Threshold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What proves a professional: yuan of financial assets, yearly income and net assets; years of experience."""

    financial: int
    income: int = 0
    net: int = 0
    years: int = 0


class Professional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is professional by law, who may apply, and the test of an application (order 130 arts 8, 11, 12)."""

    organisation: Threshold
    person: Threshold
    organisation_applies: Threshold
    person_applies: Threshold
    valid_months: int
    pass_mark: int
    questions: list[Question]


class Incentive(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What staff are paid for: weights of quality alone, and a factor by product risk level that may never rise."""

    weights: dict[str, int]
    by_risk: dict[str, int] = {}
