"""Reminds everybody who has a seat, on the evening before their day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from antrian.domain import answers
from antrian.domain.booking import Booking, State
from antrian.domain.delivery import Outgoing
from antrian.domain.notice import Notice
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, Clock, Days, Outbox
from antrian.domain.seats import Slot
from antrian.usecases.schedule.fault_isolation import for_each


@dataclass(frozen=True, slots=True)
class Reminding:
    """The reminders of one office."""

    office: Office
    bookings: Bookings
    days: Days
    outbox: Outbox
    clock: Clock

    def remind(self) -> int:
        """Remind of tomorrow once the office's hour for it has come, and return how many reminders were handed over.

        May be repeated, overlap with itself, and die at any point: a day counts as reminded only when all its reminders
        are handed over, and each goes out once. One slot's fault does not stop the others: raises ExceptionGroup at the
        end.
        """
        now = self.clock.now()
        tomorrow = self.office.local(now).date() + timedelta(days=1)
        since = self.office.reminded_at(tomorrow)
        if since is None or now < since or self.office.closure(tomorrow) is not None:
            return 0
        if self.days.reminded_at(tomorrow) is not None:
            return 0
        slots = self.days.slots(tomorrow).values()
        reminded = for_each(slots, lambda slot: self._remind(tomorrow, slot, since), "slots could not be reminded")
        if slots:
            self.days.note_reminded(tomorrow, now)
        return reminded

    def _remind(self, day: date, slot: Slot, since: datetime) -> int:
        due = [b for b in self.bookings.get_all(slot.seats.values()).values() if _is_due(b, day, since)]
        for booking in due:
            self.outbox.put(Outgoing(Notice.REMINDER.id_for(booking), booking.sender, answers.reminder(booking)))
        return len(due)


def _is_due(booking: Booking, day: date, since: datetime) -> bool:
    """Tell whether a booking is for this day and was seated before `since`; a ticket of that evening reminds too."""
    seated_at = max((move.at for state, move in booking.moves if state is State.CONFIRMED), default=since)
    return booking.state is State.CONFIRMED and booking.service_date == day and seated_at < since
