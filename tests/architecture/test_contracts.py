"""The import contracts hold, and would fail if they did not."""

import subprocess
import sys
import tomllib
from typing import Any

import pytest
from grimp import ImportGraph

from tests.architecture import source
from tools.doors import DoorContract, OutsiderContract

SETTINGS = tomllib.loads((source.ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def contract(kind: type[Any], name: str) -> Any:
    """The contract as pyproject.toml configures it."""
    options = next(one for one in SETTINGS["contracts"] if one["type"] == name)
    return kind(name="under test", session_options={}, contract_options=options)


def check(checked: Any, importer: str, imported: str) -> bool:
    graph = ImportGraph()
    for module in ("visavis", importer, imported):
        graph.add_module(module)
    graph.add_import(
        importer=importer, imported=imported, line_number=3, line_contents=f"import {imported}"
    )
    return bool(checked.check(graph, verbose=False).kept)


def test_the_contracts_hold() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as l; l()"],
        cwd=source.ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout


def test_every_context_has_its_place() -> None:
    layers = SETTINGS["contracts"][0]
    assert layers["exhaustive"] is True
    placed = {name.strip("() ") for line in layers["layers"] for name in line.split("|")} | set(
        layers["exhaustive_ignores"]
    )
    there = {module.context or module.name.removesuffix(".py") for module in source.package()}
    assert there - placed == {"__init__"}


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("visavis.dispatch.api", "visavis.conversations.api", True),
        ("visavis.dispatch.api", "visavis.conversations.types", True),
        ("visavis.dispatch.api", "visavis.conversations.store", False),
        ("visavis.dispatch.api", "visavis.conversations.rules", False),
        ("visavis.dispatch.api", "visavis.dispatch.store", True),
        ("visavis.dispatch.web", "visavis.dispatch.api", True),
        ("visavis.dispatch.web", "visavis.dispatch.store", False),
        ("visavis.dispatch.web", "visavis.conversations.api", False),
        ("visavis.dispatch.jobs", "visavis.conversations.api", True),
        ("visavis.dispatch.jobs", "visavis.dispatch.rules", False),
        ("visavis.dispatch.api", "visavis.kernel.db", True),
        ("visavis.app", "visavis.dispatch.web", True),
        ("visavis.app", "visavis.dispatch.engine", True),
        ("visavis.app", "visavis.dispatch.store", False),
    ],
)
def test_a_context_is_entered_through_its_door(importer: str, imported: str, kept: bool) -> None:
    assert check(contract(DoorContract, "doors"), importer, imported) is kept


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("visavis.rehearsal.run", "visavis.rehearsal.cast", True),
        ("visavis.rehearsal.run", "visavis.sdk.client", True),
        ("visavis.rehearsal.run", "visavis.dispatch.types", False),
        ("visavis.rehearsal", "visavis.kernel.clock", False),
        ("visavis.sdk.client", "visavis.app", False),
        ("visavis.dispatch.api", "visavis.conversations.api", True),
    ],
)
def test_outsiders_use_the_wire(importer: str, imported: str, kept: bool) -> None:
    assert check(contract(OutsiderContract, "outsiders"), importer, imported) is kept
