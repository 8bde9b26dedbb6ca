"""The one tree of refusals: how the outside refuses what it is asked, and what the use cases make of that.

Refusal
├── WriteRefused           what a conditional write found instead of what it was to find
│   ├── Decided            this message was decided before
│   ├── BookingExists      another booking has this code
│   ├── ClaimsHeld         another booking stands for these identities
│   ├── StaleRead          something is no longer as it was read
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
    """The base of all refusals. A refusal is an outcome with a name; a fault has none."""


class WriteRefused(Refusal):
    """A write whose condition does not hold; nothing of it was written."""


class Decided(WriteRefused):
    """A message was decided before; `decision` is the recorded one."""

    def __init__(self, decision: Decision) -> None:
        super().__init__("this message was decided before")
        self.decision = decision


class BookingExists(WriteRefused):
    """A code that another booking has; `booking` is that one."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"booking {booking.code} exists")
        self.booking = booking


class ClaimsHeld(WriteRefused):
    """Identities of which another booking stands for some; `claims` are theirs."""

    def __init__(self, claims: Collection[Claim]) -> None:
        super().__init__(f"held by {', '.join(sorted({claim.booking_code for claim in claims}))}")
        self.claims = claims


class StaleRead(WriteRefused):
    """A write that was worked out from something that is no longer as it was read."""


class NotLetIn(WriteRefused):
    """A code that does not let its holder in; `booking` is as the write found it, None when there is none."""

    def __init__(self, booking: Booking | None) -> None:
        super().__init__("not let in")
        self.booking = booking


class Scanned(WriteRefused):
    """A scan that was decided before; `record` is what was decided."""

    def __init__(self, record: ScanRecord) -> None:
        super().__init__("this scan was decided before")
        self.record = record


class NonceTaken(Refusal):
    """A nonce that was used before, for the scan of another code: a phone makes a new one for each scan."""


class Unsettled(Refusal):
    """A write that was refused too often in a row; what was asked has to be delivered again."""


class Unsayable(Refusal):
    """An answer that cannot be put into words: it lacks a value, or the texts are wrong."""


class ChannelRefused(Refusal):
    """Something that WhatsApp does not give or take."""


class NoPhoto(ChannelRefused):
    """A photo that cannot be had, now or later; the text says why and holds no personal data."""


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
    """Something that will go through after a pause; the text is for logs and holds no personal data.

    `this_recipient_only`: nobody else has to wait.
    """

    def __init__(self, reason: str, *, this_recipient_only: bool = False) -> None:
        super().__init__(reason)
        self.this_recipient_only = this_recipient_only


class LineDown(ChannelRefused):
    """A state in which nothing goes through until a person has mended something.

    The text is for logs and holds no personal data.
    """
