"""Writes what is made from the code: openapi.json, and the pages on settings, errors and events.

    python tools/reference.py [--write]

Without --write it only says whether a page differs (exit code 1).
"""

import dataclasses
import importlib
import json
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import visavis  # noqa: E402
from visavis.app import create  # noqa: E402
from visavis.kernel.db import Database  # noqa: E402
from visavis.kernel.errors import Refusal  # noqa: E402
from visavis.kernel.events import Event  # noqa: E402
from visavis.kernel.http import Catalogue  # noqa: E402
from visavis.kernel.live import InProcess  # noqa: E402
from visavis.kernel.settings import PREFIX, Settings  # noqa: E402

T = TypeVar("T")
OUTSIDERS = ("sdk", "rehearsal", "witness", "demo", "migrations", "__main__")
MADE = "<!-- Made by `make api` from the code; change it there. -->\n"


def main() -> int:
    """The command."""
    code = 0
    for path, text in pages().items():
        file = ROOT / path
        if file.exists() and file.read_text() == text:
            continue
        if "--write" in sys.argv:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            print(f"wrote {path}")
        else:
            print(f"{path} differs from the code: run `make api`", file=sys.stderr)
            code = 1
    return code


def pages() -> dict[str, str]:
    """Everything that is made, by its path from the root."""
    load_everything()
    return {
        "openapi.json": openapi(),
        "docs/operate/settings.md": settings_page(),
        "docs/operate/errors.md": errors_page(),
        "docs/operate/events.md": events_page(),
    }


def load_everything() -> None:
    """Import every module of the platform, so that every class is known."""
    for module in pkgutil.walk_packages(visavis.__path__, "visavis."):
        if module.name.split(".")[1] not in OUTSIDERS:
            importlib.import_module(module.name)


def subclasses(of: type[T]) -> list[type[T]]:
    """All of them, of the platform alone, by context and name."""

    def walk(parent: type[T]) -> Iterator[type[T]]:
        for child in parent.__subclasses__():
            if child.__module__.startswith("visavis."):
                yield child
            yield from walk(child)

    return sorted(set(walk(of)), key=lambda found: (context(found), found.__name__))


def context(found: type) -> str:
    """The context that a class belongs to."""
    return found.__module__.split(".")[1]


def openapi() -> str:
    """The description of the HTTP interface, OpenAPI 3.1."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        app = create(settings, Database("", InProcess()), background=False)
        return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"


def settings_page() -> str:
    """One row per setting: name, meaning, what is allowed, default."""
    rows = []
    for name, schema in Settings.model_json_schema()["properties"].items():
        default = Settings.model_fields[name].default
        shown = f"`{default}`" if isinstance(default, str | int | float) and default != "" else ""
        if Settings.model_fields[name].default_factory is not None:
            shown = "see text"
        description = schema.get("description", "")
        rows.append(f"| `{PREFIX}{name.upper()}` | {description} | {_allowed(schema)} | {shown} |")
    return (
        f"# Settings\n\n{MADE}\n"
        "Environment variables. An unknown or wrong one stops the start with its name and what is\n"
        "allowed. Without `VISAVIS_HOME` the data folder is `/var/lib/visavis` for root, else\n"
        "`visavis` in the user's data directory.\n\n"
        "| name | meaning | allowed | default |\n|---|---|---|---|\n" + "\n".join(rows) + "\n\n"
        "Read by the tools around the server: `VISAVIS_PG_BIN` names the directory of another\n"
        "PostgreSQL's programs for the embedded server; `VISAVIS_TEST_PG_BIN` does so for the tests.\n"
    )


def _allowed(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = {"integer": "whole number", "number": "number", "boolean": "true, false"}.get(
        schema.get("type", ""), "path" if schema.get("format") == "path" else "text"
    )
    bounds = [f"from {schema['minimum']:g}"] if "minimum" in schema else []
    bounds += [f"to {schema['maximum']:g}"] if "maximum" in schema else []
    return " ".join([kind, *bounds])


def errors_page() -> str:
    """One row per refusal: code, status, promise, sentences."""
    catalogue = Catalogue(ROOT / "visavis")
    refusals: list[type[Refusal]] = [Refusal, *subclasses(Refusal)]
    rows = [
        f"| `{found.code}` | {found.status} | {context(found)} | {_promise(found)} "
        f"| {catalogue.sentences.get(found.code, {}).get('en', '')} |"
        for found in sorted(refusals, key=lambda one: one.code)
    ]
    return (
        f"# Errors\n\n{MADE}\n"
        'Every refusal answers `{"error": code, "detail": text, "id": request id}`. The code and the\n'
        "status are stable; the text follows `Accept-Language`. A refusal means that nothing happened.\n"
        "Anything else is a 500 with the code `internal`.\n\n"
        "| code | status | context | when | text |\n|---|---|---|---|---|\n"
        + "\n".join(rows)
        + "\n"
    )


def events_page() -> str:
    """One row per event: name, promise, fields."""
    rows = [
        f"| `{found.__name__}` | {context(found)} | {_promise(found)} "
        f"| {', '.join(f'`{field.name}`' for field in dataclasses.fields(found))} |"
        for found in subclasses(Event)
    ]
    return (
        f"# Events\n\n{MADE}\n"
        "What contexts tell those above them, through the outbox, at least once. Events carry ids and\n"
        "numbers, never text. The reaction table is in `visavis/app.py`.\n\n"
        "| event | context | when | fields |\n|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def _promise(found: type) -> str:
    """The first paragraph of the class's docstring, on one line."""
    own = vars(found).get("__doc__") or ""
    return " ".join(own.split("\n\n")[0].split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.exit(main())
