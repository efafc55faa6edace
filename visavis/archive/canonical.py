"""RFC 8785 (JSON Canonicalization Scheme) for values without floats: one value, one sequence of bytes."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

SAFE = 2**53 - 1

# For plain types and keys of ASCII characters, this encoder (written in C) gives the RFC's order and the RFC's bytes.
quick = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> bytes:
    """The canonical bytes of `value`; raises ValueError on floats, unsafe integers and keys that are not strings."""
    return quick(value) if plain(value) else _write(value).encode("utf-8")


def plain(value: Any) -> bool:
    """Whether `value` is made of plain types, safe integers and ASCII keys alone."""
    kind = type(value)
    if kind is dict:
        for key, one in value.items():
            if type(key) is not str or not key.isascii():
                return False
            if type(one) is not str and not plain(one):
                return False
        return True
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return bool(-SAFE <= value <= SAFE)
    return (kind is list or kind is tuple) and all(map(plain, value))


def _write(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        if abs(value) > SAFE:
            raise ValueError("an integer beyond 2^53 - 1 cannot be canonical; write it as a string")
        return str(value)
    if isinstance(value, str):
        value.encode("utf-8")  # a lone surrogate is not text
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise ValueError("keys must be strings")
        # RFC 8785 §3.2.3: by UTF-16 code units.
        pairs = sorted(value.items(), key=lambda pair: pair[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_write(key)}:{_write(each)}" for key, each in pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_write(each) for each in value) + "]"
    raise ValueError(f"{type(value).__name__} has no canonical form")
