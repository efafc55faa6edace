"""Provides what the tests of the record meet that is not ours: Go's checksum-database package, a token in software.

As root from Debian; otherwise it says which tests will be skipped. Its exit code is always 0.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

GO = (
    "golang-go", "golang-golang-x-mod-dev", "golang-golang-x-xerrors-dev",
    "golang-golang-x-crypto-dev",
)  # fmt: skip
SUMDB = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")
ROOT = Path(__file__).resolve().parents[1]
SOURCES = [
    place / "shared/examples/go_sumdb_verifier.go"
    for place in (ROOT.parent, ROOT, ROOT.parent.parent)
]


def main() -> int:
    """Install what is absent, or say which tests are left out."""
    absent: list[str] = []
    if not any(one.exists() for one in SOURCES):
        print("no foreign verifier beside the project: its checks will be skipped", file=sys.stderr)
    elif not (shutil.which("go") and SUMDB.exists()):
        absent += GO
    if not shutil.which("softhsm2-util"):
        absent.append("softhsm2")
    if not absent:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"{' '.join(absent)} … installing from Debian", flush=True)
        if _apt("update") and _apt("install", "-y", "--no-install-recommends", *absent):
            return 0
    print(
        "the foreign verifier, or the test with a token, will be skipped; as root: apt-get install"
        f" {' '.join(absent)}",
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
