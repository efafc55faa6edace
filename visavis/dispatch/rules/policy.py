"""What the rules of dispatch are given as data: a versioned policy, and the terms that an installation sets."""

from dataclasses import dataclass

from visavis.kernel.settings import Settings


@dataclass(frozen=True)
class Weights:
    """What counts how much in a score; each part is in the unit of the others."""

    skill: float
    region: float
    own: float
    load: float
    fairness: float
    waiting: float
    asleep: float


@dataclass(frozen=True)
class Policy:
    """A dispatch policy; a decision names its version. Times in seconds unless the name says otherwise."""

    version: str
    weights: Weights
    skill_listed: float
    skill_other: float
    same_region: float
    waiting_unit_seconds: float
    waiting_cap: float
    away_seconds: float
    abandon_seconds: float
    idle_close_seconds: float
    night_message_seconds: float
    estimate_window_seconds: float
    estimate_least: int
    on_call_most: int
    slot_minutes: int
    slot_days: int
    slot_share: float
    opens: str
    closes: str


@dataclass(frozen=True)
class Terms:
    """The settings of the installation that dispatch obeys; times in seconds."""

    offer_s: float = 20
    offer_away_s: float = 45
    offer_count: int = 3
    own_offer_s: float = 20
    own_hold_s: float = 15
    pool_after_s: float = 45
    first_word_s: float = 90
    presence_s: float = 45
    missed_offers: int = 2
    ask_again_s: float = 180
    strand_s: float = 90
    requests_per_hour: int = 12
    zone: str = "Asia/Shanghai"

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """The terms that `settings` name."""
        return cls(
            offer_s=settings.offer_seconds,
            offer_away_s=settings.offer_seconds_away,
            offer_count=settings.offer_count,
            own_offer_s=settings.own_offer_seconds,
            own_hold_s=settings.own_hold_seconds,
            pool_after_s=settings.pool_after_seconds,
            first_word_s=settings.first_word_seconds,
            presence_s=settings.presence_seconds,
            missed_offers=settings.missed_offers,
            ask_again_s=settings.ask_again_seconds,
            strand_s=settings.stranded_seconds,
            requests_per_hour=settings.client_requests_per_hour,
            zone=settings.time_zone,
        )
