"""The installation's limits that doors need without being handed settings."""

from urllib.parse import urlsplit

from visavis.conversations.types import Limits
from visavis.kernel.picture_reader import reader_of
from visavis.kernel.settings import Settings

_limits = Limits()


def install(settings: Settings) -> None:
    """Use the limits of `settings` in this process; called once, by the composition root."""
    global _limits
    _limits = Limits(
        settings.message_characters,
        settings.edit_minutes,
        settings.notice_version,
        settings.attachment_bytes,
        settings.image_pixels,
        settings.pdf_pages,
        settings.home / "files",
        settings.client_files_per_hour,
        settings.unsent_file_hours,
        settings.same_words_clients,
        settings.same_words_days,
        places_of(settings.code_places, settings.public_url),
        settings.hold_pictures,
        reader_of(settings.picture_reader, settings.picture_reader_seconds),
    )


def places_of(listed: str, public_url: str) -> tuple[str, ...]:
    """The places that codes of staff may lead to: those listed, by commas, and the platform's own host."""
    own = urlsplit(public_url).hostname or ""
    return tuple(filter(None, (own, *(one.strip().lower() for one in listed.split(",")))))


def limits() -> Limits:
    """The limits in force."""
    return _limits
