"""When two messages are the same content: what is left of them without greeting, spaces, marks and letter case.

Source: FINRA rule 2210(a)(5): the same written communication to more than 25 retail investors within 30 calendar days
is no correspondence any more, and needs approval before it goes out (COMM-03).
"""

import hashlib
import re
import unicodedata

from visavis.conversations.rules.rights import JUDGED, by_of
from visavis.conversations.types import Body, Draft, Stream

# Weight of words too common to be a mailing: a Chinese character weighs two, a letter or figure one.
ANSWER, UNASKED = 60, 28
GREETING = re.compile(
    r"^(?:.{0,12}?(?:您好|你好)|(?:dear|hello|hi)\b[^,，:：\n]{0,30})[,，:：!！。\s]*",
    re.IGNORECASE,
)
WIDE = "\u2e80"


def same_words(draft: Draft, body: Body, unasked: bool) -> bytes | None:
    """A digest that is equal for equal content of staff to a client, or None where the words are too few to count."""
    if (
        draft.kind not in JUDGED
        or draft.stream is not Stream.SHARED
        or by_of(draft.actor) != "staff"
    ):
        return None
    said = [GREETING.sub("", str(body.get("text", "")).strip())]
    said += [f"{card['title']} {card.get('view', '')}" for card in body.get("cards", ())
             if card["kind"] == "page" or card.get("view", "").strip()]  # fmt: skip
    plain = "".join(
        one for one in unicodedata.normalize("NFKC", " ".join(said)).casefold() if one.isalnum()
    )
    weight = sum(2 if one > WIDE else 1 for one in plain)
    if weight < (UNASKED if unasked else ANSWER):
        return None
    return hashlib.sha256(plain.encode()).digest()
