"""Looks for free seats. What it finds is only advice: the write that takes a seat decides."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

from antrian.domain.booking import Booking
from antrian.domain.delivery import MOST_ROWS
from antrian.domain.message import Sender
from antrian.domain.office import Office
from antrian.domain.ports import Days
from antrian.domain.seats import Slot, all_free, earliest_free, fingerprints


class Availability:
    """The seats that are free for somebody. Each day is read once and not again.

    `key` is the secret that makes the fingerprints of who gave a seat up. A seat that cools looks like one that is
    taken: whoever could tell them apart would know when to come for it.
    """

    def __init__(self, *, office: Office, key: bytes, days: Days) -> None:
        self._office = office
        self._key = key
        self._days = days
        self._looked_at: dict[date, list[Slot]] = {}

    def slots(self, day: date) -> list[Slot]:
        """Return a day's slots in the order of their hours: as they are stored, else as the office plans them."""
        if day not in self._looked_at:
            stored = self._days.slots(day)
            planned = [] if stored else [Slot.planned(plan) for plan in self._office.slots(day)]
            self._looked_at[day] = [stored[starts_at] for starts_at in sorted(stored)] or planned
        return self._looked_at[day]

    def has_seat(self, day: date, now: datetime, sender: Sender) -> bool:
        """Tell whether a day has a seat for this sender that can still be reached in time."""
        return earliest_free(self._office, self.slots(day), now, fingerprints(self._key, sender)) is not None

    def first_of(self, days: Iterable[date], now: datetime, sender: Sender) -> date | None:
        """Return the first of these days with a seat for this sender, None where none has one."""
        return next((day for day in days if self.has_seat(day, now, sender)), None)

    def days_with_seats(self, now: datetime, sender: Sender, *, but: date | None = None) -> list[tuple[date, int]]:
        """Return the next bookable days with seats for this sender, as many as a list shows, and each one's seats."""
        offered: list[tuple[date, int]] = []
        own = fingerprints(self._key, sender)
        for day in self._office.bookable_days(now):
            seats = sum(1 for _ in all_free(self._office, self.slots(day), now, own)) if day != but else 0
            if seats:
                offered.append((day, seats))
            if len(offered) == MOST_ROWS:
                break
        return offered

    def next_day(self, after: date, now: datetime, sender: Sender, *, but: date | None = None) -> date | None:
        """Return the first bookable day after this one with a seat for this sender, else the first before, else None.

        `but` is a day that is of no use to them, because they are booked for it.
        """
        return next(self._days_with_seats(after, now, sender, but), None)

    def next_day_for(self, booking: Booking, now: datetime) -> date | None:
        """Return `next_day` for the holder of a booking, seen from the day of the booking."""
        return self.next_day(booking.service_date, now, booking.sender)

    def next_days(self, after: date, now: datetime, sender: Sender) -> list[date]:
        """Return up to three such days, in the order in which `next_day` chooses."""
        return list(islice(self._days_with_seats(after, now, sender, None), 3))

    def _days_with_seats(self, after: date, now: datetime, sender: Sender, but: date | None) -> Iterator[date]:
        days = [day for day in self._office.bookable_days(now) if day != but]
        later, earlier = [day for day in days if day > after], [day for day in days if day < after]
        return (day for day in later + earlier if self.has_seat(day, now, sender))
