"""Finds days that the office has closed although people have seats on them, and asks for the end of these bookings."""

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
    """The bookings of one office that have to be called off. `Seating` ends them and tells people."""

    office: Office
    bookings: Bookings
    days: Days
    day_queue: DayQueue
    clock: Clock

    def close(self) -> int:
        """Ask for the end of every booking with a seat on a closed day, and return how many there are.

        Nothing has to be remembered: a booking that was called off has no seat any more, and the same request put again
        changes nothing. One day's fault does not stop the others: raises ExceptionGroup at the end.
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
        # Claims end at this moment. WhatsApp dates messages to the second, so a message that somebody writes as soon as
        # they read the notice is not dated before it.
        now = self.clock.now().replace(microsecond=0)
        for booking in confirmed:
            id_ = Notice.CLOSED.id_for(booking)
            self.day_queue.put(SeatRequest(SeatAction.CALL_OFF, booking.code, day, id_, booking.sender, now))
        return len(confirmed)
