"""The installation's limits, as this context knows them."""

from dataclasses import dataclass
from pathlib import Path

from visavis.kernel.picture_reader import PictureReader


@dataclass(frozen=True)
class Limits:
    """The installation's limits on what may be said; installed once by the composition root."""

    characters: int = 8000
    edit_minutes: float = 15
    notice_version: str = ""
    file_bytes: int = 10_000_000
    image_pixels: int = 40_000_000
    pdf_pages: int = 200
    folder: Path = Path()
    files_per_hour: int = 60
    unsent_file_hours: float = 24
    same_words_clients: int = 25
    same_words_days: int = 30
    code_places: tuple[str, ...] = ()
    hold_pictures: bool = False
    picture_reader: PictureReader | None = None
