"""Finds out which booking a submission is about."""

from dataclasses import dataclass
from datetime import datetime

from antrian.domain.booking import Booking, State
from antrian.domain.ports import Bookings
from antrian.domain.submission import Submission
from antrian.usecases.bookings.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The bookings that submissions are about: by the code that a submission names, else by its sender."""

    bookings: Bookings
    identity: Identity

    def find(self, submission: Submission, booking_code: str | None) -> Booking | None:
        """Return the booking with this code, or, without a code, the booking that the sender means; None if none.

        Raises Unsettled.
        """
        if booking_code:
            return self.bookings.get(booking_code)

        def rank(booking: Booking) -> tuple[bool, bool, datetime]:
            # There are two where an account booked by its phone number and by its user id.
            overtook_this = booking.sent_at > submission.at
            stands = booking.state in {State.PENDING, State.CONFIRMED}
            return overtook_this, stands, booking.claims_until

        return max(self.identity.bookings_of(submission), key=rank, default=None)
