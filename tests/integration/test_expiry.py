"""The schedule's function: what is void when, and that running twice tells nobody twice."""

from datetime import timedelta

import pytest

from antrian.adapters.queues import SqsOutbox
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.door import TableDoor
from antrian.domain.booking import Move, State
from antrian.domain.message import Sender
from antrian.domain.ports import Confirm
from antrian.domain.seats import Slot, seat
from expiry import handler as expiry
from tests.builders import MONDAY, booking, office, scan, wib
from tests.integration.stack import Context, Logs, Stack

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

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
        days.settle(MONDAY, [Confirm(new, seat(office(), slot, number), Move(new.sent_at))])
        codes.append(new.code)
    return codes


def sweep() -> dict[str, int]:
    voided: dict[str, int] = expiry.handler({}, Context())
    return voided


def states(bookings: TableBookings, codes: list[str]) -> list[State]:
    found = bookings.get_all(codes)
    return [found[code].state for code in codes]


def test_a_quiet_minute_changes_nothing(stack: Stack, bookings: TableBookings, booked: list[str]) -> None:
    stack.at(VOID_AT - timedelta(seconds=1))
    assert sweep() == {"voided": 0}
    assert states(bookings, booked) == [State.CONFIRMED] * 3
    assert stack.kinds() == []


def test_a_slot_past_its_grace_is_voided_and_everybody_in_it_told(
    stack: Stack, bookings: TableBookings, days: TableDays, booked: list[str]
) -> None:
    stack.at(VOID_AT)
    assert sweep() == {"voided": 2}
    assert states(bookings, booked) == [State.EXPIRED, State.EXPIRED, State.CONFIRMED]
    told = stack.answers()
    assert sorted(outgoing.id for outgoing in told) == sorted(f"expired:{code}" for code in booked[:2])
    assert {outgoing.answer.kind for outgoing in told} == {"expired"}
    assert [slot.finished_at is not None for _, slot in sorted(days.slots(MONDAY).items())] == [True, False]
    claims = bookings.held_by([f"PHONE#{PHONE}1"])
    assert [claim.until for claim in claims] == [VOID_AT]


def test_a_repeated_sweep_tells_nobody_again(stack: Stack, booked: list[str]) -> None:
    stack.at(VOID_AT)
    sweep()
    assert len(stack.answers()) == 2
    assert sweep() == {"voided": 0}
    assert stack.answers() == []


def test_who_was_let_in_is_left_alone(
    stack: Stack, bookings: TableBookings, door: TableDoor, booked: list[str]
) -> None:
    door.check_in(booked[0], scan(at=wib(MONDAY, 7, 45)), "digest")
    stack.at(VOID_AT)
    assert sweep() == {"voided": 1}
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
            sweep()
    assert sweep() == {"voided": 2}
    assert sorted(outgoing.id for outgoing in stack.answers()) == sorted(f"expired:{code}" for code in booked[:2])


def test_no_log_line_tells_who_did_not_come(
    stack: Stack, booked: list[str], logs: Logs, capsys: pytest.CaptureFixture[str]
) -> None:
    stack.at(VOID_AT)
    sweep()
    captured = capsys.readouterr()
    written = logs.text + captured.out + captured.err
    assert logs.messages() == ["voided"]
    for secret in ("Budi", "1987", PHONE, "wamid"):
        assert secret not in written, secret
