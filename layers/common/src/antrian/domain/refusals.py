"""How the outside refuses, as the ports in `ports.py` say it."""

from collections.abc import Collection

from antrian.domain.booking import Booking
from antrian.domain.claims import Claim
from antrian.domain.door import ScanRecord


class Refusal(Exception):
    """Be the base of what a write refuses."""


class Unsettled(Exception):
    """Give up after too many refusals in a row; what was asked has to be delivered again."""


class BookingExists(Refusal):
    """Refuse a booking code that another booking has; `booking` is that one."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"booking {booking.code} exists")
        self.booking = booking


class ClaimsHeld(Refusal):
    """Refuse identities for which another booking stands; `claims` are theirs."""

    def __init__(self, claims: Collection[Claim]) -> None:
        super().__init__(f"held by {', '.join(sorted({claim.booking_code for claim in claims}))}")
        self.claims = claims


class Moved(Refusal):
    """Refuse because something is no longer as it was read."""


class NotLetIn(Refusal):
    """Refuse a code at the door; `booking` is as the write found it, None when there is none."""

    def __init__(self, booking: Booking | None) -> None:
        super().__init__("not let in")
        self.booking = booking


class Scanned(Refusal):
    """Refuse a scan that was decided before; `record` is what was decided."""

    def __init__(self, record: ScanRecord) -> None:
        super().__init__("this scan was decided before")
        self.record = record


class NoPhoto(Exception):
    """Refuse a photo for good; the text says why and holds no personal data."""


class WindowClosed(Exception):
    """Refuse free text to somebody who has not written within 24 hours; a template would go through."""


class Undeliverable(Exception):
    """Refuse a message for good; the text is WhatsApp's code and no personal data.

    `ours`: the message is wrong, and its recipient could be reached with a right one.
    """

    def __init__(self, failure: str, *, ours: bool = False) -> None:
        super().__init__(failure)
        self.ours = ours


class TryLater(Refusal):
    """Refuse for now what will go through later. `this_recipient_only`: nobody else has to wait.

    The text is for logs and holds no personal data.
    """

    def __init__(self, reason: str, *, this_recipient_only: bool = False) -> None:
        super().__init__(reason)
        self.this_recipient_only = this_recipient_only


class LineDown(Refusal):
    """Refuse whatever is sent until a person has mended something; the text is for logs, without personal data."""


class Unsayable(Exception):
    """Refuse an answer that cannot be put into words: it lacks a value, or the texts are wrong."""
