"""Provides Chromium and Chinese fonts for the browser tests: as root from Debian, else says that they will be skipped.

Its exit code is always 0: a machine without a browser still runs everything else.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FONTS = Path("/usr/share/fonts/opentype/noto")


def main() -> int:
    """Install what is absent, or print why the browser tests will be skipped."""
    if _browser() and _has_chinese():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Chromium and Chinese fonts … installing from Debian", flush=True)
        if _apt("update") and _apt(
            "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"
        ):
            return 0
    frame = "*" * 88
    print(
        f"{frame}\n* BROWSER TESTS WILL BE SKIPPED: no Chromium here. As root:\n"
        f"*   apt-get install chromium fonts-noto-cjk\n{frame}"
        if not _browser()
        else "Chromium is here, but no Chinese font: screenshots will show boxes",
        file=sys.stderr,
    )
    return 0


def _browser() -> bool:
    return any(shutil.which(name) for name in NAMES)


def _has_chinese() -> bool:
    return any(FONTS.glob("NotoSansCJK*"))


def _apt(*arguments: str) -> bool:
    done = subprocess.run(
        ["apt-get", "-qq", *arguments],
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
