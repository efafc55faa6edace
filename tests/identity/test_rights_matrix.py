"""Role x operation x state over the whole interface, against a table written by hand, and mutants that turn it red."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.identity.rights_mutants import MUTANTS as WITHOUT_PRODUCTS_MUTANTS
from tests.identity.rights_mutants import found, mutated
from tests.identity.rights_products import BROKEN, PRODUCTS, SUITABILITY
from tests.identity.rights_review import BROKEN_REVIEW, REVIEWED
from tests.identity.rights_stage import Stage, set_up
from tests.identity.rights_table import EVERYBODY, Row
from tests.identity.rights_table import TABLE as WITHOUT_PRODUCTS
from tests.world import World

TABLE = (*WITHOUT_PRODUCTS, *PRODUCTS, *SUITABILITY, *REVIEWED)
MUTANTS = (*WITHOUT_PRODUCTS_MUTANTS, *BROKEN, *BROKEN_REVIEW)


def filled(value: Any, ids: Mapping[str, str]) -> Any:
    """`{name}` in texts replaced by the stage's ids, inside dictionaries and lists too."""
    if isinstance(value, str) and value.startswith("{") and value.endswith("}"):
        return ids[value[1:-1]]
    if isinstance(value, dict):
        return {name: filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return value


ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What fails here is a sign-in, which has a record of its own.
SIGN_IN = frozenset({"POST /api/sign-in"})
# Here nobody is asked who he is.
PUBLIC = frozenset({"GET /api/people/{person_id}/photo"})


def _denied(row: Row, caller: str, path: str, request: Mapping[str, Any]) -> bool:
    """Whether what the table expects is a denial, of which there must be a record."""
    status = row.expected(caller)
    if status == 404 and row.operation not in PUBLIC:
        return caller != "nobody" and bool(ID.search(path + repr(request)))
    return status in (401, 403) and row.operation not in SIGN_IN


async def wrong(stage: Stage, rows: Iterable[Row], *, first_only: bool = False) -> list[str]:
    """Every cell that differs from the table."""
    differing = []
    for row in rows:
        for caller in EVERYBODY:
            request = filled(dict(row.request), stage.ids)
            path = stage.path(row.operation, filled(dict(row.ids), stage.ids))
            status, noted = await stage.call(caller, path, request)
            cell = f"{caller}: {row.operation} {row.state}"
            if status != row.expected(caller):
                differing.append(f"{cell} gave {status}, not {row.expected(caller)}")
            elif noted != _denied(row, caller, path, request):
                differing.append(f"{cell} gave {status}, on record as denied: {noted}")
            if differing and first_only:
                return differing
    return differing


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_every_cell_is_as_the_table_says(world: World) -> None:
    stage = await set_up(world)
    assert set(EVERYBODY) == set(stage.callers)
    differing = await wrong(stage, TABLE)
    assert not differing, "\n".join(["", *differing])


def test_every_operation_has_a_row(world: World) -> None:
    operations = {
        f"{method.upper()} {path}"
        for path, methods in world.app.openapi()["paths"].items()
        for method in methods
    }
    written = {row.operation for row in TABLE}
    assert operations - written == set()
    assert written - operations == set()


def test_there_are_enough_mutants_and_each_names_rows_of_the_table() -> None:
    assert len({str(one) for one in MUTANTS}) == len(MUTANTS) >= 30
    written = {row.operation for row in TABLE}
    for one in MUTANTS:
        assert set(one.operations) <= written, one


@pytest.mark.slow
@pytest.mark.no_cover  # the code that runs is not the one in the files
@pytest.mark.timeout(1200)
async def test_every_broken_permission_turns_the_table_red(world: World) -> None:
    stage = await set_up(world)
    survivors = []
    for one in MUTANTS:
        rows = [row for row in TABLE if row.operation in one.operations]
        sound = found(one.function).__code__
        with mutated(one):
            assert found(one.function).__code__ is not sound
            if not await wrong(stage, rows, first_only=True):
                survivors.append(str(one))
        assert found(one.function).__code__ is sound, f"{one} was not undone"
    assert not survivors, "\n".join(["", *survivors])
