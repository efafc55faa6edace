"""The assistant's own sentences, from its message catalogue."""

import functools
import json
import pathlib
from collections.abc import Mapping


@functools.cache
def sentences(language: str) -> Mapping[str, str]:
    """Code -> sentence in `language`, or else in English."""
    file = pathlib.Path(__file__).with_name("messages.json")
    catalogue: Mapping[str, Mapping[str, str]] = json.loads(file.read_text(encoding="utf-8"))
    return {code: each.get(language) or each["en"] for code, each in catalogue.items()}
