"""Provides Go and its checksum-database package, so that a program that is not ours checks the logs of the tests.

As root from Debian; otherwise it says that those checks will be skipped. Its exit code is always 0.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = (
    "golang-go", "golang-golang-x-mod-dev", "golang-golang-x-xerrors-dev",
    "golang-golang-x-crypto-dev",
)  # fmt: skip
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
SOURCE = Path(__file__).resolve().parents[2] / "shared/examples/go_sumdb_verifier.go"


def main() -> int:
    """Install what is absent, or say why the foreign verifier is left out."""
    if not SOURCE.exists():
        print("no foreign verifier beside the project: its checks will be skipped", file=sys.stderr)
        return 0
    if shutil.which("go") and SUMDB.exists():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("Go … installing from Debian", flush=True)
        if _apt("update") and _apt("install", "-y", "--no-install-recommends", *PACKAGES):
            return 0
    print(
        f"the foreign verifier will be skipped; as root: apt-get install {' '.join(PACKAGES)}",
        file=sys.stderr,
    )
    return 0


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
