"""The installation's ways out, that doors need to know without being handed settings."""

from dataclasses import dataclass
from pathlib import Path

from visavis.channels.webpush import Vapid
from visavis.kernel.settings import Settings, WrongSettings

SHORTEST_SECRET = 16


@dataclass(frozen=True)
class Terms:
    """Which channels there are, and the public key that browsers subscribe with (base64url)."""

    push: bool = False
    webhook: bool = False
    push_key: str = ""
    firm: str = ""
    firm_en: str = ""


_terms = Terms()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root. Raises `WrongSettings`."""
    global _terms
    if settings.webhook_url and len(settings.webhook_secret) < SHORTEST_SECRET:
        raise WrongSettings(
            f"VISAVIS_WEBHOOK_SECRET: at least {SHORTEST_SECRET} characters where VISAVIS_WEBHOOK_URL is set"
        )
    _terms = Terms(
        settings.push == "on",
        bool(settings.webhook_url),
        vapid(settings).public,
        settings.firm_name,
        settings.firm_name_en,
    )


def vapid(settings: Settings) -> Vapid:
    """The platform's identity towards push services."""
    return Vapid.of_folder(Path(settings.home), settings.push_contact)


def terms() -> Terms:
    """The terms in force."""
    return _terms
