"""The schedule's function: what is void when, who is reminded or called off, and that nobody is told twice."""

from datetime import date, timedelta

import pytest

from antrian.adapters.queues import SqsOutbox
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.door import TableDoor
from antrian.domain.booking import Move, State
from antrian.domain.changes import Confirm
from antrian.domain.claims import ClaimKey
from antrian.domain.message import Sender
from antrian.domain.seats import Slot, seat
from antrian.usecases.schedule.closing import Closing
from expiry import handler as expiry
from tests.builders import MONDAY, booking, office, scan, wib
from tests.integration.stack import Context, Logs, Stack, written_forms

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

EVENING = wib(MONDAY - timedelta(days=1), 18)
VOID_AT = wib(MONDAY, 8, 15) + timedelta(seconds=1)
PHONE = "6281234567890"


@pytest.fixture
def booked(bookings: TableBookings, days: TableDays) -> list[str]:
    """Provide the codes of two bookings at 8.00 and one at 8.30."""
    days.open(MONDAY, [Slot.planned(plan) for plan in office().slots(MONDAY)])
    codes = []
    for number in (1, 2, 3):
        new = booking(Sender(phone=f"{PHONE}{number}"), name="Budi Santoso")
        bookings.register(new, ())
        slot = sorted(days.slots(MONDAY).items())[number // 3][1]
        days.settle([Confirm(new, seat(office(), slot, number), Move(new.sent_at))])
        codes.append(new.code)
    return codes


def run() -> dict[str, int]:
    done: dict[str, int] = expiry.handler({}, Context())
    return done


def states(bookings: TableBookings, codes: list[str]) -> list[State]:
    found = bookings.get_all(codes)
    return [found[code].state for code in codes]


def test_a_quiet_minute_changes_nothing(stack: Stack, bookings: TableBookings, booked: list[str]) -> None:
    stack.at(VOID_AT - timedelta(seconds=1))
    assert run() == {"called_off": 0, "voided": 0, "reminded": 0}
    assert states(bookings, booked) == [State.CONFIRMED] * 3
    assert stack.kinds() == []


def test_a_slot_past_its_grace_is_voided_and_everybody_in_it_told(
    stack: Stack, bookings: TableBookings, days: TableDays, booked: list[str]
) -> None:
    stack.at(VOID_AT)
    assert run()["voided"] == 2
    assert states(bookings, booked) == [State.EXPIRED, State.EXPIRED, State.CONFIRMED]
    told = stack.answers()
    assert sorted(outgoing.id for outgoing in told) == sorted(f"expired:{code}" for code in booked[:2])
    assert {outgoing.answer.kind for outgoing in told} == {"expired"}
    assert [slot.finished_at is not None for _, slot in sorted(days.slots(MONDAY).items())] == [True, False]
    claims = bookings.held_by([ClaimKey(f"PHONE#{PHONE}1")])
    assert [claim.until for claim in claims] == [VOID_AT]


def test_a_repeated_sweep_tells_nobody_again(stack: Stack, booked: list[str]) -> None:
    stack.at(VOID_AT)
    run()
    assert len(stack.answers()) == 2
    assert run()["voided"] == 0
    assert stack.answers() == []


def test_who_was_let_in_is_left_alone(
    stack: Stack, bookings: TableBookings, door: TableDoor, booked: list[str]
) -> None:
    door.check_in(booked[0], scan(at=wib(MONDAY, 7, 45)), "digest")
    stack.at(VOID_AT)
    assert run()["voided"] == 1
    assert states(bookings, booked)[0] is State.CHECKED_IN
    assert [outgoing.id for outgoing in stack.answers()] == [f"expired:{booked[1]}"]


def test_a_sweep_that_dies_is_made_up_for_by_the_next(
    stack: Stack, bookings: TableBookings, booked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack.at(VOID_AT)
    put = SqsOutbox.put
    calls = iter([put])

    def put_once(self: SqsOutbox, outgoing: object) -> None:
        next(calls)(self, outgoing)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SqsOutbox, "put", put_once)
        with pytest.RaisesGroup(StopIteration):
            run()
    assert run()["voided"] == 2
    assert sorted(outgoing.id for outgoing in stack.answers()) == sorted(f"expired:{code}" for code in booked[:2])


def test_everybody_is_reminded_once_on_the_evening_before(stack: Stack, booked: list[str]) -> None:
    stack.at(EVENING - timedelta(seconds=1))
    assert run()["reminded"] == 0
    stack.at(EVENING)
    assert run() == {"called_off": 0, "voided": 0, "reminded": 3}
    told = stack.answers()
    assert sorted(outgoing.id for outgoing in told) == sorted(f"reminder:{code}:2026-11-23" for code in booked)
    assert {outgoing.answer.kind for outgoing in told} == {"reminder"}
    assert run()["reminded"] == 0
    assert stack.answers() == []


def test_who_has_a_seat_on_a_day_that_is_closed_is_called_off_and_told(
    stack: Stack, bookings: TableBookings, days: TableDays, booked: list[str]
) -> None:
    stack.closes(MONDAY, "Banjir")
    assert run() == {"called_off": 3, "voided": 0, "reminded": 0}
    assert stack.settle() == {"batchItemFailures": []}
    assert states(bookings, booked) == [State.CANCELLED] * 3
    assert [slot.seats for slot in days.slots(MONDAY).values()] == [{}, {}]
    told = stack.answers()
    assert sorted(outgoing.id for outgoing in told) == sorted(f"closed:{code}:2026-11-23" for code in booked)
    assert {outgoing.answer.kind for outgoing in told} == {"day_closed"}
    # The 24th is a holiday.
    assert told[0].answer.fields["next_day"] == "2026-11-25"
    assert run()["called_off"] == 0
    assert stack.answers() == []


def test_what_fails_stops_nothing_else_and_is_a_fault_of_the_function(
    stack: Stack, booked: list[str], logs: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConnectionError

    stack.at(VOID_AT)
    monkeypatch.setattr(Closing, "close", fail)
    with pytest.raises(ConnectionError):
        run()
    assert len(stack.answers()) == 2
    assert logs.messages() == ["not finished", "voided"]


def test_no_log_line_tells_who_did_not_come(
    stack: Stack, booked: list[str], logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.at(VOID_AT)
    run()
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert logs.messages() == ["voided"]
    for secret in ("Budi", *written_forms(date(1987, 1, 25)), PHONE, "wamid"):
        assert secret not in written, secret
