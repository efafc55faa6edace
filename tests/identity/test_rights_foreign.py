"""Foreign ids in every place of the interface that takes an id, against rows written by hand."""

import pytest

from tests.identity.rights_foreign import FOREIGN, id_places
from tests.identity.rights_stage import set_up
from tests.identity.rights_table import EVERYBODY
from tests.identity.test_rights_matrix import TABLE, wrong
from tests.world import World


@pytest.mark.slow
@pytest.mark.no_cover  # the same operations as the matrix runs, over and over
@pytest.mark.timeout(1200)
async def test_nobody_gets_anywhere_with_a_foreign_id(world: World) -> None:
    differing = await wrong(await set_up(world), FOREIGN)
    assert not differing, "\n".join(["", *differing])


def test_every_place_that_takes_an_id_has_a_row_with_a_foreign_one(world: World) -> None:
    written = {(row.operation, row.state.removeprefix("foreign ")) for row in FOREIGN}
    places = id_places(world.app.openapi())
    assert len(places) > 100
    assert places - written == set()


def test_the_matrix_has_its_size() -> None:
    assert (len(TABLE) + len(FOREIGN)) * len(EVERYBODY) >= 6000
