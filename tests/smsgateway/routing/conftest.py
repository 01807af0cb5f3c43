import pytest

from tests.smsgateway.routing.world import World


@pytest.fixture
def world() -> World:
    """A world whose birds accept everything."""
    return World()
