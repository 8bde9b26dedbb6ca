"""Looks for days that the office has closed and on which people have seats, and asks for their end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from antrian.domain.booking import State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.notice import Notice
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Clock, DayQueue, Days
from antrian.usecases.schedule.fault_isolation import for_each
from antrian.usecases.schedule.sweeping import LOOK_BACK


@dataclass(frozen=True, slots=True)
class Closing:
    """The bookings of one office that have to be called off. Whoever writes the seats does it, and tells people."""

    office: Office
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    clock: Clock

    def close(self) -> int:
        """Ask for the end of every booking with a seat on a closed day, and return of how many.

        Nothing has to be remembered: what was called off has no seat any more, and the same request put again changes
        nothing. One day's fault does not stop the others: raises ExceptionGroup at the end.
        """
        return for_each(self._closed_days(), self._call_off, "closed days could not be cleared")

    def _closed_days(self) -> Iterator[date]:
        today = self.office.local(self.clock.now()).date()
        days = (
            today + timedelta(days=ahead) for ahead in range(-LOOK_BACK.days, self.office.registration.last_day + 1)
        )
        return (day for day in days if self.office.closure(day) is not None)

    def _call_off(self, day: date) -> int:
        codes = [code for slot in self.days.slots(day).values() for code in slot.seats.values()]
        confirmed = [b for b in self.bookings.get_all(codes).values() if b.state is State.CONFIRMED]
        # Claims end at this moment, and WhatsApp dates messages to the second: who reads the notice may write at once.
        now = self.clock.now().replace(microsecond=0)
        for booking in confirmed:
            id_ = Notice.CLOSED.id_for(booking)
            self.day_queue.put(SeatRequest(SeatAction.CALL_OFF, booking.code, day, id_, booking.sender, now))
        return len(confirmed)
