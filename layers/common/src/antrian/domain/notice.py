"""Notices: what we write unasked, each once, and only while it is true."""

from datetime import date, datetime
from enum import StrEnum

from antrian.domain.booking import Booking, Lapse, State


class Notice(StrEnum):
    """The kinds of notices; the value begins the id under which one goes out."""

    EXPIRED = "expired"
    REMINDER = "reminder"
    CLOSED = "closed"

    def id_for(self, booking: Booking) -> str:
        """Return the id under which this notice of a booking goes out, once, whatever is retried.

        A booking may expire again, after a check-in that was taken back; the holder is told again. A notice about a
        day has the day in its id.
        """
        if self is not Notice.EXPIRED:
            return f"{self}:{booking.code}:{booking.service_date.isoformat()}"
        times = sum(state is State.EXPIRED for state, _ in booking.moves)
        return f"{self}:{booking.code}" + (f":{times}" if times > 1 else "")

    @classmethod
    def of(cls, outgoing_id: str) -> "Notice | None":
        """Return which notice goes out under this id, None for the answer to a message."""
        prefix, colon, _ = outgoing_id.partition(":")
        return cls(prefix) if colon and prefix in {*cls} else None

    def is_true_of(self, booking: Booking | None, day: date, now: datetime) -> bool:
        """Tell whether this notice about a day is still true of a booking as it is now."""
        if booking is None or booking.service_date != day:
            return False
        match self:
            case Notice.EXPIRED:
                return booking.state is State.EXPIRED
            case Notice.REMINDER:
                seat = booking.seat
                return booking.state is State.CONFIRMED and seat is not None and now < seat.opens_at
            case Notice.CLOSED:
                return booking.state is State.CANCELLED and booking.lapse is Lapse.OFFICE_CLOSED
