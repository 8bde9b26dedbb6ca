from collections.abc import Iterator

import pytest

from tests.unit.simulator.world import World, small_world


@pytest.fixture(scope="package")
def started_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with small_world(tmp_path_factory.mktemp("simulator")) as made:
        yield made


@pytest.fixture
def world(started_world: World) -> World:
    """Return the one simulator of these tests (stopping a server takes longer than most tests), as good as new."""
    started_world.begin_anew()
    return started_world
