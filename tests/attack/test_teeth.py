"""The attack's own teeth: what surrounds the handlers is broken on purpose, and the rules have to say so."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest
from ministack.services import dynamodb  # type: ignore[import-untyped] # it has no types

from tests.attack import outside
from tests.attack.conversations import CONVERSATIONS
from tests.attack.deaths import Attack
from tests.attack.fifo import DEDUPLICATED, MOST_RECEIVED, Fifo
from tests.attack.known import KNOWN
from tests.attack.outside import Params
from tests.attack.prove_deaths import an_office
from tests.attack.rules import Rule
from tests.attack.world import World

# An invocation that died, or had nothing to do, has none.
pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def world() -> Iterator[World]:
    with an_office() as built:
        yield built


def breaks(world: World, name: str, rule: Rule) -> bool:
    """Tell whether a conversation breaks this rule at any of its cases."""
    (conversation,) = (each for each in CONVERSATIONS if each.name == name)
    attacked = Attack(world, conversation, world.take_out())
    endings = chain([attacked.violations_without_a_fault], map(attacked.violations, attacked.cases()))
    return any(violation.rule is rule for violations in endings for violation in violations)


def test_conversations_have_names_of_their_own_and_marks_name_them() -> None:
    names = [conversation.name for conversation in CONVERSATIONS]
    assert len(set(names)) == len(names)
    assert {mark.conversation for mark in KNOWN} <= set(names)


@pytest.mark.parametrize(("conversation", "rule"), [("door", Rule.AGAIN), ("correct", Rule.CLAIMS)])
def test_a_table_that_ignores_conditions_is_seen(
    conversation: str, rule: Rule, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate = dynamodb._evaluate_condition

    def only_of_queries(*asked: Any, **how: Any) -> Any:
        return evaluate(*asked, **how) if "slot" in how else True

    monkeypatch.setattr(dynamodb, "_evaluate_condition", only_of_queries)
    assert breaks(world, conversation, rule)


def test_a_table_that_forgets_what_was_sent_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    table = outside._table

    def forgetful(operation: str, params: Params) -> Params:
        sent = operation == "UpdateItem" and params["Key"]["pk"]["S"].startswith("SENT#")
        return {"Attributes": params["Key"]} if sent else table(operation, params)

    monkeypatch.setattr(outside, "_table", forgetful)
    assert breaks(world, "register", Rule.ONCE)


def test_a_queue_that_loses_what_failed_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    settle = Fifo.settle
    monkeypatch.setattr(Fifo, "settle", lambda self, batch, _failed, *, hold: settle(self, batch, [], hold=hold))
    assert breaks(world, "register", Rule.SAME_ANSWERS)


def test_a_queue_keeps_the_order_of_a_group_and_no_other() -> None:
    queue = Fifo()
    for group, once in (("a", "1"), ("b", "2"), ("a", "3")):
        queue.send(group, once, once, NOW)
    batch = queue.receive()
    queue.settle(batch, [message.id for message in batch if message.group == "a"], hold=True)
    queue.send("a", "4", "4", NOW)
    queue.send("b", "5", "5", NOW)
    assert [message.body for message in queue.receive()] == ["5"]
    queue.release()
    assert [message.body for message in queue.receive()] == ["1", "3", "4", "5"]


def test_a_queue_knows_a_message_again_for_five_minutes_and_within_its_group() -> None:
    queue = Fifo()
    for group, at in (
        ("a", NOW),
        ("a", NOW + DEDUPLICATED),
        ("b", NOW),
        ("a", NOW + DEDUPLICATED + timedelta(seconds=1)),
    ):
        queue.send(group, "1", "body", at)
    assert [message.group for message in queue.waiting] == ["a", "b", "a"]


def test_a_message_that_always_fails_becomes_a_dead_letter() -> None:
    queue = Fifo()
    queue.send("a", "1", "body", NOW)
    for _ in range(MOST_RECEIVED):
        assert not queue.dead
        batch = queue.receive()
        queue.settle(batch, [message.id for message in batch], hold=False)
    assert [message.body for message in queue.dead] == ["body"]
    assert not queue.waiting
