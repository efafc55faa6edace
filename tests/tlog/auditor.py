"""An auditor's own program: Go's checksum-database code, built where Debian's packages and its source are at hand."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.tlog.vectors import place_of
from visavis.archive.log import Log
from visavis.tlog.sources import Folder
from visavis.tlog.tiles import bundles_of, tiles_of

PACKAGES = Path("/usr/share/gocode/src/golang.org/x/mod/sumdb")


@functools.cache
def program() -> Path | None:
    """The built verifier; None where it cannot be built."""
    source = place_of("examples", "go_sumdb_verifier.go")
    if source is None or shutil.which("go") is None or not PACKAGES.exists():
        return None
    folder = Path(tempfile.mkdtemp(prefix="visavis-auditor-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(source, folder / "main.go")
    environment = os.environ | {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
    environment["GOCACHE"] = str(folder / "cache")
    subprocess.run(
        ["go", "build", "-o", "verify", "main.go"], cwd=folder, env=environment, check=True
    )
    return folder / "verify"


def verdict(log: Path, vkey: str, *older: Path) -> tuple[bool, str]:
    """Whether the program holds the log for whole, and what it says."""
    built = program()
    assert built is not None
    with tempfile.NamedTemporaryFile("w", suffix=".vkey") as key:
        key.write(vkey)
        key.flush()
        done = subprocess.run(
            [built, log, key.name, *older], capture_output=True, text=True, check=False
        )
    return done.returncode == 0, done.stdout


def agrees(log: Log) -> None:
    """Assert that the program, where it can be built, holds this log for whole, wherever its files lie."""
    found = log.published()
    if program() is None or found is None:
        return
    with tempfile.TemporaryDirectory(prefix="visavis-auditor-") as name:
        copy = Folder(Path(name))
        for path in (
            "checkpoint",
            *(one.path for one in (*tiles_of(found.size), *bundles_of(found.size))),
        ):
            copy.publish(path, log.target.read(path))
        held, said = verdict(copy.place, log.signer.verifier.vkey)
    assert held, said
    assert f"OK size={found.size} " in said
