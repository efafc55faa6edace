"""The web build: made once, made again when a source changes, never left half-made."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools import build_web

NPM = """
import pathlib, sys
web = pathlib.Path.cwd()
with (web.parent / "calls").open("a") as calls:
    calls.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "ci":
    (web / "node_modules").mkdir(exist_ok=True)
elif (web / "broken").exists():
    print("src/a.ts: no such thing")
    sys.exit(3)
else:
    (web / "dist/.vite").mkdir(parents=True, exist_ok=True)
    (web / "dist/a.js").write_text((web / "src/a.ts").read_text())
    (web / "dist/.vite/license.md").write_text("licences")
"""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small web folder, and a stand-in for npm that writes down its calls."""
    folder = tmp_path / "web"
    (folder / "src").mkdir(parents=True)
    (folder / "src/a.ts").write_text("one")
    (folder / "package-lock.json").write_text("{}")
    (tmp_path / "npm.py").write_text(NPM)

    @contextmanager
    def toolchain() -> Iterator[tuple[list[str], dict[str, str]]]:
        yield [sys.executable, str(tmp_path / "npm.py")], {}

    monkeypatch.setattr(build_web, "WEB", folder)
    monkeypatch.setattr(build_web, "OUT", tmp_path / "_web")
    monkeypatch.setattr(build_web, "toolchain", toolchain)
    return folder


def calls(web: Path) -> list[str]:
    file = web.parent / "calls"
    made = [line.split()[0] for line in file.read_text().splitlines()] if file.exists() else []
    file.unlink(missing_ok=True)
    return made


def test_it_builds_once_and_again_when_a_source_changes(web: Path) -> None:
    build_web.build()
    assert calls(web) == ["ci", "run"]
    assert (web.parent / "_web/a.js").read_text() == "one"
    assert (web.parent / "_web/THIRD_PARTY_LICENSES.md").read_text() == "licences"

    build_web.build()
    assert calls(web) == []

    (web / "src/a.ts").write_text("two")
    build_web.build()
    assert calls(web) == ["run"], "the packages are the same"
    assert (web.parent / "_web/a.js").read_text() == "two"

    (web / "package-lock.json").write_text('{"other": 1}')
    build_web.build()
    assert calls(web) == ["ci", "run"]

    build_web.build(force=True)
    assert calls(web) == ["run"]


def test_made_files_are_no_sources(web: Path) -> None:
    before = build_web.sources_digest()
    (web / "node_modules/x").mkdir(parents=True)
    (web / "node_modules/x/y.js").write_text("y")
    (web / "dist").mkdir()
    (web / "dist/a.js").write_text("a")
    assert build_web.sources_digest() == before
    (web / "src/a.ts").rename(web / "src/b.ts")
    assert build_web.sources_digest() != before


def test_a_failed_build_shows_why_and_leaves_the_last_one(web: Path) -> None:
    build_web.build()
    (web / "broken").touch()
    with pytest.raises(SystemExit, match="no such thing"):
        build_web.build()
    assert (web.parent / "_web/a.js").read_text() == "one"


def test_scripts_stop_at_the_first_failure(web: Path) -> None:
    assert build_web.run(["check", "test"]) == 0
    (web / "broken").touch()
    calls(web)
    assert build_web.run(["check", "test"]) == 3
    assert calls(web) == ["run"]
