"""Lists who is expected on a day and who has come, and finds a booking when its code cannot be read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from antrian.domain import codes
from antrian.domain.booking import Booking, State
from antrian.domain.ports import Bookings, Days


@dataclass(frozen=True, slots=True)
class Attendance:
    """The bookings that have a seat at one office."""

    bookings: Bookings
    days: Days

    def of(self, day: date) -> Sequence[Booking]:
        """Return the bookings that have a seat on a day, in the order of their queue numbers."""
        slots = self.days.slots(day)
        seated = [code for starts_at in sorted(slots) for _, code in sorted(slots[starts_at].seats.items())]
        found = {booking.code: booking for booking in self.bookings.get_all(seated).values()}
        # Whoever cancelled or moved to another day between the two reads is not expected any more.
        expected = {code for code, booking in found.items() if booking.service_date == day}
        return [found[code] for code in seated if code in expected and found[code].state is not State.CANCELLED]

    def with_code_like(self, day: date, part: str) -> Sequence[Booking]:
        """Return the bookings of a day whose code contains these characters; case, spaces and dashes do not matter."""
        wanted = codes.normalised(part)
        return [booking for booking in self.of(day) if wanted in booking.code]

    def with_phone_ending(self, day: date, digits: str) -> Sequence[Booking]:
        """Return the bookings of a day whose sender's phone number ends with these digits."""
        return [booking for booking in self.of(day) if (booking.sender.phone or "").endswith(digits)]
