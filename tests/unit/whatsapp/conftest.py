from collections.abc import Iterator

import pytest
import urllib3

from tests.unit.whatsapp.loopback import Graph, serving


@pytest.fixture(scope="module")
def http() -> Iterator[urllib3.PoolManager]:
    """Provide connections that the tests of a file share."""
    pool = urllib3.PoolManager()
    yield pool
    pool.clear()


@pytest.fixture
def graph() -> Iterator[Graph]:
    """Provide a Graph API that answers what a test wants."""
    with serving() as server:
        yield server
