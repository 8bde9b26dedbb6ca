"""The reminder on the evening before: who gets it, and that nobody gets it twice or never."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from antrian.domain.answers import Kind
from antrian.domain.booking import State
from antrian.domain.delivery import Outgoing
from antrian.domain.seats import Slot
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, office, wib
from tests.fakes import FakeOutbox, FakeStore
from tests.unit.usecases.world import A_SECOND, World

SUNDAY = MONDAY - timedelta(days=1)
EVENING = wib(SUNDAY, 18)


@pytest.fixture
def world() -> World:
    return World(office(reminder_at=time(18)))


def reminders(world: World) -> list[str]:
    return sorted(id_ for id_ in world.outbox.answers if id_.startswith("reminder:"))


def test_who_has_a_seat_on_the_next_day_is_reminded_from_the_office_s_hour_on(world: World) -> None:
    booked = world.book()
    assert world.remind(EVENING - A_SECOND) == 0
    assert reminders(world) == []
    assert world.remind(EVENING) == 1
    reminder = world.outbox.answers[f"reminder:{booked.code}:2026-11-23"]
    assert reminder.to == BUDI
    assert reminder.answer.kind is Kind.REMINDER
    assert reminder.answer.fields["booking_code"] == booked.code
    assert reminder.answer.fields["starts_at"] == wib(MONDAY, 8).astimezone(UTC).isoformat()


def test_only_the_next_day_is_reminded_of_and_only_on_its_own_evening(world: World) -> None:
    world.book(SITI, TUESDAY)
    assert world.remind(EVENING) == 0
    assert world.remind(wib(MONDAY, 17, 59)) == 0
    assert world.remind(wib(MONDAY, 18)) == 1


def test_an_office_that_reminds_nobody_does_not() -> None:
    world = World()
    world.book()
    assert world.remind(EVENING) == 0


def test_a_minute_that_comes_late_reminds_all_the_same_and_the_next_day_is_too_late(world: World) -> None:
    booked = world.book()
    assert world.remind(wib(SUNDAY, 23, 59)) == 1
    assert reminders(world) == [f"reminder:{booked.code}:2026-11-23"]
    later = World(office(reminder_at=time(18)))
    later.book()
    assert later.remind(wib(MONDAY, 0)) == 0
    assert later.remind(wib(MONDAY, 18)) == 0


def test_whoever_booked_after_the_hour_has_a_ticket_of_the_same_evening_and_no_reminder(world: World) -> None:
    echo = world.register(at=EVENING - A_SECOND)
    assert world.approve(echo, at=EVENING).kind is Kind.TICKET
    assert world.remind(EVENING + timedelta(minutes=5)) == 0
    assert world.remind(EVENING + timedelta(minutes=6)) == 0


def test_whoever_moved_to_the_day_before_the_hour_is_reminded_of_the_new_day_alone(world: World) -> None:
    booked = world.book(day=TUESDAY)
    world.say("#ubah#23112026", at=EVENING - timedelta(minutes=1))
    assert world.remind(EVENING) == 1
    assert world.remind(wib(MONDAY, 18)) == 0
    assert reminders(world) == [f"reminder:{booked.code}:2026-11-23"]


def test_whoever_moved_to_the_day_after_the_hour_is_not(world: World) -> None:
    world.book(day=TUESDAY)
    world.say("#ubah#23112026", at=EVENING + A_SECOND)
    assert world.remind(EVENING + timedelta(minutes=1)) == 0


def test_whoever_cancelled_or_moved_away_is_not_reminded(world: World) -> None:
    world.book()
    world.book(SITI)
    world.say("#batal")
    world.say("#ubah#24112026", SITI)
    assert world.remind(EVENING) == 0


def test_whoever_moves_away_while_the_day_is_looked_at_is_reminded_of_their_new_day_on_its_own_evening() -> None:
    """The slot was read before the move, the booking after it."""
    world = World(office(reminder_at=time(18)))
    booked = world.book()
    before = world.store.slots(MONDAY)
    world.say("#ubah#24112026")

    class Late(FakeStore):
        def slots(self, day: date) -> dict[datetime, Slot]:
            return dict(before) if day == MONDAY else dict(super().slots(day))

    world.days = Late(**vars(world.store))
    assert world.remind(EVENING) == 0
    assert world.remind(wib(MONDAY, 18)) == 1
    assert reminders(world) == [f"reminder:{booked.code}:2026-11-24"]


def test_who_never_approved_is_not_reminded(world: World) -> None:
    world.register()
    world.fill(seats=1)
    assert world.remind(EVENING) == 1


def test_nobody_is_reminded_of_a_day_that_the_office_has_closed(world: World) -> None:
    world.book()
    world.closes(MONDAY)
    assert world.remind(EVENING) == 0


def test_a_day_is_looked_at_until_everybody_was_reminded_and_not_after(world: World) -> None:
    world.fill()
    assert world.remind(EVENING) == 4

    class NoSlots(FakeStore):
        def slots(self, day: date) -> dict[datetime, Slot]:
            raise AssertionError(f"{day} was looked at again")

    world.days = NoSlots(**vars(world.store))
    assert world.remind(EVENING + timedelta(minutes=1)) == 0
    assert len(reminders(world)) == 4


def test_a_death_before_a_day_counts_as_reminded_repeats_everything_and_sends_nothing_twice() -> None:
    class Dying(FakeStore):
        deaths = 1

        def note_reminded(self, day: date, now: datetime) -> None:
            if self.deaths:
                self.deaths -= 1
                raise ConnectionError
            super().note_reminded(day, now)

    world = World(office(reminder_at=time(18)), store=Dying())
    world.fill()
    with pytest.raises(ConnectionError):
        world.remind(EVENING)
    told = dict(world.outbox.answers)
    assert len(told) == 4 * 2 + 4
    assert world.remind(EVENING + timedelta(minutes=1)) == 4
    assert world.outbox.answers == told
    assert world.remind(EVENING + timedelta(minutes=2)) == 0


def test_an_outbox_that_fails_in_the_middle_leaves_nobody_out() -> None:
    class Failing(FakeOutbox):
        left = 1

        def put(self, outgoing: Outgoing) -> None:
            if outgoing.id.startswith("reminder:"):
                if not self.left:
                    raise ConnectionError
                self.left -= 1
            super().put(outgoing)

    failing = Failing()
    world = World(office(reminder_at=time(18)), outbox=failing)
    booked = world.fill()
    with pytest.RaisesGroup(ConnectionError, ConnectionError):
        world.remind(EVENING)
    assert len(reminders(world)) == 1
    failing.left = 10
    assert world.remind(EVENING + timedelta(minutes=1)) == 4
    assert reminders(world) == sorted(f"reminder:{booking.code}:2026-11-23" for booking in booked)


def test_each_zone_has_its_own_evening() -> None:
    world = World(office(reminder_at=time(18), zone=ZoneInfo("Asia/Jayapura")))
    world.book()
    assert world.remind(wib(SUNDAY, 15, 59)) == 0
    assert world.remind(wib(SUNDAY, 16)) == 1


def test_a_day_that_was_reminded_still_gives_its_seats(world: World) -> None:
    world.store.open(MONDAY, [Slot.planned(plan) for plan in world.office.slots(MONDAY)])
    assert world.remind(EVENING) == 0
    assert world.book().state is State.CONFIRMED
