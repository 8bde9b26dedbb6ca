"""The sweep: closes every slot whose grace has passed, voids the bookings of whoever did not come, and tells them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from antrian.domain import answers
from antrian.domain.booking import Booking, Move, State, StateChange
from antrian.domain.delivery import Outgoing
from antrian.domain.notice import Notice
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Clock, Days, Outbox
from antrian.domain.refusals import StaleRead
from antrian.domain.seats import Slot
from antrian.usecases.schedule.fault_isolation import for_each

# How far back the sweep looks for unfinished slots, in case the schedule has stood still. Older codes are void at the
# door anyway, and their claims have ended with their day.
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Sweeping:
    """The bookings of one office that were not used."""

    office: Office
    bookings: Bookings
    days: Days
    outbox: Outbox
    clock: Clock

    def sweep(self) -> int:
        """Finish every slot whose grace has passed, and return how many bookings were found void.

        May be repeated, overlap with itself, and die at any point: a slot counts as finished only when each booking in
        it has been settled and its holder told. One slot's fault does not stop the others: raises ExceptionGroup at the
        end.
        """
        now = self.clock.now()
        overdue = self._overdue(now)
        return for_each(overdue, lambda found: self._finish(*found, now), "slots could not be finished")

    def _overdue(self, now: datetime) -> Iterator[tuple[date, Slot]]:
        today = self.office.local(now).date()
        grace = self.office.service.grace
        for ago in range(LOOK_BACK.days, -1, -1):
            day = today - timedelta(days=ago)
            if self.office.closure(day) is not None:
                continue  # nobody could come: whatever still stands there is called off, and is not the holder's fault
            for starts_at, slot in sorted(self.days.slots(day).items()):
                if slot.finished_at is None and starts_at + grace < now:
                    yield day, slot

    def _finish(self, day: date, slot: Slot, now: datetime) -> int:
        # Close it first: a seat that is given after the bookings were read would be missed.
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
            except StaleRead:
                # Checked in or cancelled meanwhile, or its own grace is longer than the office's is now.
                return State.CONFIRMED
            booking = replace(
                booking, state=State.EXPIRED, moves=(*booking.moves, StateChange(State.EXPIRED, Move(now)))
            )
        elif booking.state is not State.EXPIRED:
            return booking.state
        notice = answers.expired(booking, self.office, now)
        self.outbox.put(Outgoing(Notice.EXPIRED.id_for(booking), booking.sender, notice))
        return State.EXPIRED
