"""The public test vectors, where they lie beside the project; tests that need them are skipped where they do not."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT.parent / "shared", ROOT / "shared", ROOT.parent.parent / "shared")


def place_of(*parts: str) -> Path | None:
    """A file or folder of the shared material; None where there is none."""
    return next((one for place in PLACES if (one := place.joinpath(*parts)).exists()), None)


def shared(*parts: str) -> Path:
    """The same; skips the test where there is none."""
    return place_of(*parts) or pytest.skip(f"no {'/'.join(parts)} beside the project")


def load(name: str) -> Any:
    return json.loads(shared("data", "tlog-vectors", name).read_text("utf-8"))


def b64(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def hashes(texts: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in texts or ()]
