"""Many applicants at once: never two people on one seat, never one too many, and everybody is told the truth."""

import random
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta

import pytest

from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.decisions import TableDecisions
from antrian.adapters.table.table import Table
from antrian.domain.booking import State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.office import Office
from antrian.domain.refusals import Unsettled
from antrian.domain.seats import Slot
from antrian.usecases.seats.seating import Seating
from tests.builders import KEY, booking
from tests.e2e.conftest import Applicant, Stack, approval_code, eventually, queue_number, text_of
from tests.fakes import FakeClock, FakeDayQueue, FakeOutbox

SEATS = 20
APPLICANTS = 64
TWO_SLOTS = (time(9, 0), time(9, 30))


@pytest.fixture
def table(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Table:
    """Provide Bogor's deployed table."""
    for name, value in {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ENDPOINT_URL", stack.content["aws_endpoint_url"])
    return Table(stack.of("bogor")["table_name"], stack.content["aws_region"])


@pytest.fixture
def days(table: Table) -> TableDays:
    """Provide the days in that table."""
    return TableDays(table, timedelta(days=90))


def open_with_twenty_seats(days: TableDays, office: Office, candidates: Sequence[date]) -> date:
    """Open the last day that nobody has opened yet with fewer seats than the office's file says, and return it."""
    day = next(day for day in reversed(candidates) if not days.slots(day))
    starts = [datetime.combine(day, at, office.zone).astimezone(UTC) for at in TWO_SLOTS]
    days.open(day, [Slot(at, number, SEATS // 2) for at, number in zip(starts, (1, 11), strict=True)])
    return day


def test_sixty_four_approve_at_once_for_twenty_seats(stack: Stack, days: TableDays) -> None:
    day = open_with_twenty_seats(days, stack.offices["bogor"], stack.bookable_days())
    crowd = [Applicant(stack) for _ in range(APPLICANTS)]
    with ThreadPoolExecutor(8) as pool:
        echoes = list(pool.map(lambda applicant: applicant.register(day), crowd))
    with ThreadPoolExecutor(APPLICANTS) as pool:
        approvals = pool.map(lambda pair: pair[0].send(text=approval_code(pair[1])), zip(crowd, echoes, strict=True))
        assert {delivery["status"] for approval in approvals for delivery in approval["deliveries"]} == {200}
    answers = [applicant.next_answer() for applicant in crowd]

    tickets = [answer for answer in answers if answer["type"] == "image"]
    refusals = [answer for answer in answers if answer["type"] != "image"]
    assert sorted(queue_number(ticket) for ticket in tickets) == list(range(1, SEATS + 1))
    assert len(refusals) == APPLICANTS - SEATS
    assert all("saat ini penuh" in text_of(refusal) for refusal in refusals)
    assert sum(len(slot.seats) for slot in days.slots(day).values()) == SEATS
    # Nobody was told anything else besides.
    assert Counter(len(applicant.answers()) for applicant in crowd) == {2: APPLICANTS}


def test_many_writers_of_one_day_give_each_seat_once(stack: Stack, table: Table, days: TableDays) -> None:
    """The queue has one writer a day. This takes it away: the conditions alone must hold."""
    office = stack.offices["bogor"]
    day = open_with_twenty_seats(days, office, stack.bookable_days())
    bookings = TableBookings(table, timedelta(days=90))
    pending = []
    for _ in range(APPLICANTS):
        sender = f"62813{random.randrange(10**8):08d}"
        new = booking(
            code=f"BGR{sender[-8:]}",
            service_date=day,
            claims=(f"PHONE#{sender}",),
            claims_until=office.end_of(day),
            sent_at=stack.now().replace(microsecond=0),
            approve_by=stack.now() + timedelta(hours=1),
        )
        bookings.register(new, [])
        pending.append(new)
    outbox = FakeOutbox()
    seating = Seating(
        office, KEY, TableDecisions(table), bookings, days, FakeDayQueue(), outbox, FakeClock(stack.now())
    )

    def approve(index: int) -> None:
        new = pending[index]
        request = SeatRequest(SeatAction.SEAT, new.code, day, f"wamid.{new.code}", new.sender, new.sent_at)

        def settled() -> Sequence[str] | None:
            try:
                return seating.settle(day, [request])
            except Unsettled:
                return None  # beaten to the seat eight times in a row; the queue brings it back

        # Delivered twice, too.
        for _ in range(2):
            eventually(settled, "decision", 60)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(approve, range(APPLICANTS)))

    stored = bookings.get_all([new.code for new in pending])
    seats = {number: code for slot in days.slots(day).values() for number, code in slot.seats.items()}
    assert sorted(seats) == list(range(1, SEATS + 1))
    assert len(set(seats.values())) == SEATS
    for number, code in seats.items():
        given = stored[code].seat
        assert given is not None
        assert given.number == number
    assert Counter(found.state for found in stored.values()) == {
        State.CONFIRMED: SEATS,
        State.LAPSED: APPLICANTS - SEATS,
    }
    assert Counter(outbox.kinds()) == {"ticket": SEATS, "day_full": APPLICANTS - SEATS}
