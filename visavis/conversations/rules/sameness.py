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
_WIDE = re.compile("[\u2e81-\U0010ffff]")
# What is neither letter nor figure (`str.isalnum`): `\w` is those and the underscore.
_MARKS = re.compile(r"[\W_]+")
# What NFKC makes of the marks of Chinese writing; without them most texts are normal already, which is seen at once.
_FULL = (("，", ","), ("？", "?"), ("！", "!"), ("：", ":"), ("；", ";"), ("（", "("), ("）", ")"))
_COMMON = " ,.?!。、"


def same_words(draft: Draft, body: Body, unasked: bool) -> bytes | None:
    """A digest that is equal for equal content of staff to a client, or None where the words are too few to count."""
    if (
        draft.kind not in JUDGED
        or draft.stream is not Stream.SHARED
        or by_of(draft.actor) != "staff"
    ):
        return None
    text = str(body.get("text", "")).strip()
    greeting = GREETING.match(text)
    said = [text[greeting.end() :] if greeting else text]
    said += [f"{card['title']} {card.get('view', '')}" for card in body.get("cards", ())
             if card["kind"] == "page" or card.get("view", "").strip()]  # fmt: skip
    plain = _plain(" ".join(said))
    least = UNASKED if unasked else ANSWER
    # Long texts weigh enough however they are written; only what lies between is weighed character by character.
    if len(plain) < least and len(plain) + len(_WIDE.findall(plain)) < least:
        return None
    return hashlib.sha256(plain.encode()).digest()


def _plain(text: str) -> str:
    """The text's letters and figures alone, in compatible form and without letter case."""
    for full, half in _FULL:
        text = text.replace(full, half)
    plain = unicodedata.normalize("NFKC", text).casefold()
    for mark in _COMMON:
        plain = plain.replace(mark, "")
    return plain if plain.isalnum() else _MARKS.sub("", plain)
