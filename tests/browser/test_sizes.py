"""What a page loads before its first screen stays within its budget (gzipped, measured by the build)."""

import json
import subprocess
import sys

import pytest

from tests.browser.conftest import ROOT


@pytest.fixture(scope="module")
def sizes() -> dict[str, tuple[int, int]]:
    """Bytes and budget by page, of the interface as it is now."""
    subprocess.run([sys.executable, ROOT / "tools/build_web.py"], cwd=ROOT, check=True)
    measured = json.loads((ROOT / "visavis/_web/.vite/sizes.json").read_text("utf-8"))
    return {name: (found, budget) for name, found, budget in measured}


@pytest.mark.parametrize(
    "page",
    [
        "widget/launcher.js",
        "widget/frame.html js",
        "client.html js",
        "desk.html js",
        "desk.html css",
        "console.html js",
    ],
)
def test_the_first_load_stays_within_its_budget(
    sizes: dict[str, tuple[int, int]], page: str
) -> None:
    found, budget = sizes[page]
    assert 0 < found <= budget
