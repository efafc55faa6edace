"""What somebody writes into a case or a ticket."""

from visavis.review.types import NothingSaid

LONGEST = 4000


def words_of(text: str) -> str:
    """The words to be kept, at most 4,000 characters; raises `NothingSaid` where there are none."""
    tidy = text.strip().replace("\x00", "")
    if not tidy:
        raise NothingSaid
    return tidy[:LONGEST]
