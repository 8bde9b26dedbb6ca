"""Whatever comes in, through the whole of the webhook: accounts without a number, moved ones, floods, large bodies."""

import json
from functools import cache
from typing import Any

import boto3
import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.domain import codes
from antrian.domain.booking import State
from antrian.domain.claims import ClaimKey
from antrian.domain.message import Sender
from notify import dependencies
from notify import handler as notify
from tests.builders import KEY, NOW, office
from tests.integration.conftest import TABLE
from tests.integration.stack import Context, Logs, Stack, delivery
from tests.unit.usecases.world import World
from tests.unit.whatsapp.builders import PHONE, USER_ID, body, change, contact, message, messages, receipt
from tests.unit.whatsapp.loopback import serving
from webhook import handler as webhook

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

SENT = int(NOW.timestamp())
REGISTRATION = "#Budi Santoso#25011987#23112026"
NEW_PHONE, NEW_USER = "628119999999", "ID.2"
# What WhatsApp and our own limits allow at most.
MOST_IN_A_BODY, LARGEST_BODY = 1000, 3_000_000


@pytest.fixture(autouse=True)
def one_sender_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SENDERS_AT_ONCE", 1)  # moto is wrong under threads


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """Provide an office in memory behind the webhook, for as many messages as a body may have."""
    world = World(office())
    monkeypatch.setattr(webhook, "reception", cache(lambda: world.reception))
    return world


def said(words: str, n: int, **ids: Any) -> dict[str, Any]:
    return message(n, timestamp=str(SENT + n), text={"body": words}, **({"from": PHONE} | ids))


def moved(n: int) -> dict[str, Any]:
    system = {"type": "user_changed_number", "wa_id": NEW_PHONE, "user_id": NEW_USER, "previous_user_id": USER_ID}
    return message(n, kind="system", timestamp=str(SENT + n), system=system)


# Who writes


def test_an_applicant_without_a_number_books_and_gets_their_ticket_by_user_id(
    stack: Stack, bookings: TableBookings, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = {"from": None, "from_user_id": USER_ID}
    approval = codes.approval_code(KEY, "wamid.1")
    with serving() as graph:
        monkeypatch.setattr(dependencies, "GRAPH_URL", graph.url)
        graph.answer = b'{"id": "media.1", "messages": [{"id": "wamid.out"}]}'  # to an upload and to a message
        for n, words in enumerate((REGISTRATION, approval, "#batal"), start=1):
            assert stack.deliver(messages(said(words, n, **hidden))) == 200
            stack.settle()
            event = stack.take(stack.outbox_url)
            notify.handler(event, Context())
            stack.done(stack.outbox_url, event)
        dependencies.pool().clear()
    answers = [request.json for request in graph.requests if request.path.endswith("/messages")]
    answers = [answer for answer in answers if "status" not in answer]
    assert [answer["type"] for answer in answers] == ["interactive", "image", "text"]
    assert {(answer.get("to"), answer["recipient"]) for answer in answers} == {(None, USER_ID)}
    booking = bookings.get(codes.booking_code(KEY, "CTH", "wamid.1"))
    assert booking is not None
    assert (booking.state, booking.sender) == (State.CANCELLED, Sender(user_id=USER_ID))


def test_a_number_and_a_user_id_in_one_message_are_one_applicant_from_then_on(
    stack: Stack, bookings: TableBookings
) -> None:
    stack.deliver(messages(said(REGISTRATION, 1)))
    stack.deliver(messages(said("Halo", 2), contacts=[contact(PHONE, USER_ID)]))
    stack.deliver(messages(said("#batal", 3, **{"from": None, "from_user_id": USER_ID})))
    stack.settle()
    assert stack.kinds() == ["echo", "help_pending", "cancelled"]
    left = [
        claim
        for claim in bookings.held_by([ClaimKey(f"PHONE#{PHONE}"), ClaimKey(f"USER#{USER_ID}")])
        if claim.until > NOW
    ]
    assert [claim.until.timestamp() for claim in left] == [SENT + 3, SENT + 3]


def test_a_booking_moves_with_its_account_and_the_notice_of_it_gets_no_answer(
    stack: Stack, bookings: TableBookings
) -> None:
    stack.deliver(messages(said(REGISTRATION, 1, from_user_id=USER_ID)))
    stack.deliver(messages(said(codes.approval_code(KEY, "wamid.1"), 2, from_user_id=USER_ID)))
    # The request waits in the day queue while its sender changes their number.
    for _ in range(2):
        assert stack.deliver(messages(moved(3))) == 200
    stack.settle()
    stack.deliver(messages(said("#Budi Lain#25011987#25112026", 4, **{"from": NEW_PHONE})))
    answers = stack.answers()
    assert [(answer.answer.kind.value, answer.to) for answer in answers] == [
        ("echo", Sender(PHONE, USER_ID)),
        ("ticket", Sender(NEW_PHONE, NEW_USER)),
        ("already_booked", Sender(NEW_PHONE)),
    ]
    booking = bookings.get(codes.booking_code(KEY, "CTH", "wamid.1"))
    assert booking is not None
    assert booking.sender == Sender(NEW_PHONE, NEW_USER)


def test_a_move_is_logged_without_who_moved(stack: Stack, logs: Logs) -> None:
    stack.deliver(messages(said(REGISTRATION, 1, from_user_id=USER_ID)))
    stack.deliver(messages(moved(2)))
    assert logs.messages() == ["echo", "moved"]
    assert not any(secret in logs.text for secret in (PHONE, USER_ID, NEW_PHONE, NEW_USER))


# How much


def test_a_flood_costs_one_write_a_message_and_one_answer(stack: Stack) -> None:
    def stored() -> list[Any]:
        return sorted(boto3.client("dynamodb").scan(TableName=TABLE)["Items"], key=lambda item: str(item["pk"]["S"]))

    stack.with_limit(2)
    stack.deliver(messages(*(said("Halo", n) for n in range(1, 10))))
    assert stack.kinds() == ["help", "help", "too_many"]
    *decisions, tally = before = stored()
    assert len(tally["messages"]["L"]) == len(decisions) == 3
    # All of it again, as after a fault: nothing is counted twice, and nobody is answered otherwise.
    stack.deliver(messages(*(said("Halo", n) for n in range(1, 10))))
    assert stored() == before
    assert set(stack.kinds()) <= {"help", "too_many"}


def test_a_thousand_messages_with_bad_ones_among_them_are_each_answered(stack: Stack, world: World) -> None:
    bad: list[Any] = [None, "x", {}, {"type": "text"}, message(timestamp="besok"), message(group_id="g"), {"id": 7}]
    items = [
        bad[n // 10 % len(bad)] if n % 10 == 0 else said("Halo", n, **{"from": f"62811{n:07d}"})
        for n in range(MOST_IN_A_BODY)
    ]
    assert stack.deliver(messages(*items)) == 200
    assert len(world.outbox.answers) == MOST_IN_A_BODY * 9 // 10


def test_the_largest_body_is_handled_to_its_last_message(stack: Stack, world: World) -> None:
    words = "Selamat pagi, " * 200
    items = [said(words + str(n), n, **{"from": f"62811{n:07d}"}) for n in range(MOST_IN_A_BODY)]
    contacts = [contact(f"62811{n:07d}", f"ID.{n}") for n in range(MOST_IN_A_BODY)]
    raw = json.dumps(messages(*items, contacts=contacts)).encode()
    assert 0.9 * LARGEST_BODY < len(raw) <= 1.1 * LARGEST_BODY
    # What Lambda is called with is the body as a text in JSON, of which it takes 6 MB.
    event = delivery(raw)
    assert len(json.dumps(event)) < 6_000_000
    assert webhook.handler(event, Context())["statusCode"] == 200
    assert len(world.outbox.answers) == MOST_IN_A_BODY


@pytest.mark.parametrize("kind", ["messages", "statuses", "contacts", "errors"])
def test_a_large_body_of_nonsense_is_acknowledged_in_a_few_lines(
    kind: str, stack: Stack, world: World, logs: Logs
) -> None:
    value: dict[str, Any] = {kind: [None, {}, "x", {"id": "x" * 100}] * 20_000, "x": ["[" * 1_000_000]}
    assert stack.deliver(body(change(**value))) == 200
    assert world.outbox.answers == {}
    assert len(logs.messages()) <= 3


def test_messages_receipts_and_notices_in_one_body_are_each_what_they_are(stack: Stack, world: World) -> None:
    both = {"from_user_id": USER_ID}
    delivered = change(
        messages=[said(REGISTRATION, 1, **both), moved(2), said("Halo", 3, **{"from": NEW_PHONE})],
        statuses=[receipt(4)],
    )
    assert stack.deliver(body(delivered)) == 200
    assert sorted(outgoing.answer.kind.value for outgoing in world.outbox.answers.values()) == ["echo", "help"]
    (booking,) = world.store.bookings.values()
    assert booking.sender == Sender(NEW_PHONE, NEW_USER)
