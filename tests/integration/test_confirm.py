"""The day queue's consumer: seats in order, failures day by day, repeats without a trace."""

import json
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from antrian.adapters.queues import SqsDayQueue
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.domain.booking import Booking, State
from antrian.domain.changes import Change, SeatAction, SeatRequest
from antrian.domain.decision import Decision
from antrian.domain.message import Sender, trace
from antrian.domain.refusals import Unsettled
from antrian.runtime import runtime
from confirm import handler as confirm
from tests.builders import MONDAY, booking, office
from tests.integration.stack import Context, Logs, Stack, failed_in, written_forms

WEDNESDAY = date(2026, 11, 25)
PHONE = "6281234567890"


def register_pending(
    stack: Stack, bookings: TableBookings, day: date = MONDAY, n: int = 0, *, approved: bool = True
) -> Booking:
    """Store a registration, and put its approval into the day queue where it is asked for."""
    sender = Sender(phone=f"{PHONE}{n}")
    new = booking(sender, service_date=day, claims_until=office().end_of(day), name="Budi Santoso")
    bookings.register(new, ())
    if approved:
        ask(stack, new)
    return new


def ask(
    stack: Stack, booking: Booking, action: SeatAction = SeatAction.SEAT, suffix: str = "a", day: date | None = None
) -> None:
    message_id, sent_at = booking.message_id + suffix, booking.sent_at
    request = SeatRequest(action, booking.code, day or booking.service_date, message_id, booking.sender, sent_at)
    SqsDayQueue(stack.sqs, stack.day_queue_url).put(request)


def fail_on(day: date, fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    settle = TableDays.settle

    def settle_or_fail(self: TableDays, changes: Sequence[Change], answered: Collection[Decision] = ()) -> None:
        if any(change.booking.service_date == day for change in changes):
            raise fault
        settle(self, changes, answered)

    monkeypatch.setattr(TableDays, "settle", settle_or_fail)


def test_a_batch_gets_its_seats_in_the_order_of_the_queue(
    stack: Stack, bookings: TableBookings, days: TableDays
) -> None:
    approved = [register_pending(stack, bookings, n=n) for n in range(6)]
    assert stack.settle() == {"batchItemFailures": []}
    seats = {number: code for slot in days.slots(MONDAY).values() for number, code in slot.seats.items()}
    assert seats == {number: approved[number - 1].code for number in range(1, 5)}
    answers = stack.answers()
    assert [outgoing.answer.kind for outgoing in answers] == ["ticket"] * 4 + ["day_full"] * 2
    assert [outgoing.id for outgoing in answers] == [booking.message_id + "a" for booking in approved]
    assert answers[0].answer.fields["documents"] == ("e-KTP asli",)
    assert answers[4].answer.fields["next_day"] == "2026-11-25"  # Tuesday is a holiday


def test_a_seat_that_was_given_back_is_the_next_ones_when_it_has_cooled(
    stack: Stack, bookings: TableBookings, days: TableDays
) -> None:
    first = register_pending(stack, bookings)
    stack.settle()
    ask(stack, first, SeatAction.RELEASE, "b")
    second, third = register_pending(stack, bookings, n=1), register_pending(stack, bookings, n=2, approved=False)
    stack.settle()
    assert stack.kinds() == ["ticket", "cancelled", "ticket"]
    assert next(iter(days.slots(MONDAY).values())).seats == {2: second.code}
    stack.at(stack.clock.now() + timedelta(minutes=60))
    ask(stack, third)
    stack.settle()
    assert stack.kinds() == ["ticket"]
    assert next(iter(days.slots(MONDAY).values())).seats == {1: third.code, 2: second.code}


def test_a_moved_booking_goes_through_the_queue_of_its_new_day(
    stack: Stack, bookings: TableBookings, days: TableDays
) -> None:
    new = register_pending(stack, bookings)
    stack.settle()
    ask(stack, new, SeatAction.RESCHEDULE, "b", day=WEDNESDAY)
    assert stack.settle() == {"batchItemFailures": []}
    tickets = stack.answers()
    assert [ticket.answer.fields["service_date"] for ticket in tickets] == ["2026-11-23", "2026-11-25"]
    assert [slot.seats for slot in days.slots(MONDAY).values()] == [{}, {}]
    assert next(iter(days.slots(WEDNESDAY).values())).seats == {1: new.code}


def test_a_batch_delivered_twice_gives_no_seat_twice_and_the_same_answers(
    stack: Stack, bookings: TableBookings, days: TableDays
) -> None:
    for n in range(3):
        register_pending(stack, bookings, n=n)
    event = stack.take(stack.day_queue_url)
    confirm.handler(event, Context())
    before = days.slots(MONDAY)
    confirm.handler(event, Context())
    assert days.slots(MONDAY) == before
    assert stack.kinds() == ["ticket"] * 3


@pytest.mark.parametrize("fault", [ConnectionError(), Unsettled("again and again")])
def test_a_day_that_fails_comes_again_and_costs_the_other_days_nothing(
    fault: Exception, stack: Stack, bookings: TableBookings, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = [register_pending(stack, bookings, MONDAY, n) for n in range(2)]
    wednesday = register_pending(stack, bookings, WEDNESDAY, 2)
    event = stack.take(stack.day_queue_url)
    with monkeypatch.context() as patch:
        fail_on(MONDAY, fault, patch)
        response = confirm.handler(event, Context())
    of_monday = [r["messageId"] for r in event["Records"] if json.loads(r["body"])["service_date"] == "2026-11-23"]
    assert sorted(failed_in(response)) == sorted(of_monday)
    assert {code: _state(bookings, code) for code in (monday[0].code, monday[1].code, wednesday.code)} == {
        monday[0].code: State.PENDING,
        monday[1].code: State.PENDING,
        wednesday.code: State.CONFIRMED,
    }
    assert "day_not_settled" in logs.messages()
    assert failed_in(confirm.handler(event, Context())) == []
    assert sorted(stack.kinds()) == ["ticket"] * 3


def test_what_failed_comes_again_after_a_pause_that_grows(
    stack: Stack, bookings: TableBookings, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_pending(stack, bookings)
    event = stack.take(stack.day_queue_url)
    event["Records"][0]["attributes"]["MessageGroupId"] = "aside:1"  # in its day it would not be tried so often
    pauses: list[tuple[object, int]] = []

    def note(**call: Any) -> None:
        assert call["ReceiptHandle"] == event["Records"][0]["receiptHandle"]
        pauses.append((call["QueueUrl"], call["VisibilityTimeout"]))

    monkeypatch.setattr(runtime().sqs, "change_message_visibility", note)
    fail_on(MONDAY, ConnectionError(), monkeypatch)
    for received in ("1", "5", "50"):
        event["Records"][0]["attributes"]["ApproximateReceiveCount"] = received
        confirm.handler(event, Context())
    assert [url for url, _ in pauses] == [stack.day_queue_url] * 3
    bounds = [(1, 2), (16, 32), (450, 900)]
    assert all(low <= seconds <= high for (_, seconds), (low, high) in zip(pauses, bounds, strict=True))


def receive(stack: Stack, times: int) -> dict[str, Any]:
    """Return what waits in the day queue, as if it had been received so often."""
    event = stack.take(stack.day_queue_url)
    for record in event["Records"]:
        record["attributes"]["ApproximateReceiveCount"] = str(times)
    return event


@pytest.mark.parametrize("body", [None, "{"])
def test_what_failed_three_times_holds_up_its_day_no_longer_and_is_tried_on(
    body: str | None, stack: Stack, bookings: TableBookings, logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    if body is None:
        register_pending(stack, bookings)
    else:
        stack.sqs.send_message(
            QueueUrl=stack.day_queue_url, MessageBody=body, MessageGroupId="2026-11-23", MessageDeduplicationId="x"
        )
    with monkeypatch.context() as patch:
        fail_on(MONDAY, ConnectionError(), patch)
        third = receive(stack, 3)
        assert len(failed_in(confirm.handler(third, Context()))) == 1
        third["Records"][0]["attributes"]["ApproximateReceiveCount"] = "4"
        assert failed_in(confirm.handler(third, Context())) == []
        assert logs.messages()[-1] == "put_aside"
        aside = receive(stack, 9)
        (record,) = aside["Records"]
        assert record["attributes"]["MessageGroupId"].startswith("aside:")
        assert record["body"] == third["Records"][0]["body"]
        # There it stays until the queue gives it up.
        assert failed_in(confirm.handler(aside, Context())) == [record["messageId"]]
    assert len(failed_in(confirm.handler(aside, Context()))) == (0 if body is None else 1)


def test_what_is_put_aside_leaves_the_others_of_its_batch_in_their_day(stack: Stack, bookings: TableBookings) -> None:
    first, second = (register_pending(stack, bookings, n=n) for n in range(2))
    event = stack.take(stack.day_queue_url)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "4"
    assert failed_in(confirm.handler(event, Context())) == []
    assert [_state(bookings, code) for code in (first.code, second.code)] == [State.PENDING, State.CONFIRMED]
    assert stack.settle() == {"batchItemFailures": []}
    assert _state(bookings, first.code) is State.CONFIRMED


def test_what_was_settled_is_not_paused(stack: Stack, bookings: TableBookings, monkeypatch: pytest.MonkeyPatch) -> None:
    register_pending(stack, bookings)
    event = stack.take(stack.day_queue_url)
    monkeypatch.setattr(runtime().sqs, "change_message_visibility", None)
    assert failed_in(confirm.handler(event, Context())) == []
    assert stack.kinds() == ["ticket"]


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"wish": "dance"}'])
def test_a_request_that_cannot_be_read_costs_the_others_nothing(
    body: str, stack: Stack, bookings: TableBookings, logs: Logs
) -> None:
    stack.sqs.send_message(
        QueueUrl=stack.day_queue_url, MessageBody=body or " ", MessageGroupId="2026-11-23", MessageDeduplicationId="x"
    )
    new = register_pending(stack, bookings)
    event = stack.take(stack.day_queue_url)
    assert failed_in(confirm.handler(event, Context())) == [event["Records"][0]["messageId"]]
    assert _state(bookings, new.code) is State.CONFIRMED
    assert "seat request not read" in logs.messages()


def test_no_log_line_tells_who_asked(
    stack: Stack,
    bookings: TableBookings,
    logs: Logs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    new = register_pending(stack, bookings)
    event: dict[str, Any] = stack.take(stack.day_queue_url)
    with monkeypatch.context() as patch:
        fail_on(MONDAY, ConnectionError(), patch)
        confirm.handler(event, Context())
    confirm.handler(event, Context())
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert trace(new.code) in written
    for secret in ("Budi", *written_forms(date(1987, 1, 25)), PHONE, new.message_id, new.approval_code, new.code):
        assert secret not in written, secret


def _state(bookings: TableBookings, code: str) -> State:
    found = bookings.get(code)
    assert found is not None
    return found.state
