"""Looks for free seats. What it finds is advice: the write that takes a seat decides."""

from datetime import date, datetime, timedelta

from antrian.domain.answer import Answer
from antrian.domain.booking import Booking, Lapse
from antrian.domain.office import Office
from antrian.domain.ports import Days
from antrian.domain.seats import Slot, earliest_free
from antrian.usecases import wording


class Availability:
    """Answer where seats are free, as of now."""

    def __init__(self, office: Office, days: Days) -> None:
        self._office = office
        self._days = days

    def slots(self, day: date) -> list[Slot]:
        """Return a day's slots in the order of their hours: as they are stored, else as the office plans them."""
        if stored := self._days.slots(day):
            return [stored[starts_at] for starts_at in sorted(stored)]
        return [Slot.planned(plan) for plan in self._office.slots(day)]

    def has_seat(self, day: date, now: datetime) -> bool:
        """Tell whether a day has a free seat that can still be reached in time."""
        return earliest_free(self.slots(day), now, timedelta(minutes=self._office.come_early_minutes)) is not None

    def next_day(self, after: date, now: datetime) -> date | None:
        """Return the first bookable day after this one that has a free seat, else the first before it, else None."""
        days = self._office.bookable_days(now)
        later, earlier = [day for day in days if day > after], [day for day in days if day < after]
        return next((day for day in later + earlier if self.has_seat(day, now)), None)

    def about(self, booking: Booking, now: datetime) -> Answer:
        """Return the answer to somebody who approves a booking, by the state in which it stands."""
        full = booking.lapse is Lapse.DAY_FULL
        return wording.about(booking, self._office, now, self.next_day(booking.service_date, now) if full else None)
