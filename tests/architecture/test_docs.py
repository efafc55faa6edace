"""What the documents say is what the code does: made pages, embedded code, links, commands, pins."""

import ast
import re
import subprocess
import tomllib
from fnmatch import filter as fnfilter
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from typer.main import get_command

from tests.architecture import source
from tools import reference
from visavis.__main__ import app
from visavis.kernel.errors import Refusal
from visavis.kernel.events import Event
from visavis.kernel.http import Catalogue
from visavis.kernel.settings import Settings

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
MAKE_TARGET = re.compile(r"\bmake ([a-z][a-z0-9-]+)")


def documents() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"],
        cwd=source.ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return [source.ROOT / line for line in listed.splitlines() if (source.ROOT / line).exists()]


@pytest.mark.parametrize("path", reference.pages().keys())
def test_what_is_made_from_the_code_is_as_the_code_makes_it(path: str) -> None:
    page = source.ROOT / path
    assert page.exists(), "run `make api`"
    assert page.read_text() == reference.pages()[path], f"{path}: run `make api`"


def test_every_setting_says_what_it_is_for() -> None:
    silent = [name for name, field in Settings.model_fields.items() if not field.description]
    assert not silent


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    reference.load_everything()
    sentences = Catalogue(source.PACKAGE).sentences
    owners: dict[str, type] = {}
    for refusal in [Refusal, *reference.subclasses(Refusal)]:
        code = refusal.code
        assert code in sentences, f"{refusal.__name__}: no sentence for {code!r} in messages.json"
        assert code not in owners, f"{code!r} belongs to {owners[code]} and {refusal}"
        assert refusal.__doc__, refusal
        assert 400 <= refusal.status < 600, refusal
        owners[code] = refusal


def test_every_event_says_what_has_happened() -> None:
    reference.load_everything()
    events = reference.subclasses(Event)
    assert len({event.__name__ for event in events}) == len(events), "names are unique"
    silent = [event for event in events if not vars(event).get("__doc__")]
    undocumented = [event for event in silent if event.__doc__ is None]
    assert not undocumented


def test_the_messaging_path_shows_the_code_that_runs() -> None:
    posting = source.PACKAGE / "conversations/posting.py"
    text = posting.read_text()
    post = next(
        node
        for node in ast.parse(text).body
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "post"
    )
    code = ast.get_source_segment(text, post)
    assert code is not None
    assert code in (source.ROOT / "docs/messaging-path.md").read_text()


def test_every_table_stands_with_the_one_context_that_owns_it() -> None:
    made: set[str] = set()
    for path in sorted((source.PACKAGE / "migrations/versions").glob("*.*")):
        text = path.read_text()
        made |= set(re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", text))
        made -= set(re.findall(r"DROP TABLE (?:IF EXISTS )?(\w+)", text))
    named = {
        path.parent.name: re.findall(r"`([a-z_]+\*?)`", " ".join(owned))
        for path in source.PACKAGE.glob("*/__init__.py")
        if (owned := re.findall(r"\bOwns (.*?)[.;]\s", path.read_text(), re.DOTALL))
    }
    owners = {
        table: [one for one, words in named.items() if any(fnmatch(table, word) for word in words)]
        for table in made
    }
    assert not {table: one for table, one in owners.items() if len(one) != 1}
    gone = [word for words in named.values() for word in words if not fnfilter(made, word)]
    assert not gone, "no such table"


def test_links_between_documents_lead_somewhere() -> None:
    dead = [
        f"{path.relative_to(source.ROOT)}: {target}"
        for path in documents()
        for target in LINK.findall(path.read_text())
        if not (path.parent / target).exists() and not (source.ROOT / target.lstrip("/")).exists()
    ]
    assert not dead


def test_commands_that_the_documents_name_exist() -> None:
    targets = set(
        re.findall(r"^([a-z0-9-]+):", (source.ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    missing = [
        f"{path.relative_to(source.ROOT)}: make {name}"
        for path in documents()
        for code in re.findall(r"`([^`\n]+)`|^    (\S.*)$", path.read_text(), re.MULTILINE)
        for name in MAKE_TARGET.findall(" ".join(code))
        if name not in targets
    ]
    assert not missing


def test_settings_files_and_subcommands_that_the_documents_name_exist() -> None:
    known = {f"VISAVIS_{name.upper()}" for name in Settings.model_fields}
    known |= {"VISAVIS_PG_BIN", "VISAVIS_TEST_PG_BIN"}
    commands = command_names(get_command(app))
    groups = {one.split(" ")[0] for one in commands if " " in one}
    wrong = []
    for path in documents():
        text = path.read_text()
        wrong += [
            f"{path.name}: {name}"
            for name in re.findall(r"VISAVIS_[A-Z_]*[A-Z]\b(?!_?\*)", text)
            if name not in known
        ]
        wrong += [
            f"{path.name}: {name}"
            for name in re.findall(r"`((?:visavis|tests|tools|docs|bench)/[\w/.*-]+)`", text)
            if not any(source.ROOT.glob(name.rstrip("/")))
        ]
        wrong += [
            f"{path.name}: visavis {name}"
            for name in re.findall(
                r"(?:`|^ *)visavis ([a-z][a-z-]+(?: [a-z]+)?)\b", text, re.MULTILINE
            )
            if name not in groups and not any(f"{name} ".startswith(f"{one} ") for one in commands)
        ]
    assert not wrong


def command_names(command: Any, before: str = "") -> set[str]:
    """`serve`, `archive verify`, …: what may stand behind the program's name."""
    found: set[str] = set()
    for name, below in getattr(command, "commands", {}).items():
        inner = command_names(below, f"{before}{name} ")
        found |= inner or {f"{before}{name}"}
    return found


def test_ci_runs_what_the_readme_names_and_nothing_else() -> None:
    commands = [
        line
        for line in (source.ROOT / ".ci/run").read_text().splitlines()
        if line and not line.startswith(("#", "set ", "cd "))
    ]
    assert commands == ["make check", "make test"]
    readme = (source.ROOT / "README.md").read_text()
    assert all(command in readme for command in commands)


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("requirements.lock", ["build"]), ("requirements-dev.lock", ["build", "dev"])],
)
def test_the_lock_pins_what_is_asked_for_by_hash(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((source.ROOT / "pyproject.toml").read_text())["project"]
    optional = project["optional-dependencies"]
    text = (source.ROOT / lock).read_text()
    pins: dict[str, set[Version]] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        head, _, hashes = block.partition("\n")
        name, _, version = head.split(" ")[0].partition("==")
        assert "--hash=sha256:" in hashes, f"{name}: not pinned by hash"
        pins.setdefault(name, set()).add(Version(version))
    for line in [*project["dependencies"], *(one for extra in extras for one in optional[extra])]:
        wanted = Requirement(line)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert name in pins, f"{name}: not in {lock}, run `make lock`"
        assert all(wanted.specifier.contains(version) for version in pins[name]), name
    assert "://" not in text, "no registry is named in a lock file"
