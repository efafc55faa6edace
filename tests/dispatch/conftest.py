"""The service that the tests of dispatch run."""

import pytest

from tests.dispatch.service import Service, engine
from tests.world import World


@pytest.fixture
def service(world: World) -> Service:
    return Service(world, engine(world))
