"""A part of what `make prove` runs: each conversation without a fault, and a twentieth of its cases."""

from collections.abc import Iterator

import pytest

from tests.attack.conversations import CONVERSATIONS
from tests.attack.prove_deaths import Share, an_office, attack
from tests.attack.script import Conversation
from tests.attack.world import World

# An invocation that died, or had nothing to do, has none.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

TWENTIETH = Share(seed=0, part=1 / 20)


@pytest.fixture(scope="module")
def office() -> Iterator[tuple[World, bytes]]:
    with an_office() as world:
        yield world, world.take_out()


@pytest.mark.parametrize("conversation", CONVERSATIONS, ids=lambda conversation: conversation.name)
def test_a_conversation_ends_as_it_should_whatever_goes_wrong(
    conversation: Conversation, office: tuple[World, bytes]
) -> None:
    world, empty = office
    found = attack(world, conversation, empty, TWENTIETH)
    assert not found.broken, "\n".join(found.lines())
    assert not found.stale(), "nothing breaks this any more: take the mark out of tests/attack/known.py"
