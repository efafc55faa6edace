"""What was read in a file of staff, as it is judged with the message that carries it (evasion V10).

A code that leads where the firm is not stands behind the mark `ELSEWHERE`, what nobody could read is the mark `UNREAD`;
of the words of pages only the passages that a policy named are kept, and judged again with the message.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from visavis.conversations.rules.batch import Item
from visavis.conversations.rules.bodies import Files, files_of
from visavis.conversations.types import Draft
from visavis.supervision.types import ELSEWHERE, FILE, UNREAD

MOST_CODES, CODE = 20, 500
PIECE, OVERLAP = 2_000, 200
AROUND, MOST = 60, 2_000
WRAPPED = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef])\s*[\r\n]+\s*(?=[\u2e80-\u9fff\uff00-\uffef])"
)
BREAK = re.compile(r"[\x00-\x1f\x7f]+")
UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")


def says(codes: Sequence[str], places: Sequence[str], *, torn: bool) -> list[str]:
    """The codes that do not lead to one of `places`, and a mark where something could not be read; a line each."""
    strange = [code for code in codes if not at_home(code, places)]
    lines = [ELSEWHERE + BREAK.sub(" ", code.strip())[:CODE] for code in strange[:MOST_CODES]]
    return [*lines, UNREAD] if torn or len(strange) > MOST_CODES else lines


def at_home(code: str, places: Sequence[str]) -> bool:
    """Whether a code is a web address of the firm: of a host named in `places` or below it, or below host/path."""
    if UNSAFE.search(code):
        return False
    try:
        aim = urlsplit(code)
    except ValueError:
        return False
    if aim.scheme not in ("https", "http") or not aim.hostname or aim.username is not None:
        return False
    for place in places:
        host, _, path = place.lower().partition("/")
        below = not path and aim.hostname.endswith(f".{host}")
        if (aim.hostname == host or below) and (aim.path or "/").lower().startswith(f"/{path}"):
            return True
    return False


def pieces(words: str) -> list[str]:
    """The words of pages as they are judged: whole where a line was merely wrapped, and cut where they are long."""
    whole = WRAPPED.sub("", unicodedata.normalize("NFKC", words)).strip()
    return [whole[first : first + PIECE] for first in range(0, len(whole), PIECE - OVERLAP)]


def passages(found: Iterable[tuple[str, Sequence[Sequence[int]]]]) -> list[str]:
    """What policies named in each piece, with the words around it; as much as is kept with a file."""
    kept: list[str] = []
    room = MOST
    for text, spans in found:
        end = 0
        for start, stop in spans:
            first, last = max(end, start - AROUND), min(len(text), stop + AROUND)
            passage = BREAK.sub(" ", text[first:last])[:room]
            if last > end and passage.strip():
                kept.append(passage)
                room -= len(passage)
                end = last
    return kept


def with_files(text: str, count: int, contents: str) -> str:
    """The words of a message as they are judged: a mark for each of its files, then what was read in them."""
    return text + FILE * count + (f"\n{contents}" if contents else "")


def contents_of(draft: Draft, files: Files) -> str:
    """What was read in the files that a draft names."""
    if not files:
        return ""
    return "\n".join(files[key][2] for key in files_of(draft) if key in files and files[key][2])


def verdict_of(item: Item, verdict: dict[str, Any]) -> Mapping[str, Any]:
    """A verdict as it is kept, with what was read in the files, so that whoever looks at it can see what was judged."""
    return {**verdict, "files": item.contents} if item.contents else verdict
