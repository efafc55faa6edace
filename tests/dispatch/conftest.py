"""The service that the tests of dispatch run."""

import pytest

from tests.conversations.conftest import wire
from tests.dispatch.service import Service, engine
from tests.world import World

__all__ = ["service", "wire"]


@pytest.fixture
def service(world: World) -> Service:
    """The firm's service, with a dispatcher that is stepped by hand."""
    return Service(world, engine(world))
