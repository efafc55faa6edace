"""What a message says and in which language."""

import re
from collections.abc import Mapping
from typing import Any

CJK = re.compile(r"[㐀-䶿一-鿿]")
LATIN = re.compile(r"[A-Za-z]{2}")


def language_of(text: str, otherwise: str) -> str:
    """zh-CN or en by the characters of the text; `otherwise` where it holds neither."""
    if CJK.search(text):
        return "zh-CN"
    return "en" if LATIN.search(text) else otherwise


def text_of(body: Mapping[str, Any]) -> str:
    """The words of a message, or the titles of its cards where it has none."""
    text = str(body.get("text", "")).strip()
    return text or " ".join(str(card.get("title", "")) for card in body.get("cards", ())).strip()
