"""Sweeps the days: closes every slot whose grace has passed, voids the bookings of who did not come, and tells them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from antrian.domain.booking import Booking, State
from antrian.domain.clock import Clock
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Days, Moved, Outbox, Outgoing
from antrian.domain.seats import Slot
from antrian.usecases import wording

# How far back an unfinished slot is looked for, should the schedule have stood still. Older codes are void at the door
# anyway, and their claims have ended with their day.
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """Void what was not used, at one office."""

    office: Office
    bookings: Bookings
    days: Days
    outbox: Outbox
    clock: Clock

    def sweep(self) -> int:
        """Finish every slot whose grace has passed, and return how many bookings were found void.

        May be repeated, overlap with itself, and die at any point: a slot counts as finished only when everybody in
        it has been dealt with and told. One slot's fault does not stop the others: raises ExceptionGroup at the end.
        """
        now = self.clock.now()
        voided = 0
        faults: list[Exception] = []
        for day, slot in self._overdue(now):
            try:
                voided += self._finish(day, slot, now)
            except Exception as fault:  # noqa: BLE001 - raised below, when the other slots have had their turn
                faults.append(fault)
        if faults:
            raise ExceptionGroup(f"{len(faults)} slots could not be finished; the next sweep tries again", faults)
        return voided

    def _overdue(self, now: datetime) -> Iterator[tuple[date, Slot]]:
        today = self.office.local(now).date()
        grace = timedelta(minutes=self.office.grace_minutes)
        for ago in range(LOOK_BACK.days, -1, -1):
            day = today - timedelta(days=ago)
            for starts_at, slot in sorted(self.days.slots(day).items()):
                if slot.finished_at is None and starts_at + grace < now:
                    yield day, slot

    def _finish(self, day: date, slot: Slot, now: datetime) -> int:
        # Closed first: a seat given after the list was read would be missed.
        closed = self.days.close(day, slot.starts_at, now)
        voided, open_ = 0, 0
        for booking in self.bookings.get_all(closed.seats.values()).values():
            match self._void(booking, now):
                case State.EXPIRED:
                    voided += 1
                case State.CONFIRMED:
                    open_ += 1
        if not open_:
            self.days.finish(day, closed, now)
        return voided

    def _void(self, booking: Booking, now: datetime) -> State | None:
        if booking.state is State.CONFIRMED:
            try:
                self.bookings.expire(booking, now)
            except Moved:
                # Checked in or cancelled meanwhile, or its own grace is longer than the office's is now.
                return State.CONFIRMED
        elif booking.state is not State.EXPIRED:
            return booking.state
        self.outbox.put(Outgoing(f"expired:{booking.code}", booking.sender, wording.expired(booking, self.office, now)))
        return State.EXPIRED
