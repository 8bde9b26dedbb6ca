"""How the outside refuses what it is asked, and what the use cases make of that: the one tree of it.

Refusal
├── WriteRefused           what a conditional write found instead of what it was to find
│   ├── Decided            this message was decided before
│   ├── BookingExists      another booking has this code
│   ├── ClaimsHeld         another booking stands for these identities
│   ├── Moved              something is no longer as it was read
│   ├── NotLetIn           the holder of this code may not come in
│   └── Scanned            this scan was decided before
├── NonceTaken             this scan's nonce belongs to the scan of another code
├── Unsettled              refused too often in a row; what was asked has to be delivered again
├── Unsayable              this answer cannot be put into words
└── ChannelRefused         what WhatsApp does not give or take
    ├── NoPhoto            there is no photo to be had
    ├── WindowClosed       the recipient has not written within 24 hours
    ├── Undeliverable      this message will never be taken
    ├── TryLater           it will go through after a pause
    └── LineDown           nothing goes through until a person has mended something
"""

from collections.abc import Collection

from antrian.domain.booking import Booking
from antrian.domain.claims import Claim
from antrian.domain.decision import Decision
from antrian.domain.door import ScanRecord


class Refusal(Exception):
    """The base of everything that refuses: an outcome that has a name, where a fault has none."""


class WriteRefused(Refusal):
    """A write whose condition does not hold; nothing of it was written."""


class Decided(WriteRefused):
    """A message was decided before; `decision` is what stands."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("this message was decided before")
        self.decision = decision


class BookingExists(WriteRefused):
    """Another booking has this code; `booking` is that one."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"booking {booking.code} exists")
        self.booking = booking


class ClaimsHeld(WriteRefused):
    """Another booking stands for some of these identities; `claims` are theirs."""

    def __init__(self, claims: Collection[Claim]) -> None:
        super().__init__(f"held by {', '.join(sorted({claim.booking_code for claim in claims}))}")
        self.claims = claims


class Moved(WriteRefused):
    """Something is no longer as it was read."""


class NotLetIn(WriteRefused):
    """A code does not let its holder in; `booking` is as the write found it, None when there is none."""

    def __init__(self, booking: Booking | None) -> None:
        super().__init__("not let in")
        self.booking = booking


class Scanned(WriteRefused):
    """A scan was decided before; `record` is what was decided."""

    def __init__(self, record: ScanRecord) -> None:
        super().__init__("this scan was decided before")
        self.record = record


class NonceTaken(Refusal):
    """A scan's nonce was used for another code: a phone makes a new one for each scan."""


class Unsettled(Refusal):
    """Writes were refused too often in a row; what was asked has to be delivered again."""


class Unsayable(Refusal):
    """An answer cannot be put into words: it lacks a value, or the texts are wrong."""


class ChannelRefused(Refusal):
    """WhatsApp does not give or take something."""


class NoPhoto(ChannelRefused):
    """A photo cannot be had, now or later; the text says why and holds no personal data."""


class WindowClosed(ChannelRefused):
    """Free text to somebody who has not written within 24 hours; a template would go through."""


class Undeliverable(ChannelRefused):
    """A message that will never be taken; the text is WhatsApp's code and no personal data.

    `ours`: the message is wrong, and its recipient could be reached with a right one.
    """

    def __init__(self, failure: str, *, ours: bool = False) -> None:
        super().__init__(failure)
        self.ours = ours


class TryLater(ChannelRefused):
    """What will go through after a pause; the text is for logs and holds no personal data.

    `this_recipient_only`: nobody else has to wait.
    """

    def __init__(self, reason: str, *, this_recipient_only: bool = False) -> None:
        super().__init__(reason)
        self.this_recipient_only = this_recipient_only


class LineDown(ChannelRefused):
    """Nothing goes through until a person has mended something; the text is for logs and holds no personal data."""
