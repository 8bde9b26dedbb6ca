"""What the use cases ask of the outside, and how it refuses.

Moves are methods here, not reads and writes: each decides in its own write and refuses with one of

- Refusal
  - BookingExists: the booking code is taken, perhaps by this very message
  - ClaimsHeld: another booking stands for one of these identities
  - Moved: something was not as the caller had read it; read again and decide anew
  - NotLetIn: the door stays shut for this code
  - Scanned: this very scan was decided before

Each carries what the write found, so that the true reason can be told. A use case that is refused time and again gives
up with Unsettled, and what it was asked has to come again. Faults of the outside are other exceptions.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from antrian.domain.answer import Answer
from antrian.domain.booking import Booking, Lapse, Move, Seat
from antrian.domain.door import ScanRecord
from antrian.domain.message import Message, Sender
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Slot


@dataclass(frozen=True, slots=True)
class Claim:
    """Tie an identity (phone number, user id, person) to the one booking that it may have, until a moment."""

    key: str
    booking_code: str
    until: datetime


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


@dataclass(frozen=True, slots=True)
class Retirement:
    """Move a pending booking out of the way of a new one: REPLACED, or LAPSED where `lapse` says why."""

    booking: Booking
    lapse: Lapse | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Give a pending booking its seat."""

    booking: Booking
    seat: Seat
    move: Move


@dataclass(frozen=True, slots=True)
class LetLapse:
    """End a pending booking that was approved and cannot have a seat, and release its claims."""

    booking: Booking
    lapse: Lapse
    move: Move


@dataclass(frozen=True, slots=True)
class Cancel:
    """End a pending or confirmed booking, take its seat back and release its claims.

    A message cancels one booking: the same #batal delivered again must not end what was registered after it.
    """

    booking: Booking
    move: Move


Change = Confirm | LetLapse | Cancel


class Bookings(Protocol):
    """Keep bookings and the claims of those who hold them."""

    def get(self, code: str) -> Booking | None:
        """Return a booking as it is now."""

    def get_all(self, codes: Iterable[str]) -> Mapping[str, Booking]:
        """Return those of these bookings that exist, by code, as they are now."""

    def held_by(self, claim_keys: Iterable[str]) -> Sequence[Claim]:
        """Return the claims that these identities have, ended ones included."""

    def code_behind(self, approval_code: str) -> str | None:
        """Return the booking that this approval code was last given to. Only for explaining: it decides nothing."""

    def withdrawn_by(self, message_ids: Iterable[str]) -> Mapping[str, str]:
        """Return which booking each message has cancelled; a code that no booking has where it found none."""

    def withdraw_nothing(self, message_id: str, at: datetime) -> None:
        """Record that a message found nothing to cancel, so that it cancels nothing later either."""

    def register(self, booking: Booking, retired: Collection[Retirement]) -> None:
        """Put a pending booking, take its claims and retire others, all or nothing.

        A claim may be taken when there is none, when it ended before the booking's message was sent, or when its
        booking is retired here. Raises BookingExists, ClaimsHeld, Moved.
        """

    def turn_away(self, booking: Booking) -> None:
        """Put a booking that lapsed as it was asked for, so that its message makes no other. Raises BookingExists.

        It holds no claims.
        """

    def expire(self, booking: Booking, now: datetime) -> None:
        """Void a confirmed booking whose time has passed and release its claims. Raises Moved."""


class Door(Protocol):
    """Keep who was let in, and what was decided on each scan."""

    def check_in(self, code: str, scan: Scan, digest: str) -> Booking:
        """Let the holder of a booking in within its window, record the scan, and return the booking.

        The window ends at the hour, or with the grace for a scan that admits late. A booking that expired because its
        scan was told late is let in all the same. Raises NotLetIn, Scanned.
        """

    def keep(self, record: ScanRecord) -> ScanRecord:
        """Record a scan that let nobody in, and return the record that stands: the first one of its nonce."""

    def record_of(self, nonce: str) -> ScanRecord | None:
        """Return what was decided on a scan."""

    def undo(self, booking: Booking, record: ScanRecord, undoing: Undoing) -> Booking:
        """Take a check-in back, and return the booking, which waits for its holder or for the sweep. Raises Moved."""


class Days(Protocol):
    """Keep the slots of each service date."""

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        """Return the stored slots of a day by their hours; empty when nobody has opened the day yet."""

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        """Store all slots of a day at once, unless it is open already."""

    def settle(self, day: date, changes: Sequence[Change]) -> None:
        """Make all these changes of one day, or none. A booking stands in one change at most. Raises Moved."""

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        """Let a slot give no seats any more, and return it as it then is."""

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        """Record that nothing is left to do for a closed slot, unless it was reopened since it was read so."""


class Wish(StrEnum):
    """Name what a message wants of a day's seats."""

    SEAT = "seat"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """Ask for a booking's seat, or to take it back, on behalf of a message."""

    wish: Wish
    booking_code: str
    service_date: date
    message_id: str
    sender: Sender
    sent_at: datetime

    @classmethod
    def of(cls, wish: Wish, booking: Booking, message: Message) -> "SeatRequest":
        """Return what a message wants of a booking."""
        return cls(wish, booking.code, booking.service_date, message.id, message.sender, message.sent_at)


class DayQueue(Protocol):
    """Carry seat requests to the one writer of each day, in order."""

    def put(self, request: SeatRequest) -> None:
        """Hand a request over. The same message's request put again within minutes arrives once."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Address an answer. `id` is the same whenever the same answer is made again, so that it goes out once."""

    id: str
    to: Sender
    answer: Answer


class Outbox(Protocol):
    """Carry answers to WhatsApp, in order for each recipient."""

    def put(self, outgoing: Outgoing) -> None:
        """Hand an answer over. The same id put again is not sent again."""


@dataclass(frozen=True, slots=True)
class Button:
    """Offer a tap; `id` is what the applicant could have typed instead."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Template:
    """Name a message that WhatsApp approved beforehand, with the values of its parameters in order."""

    name: str
    language: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Hold an answer in words. `qr` is what a QR image beside the text shows; the text is then its caption.

    `template` says the same to somebody who has not written for a day, where there is one.
    """

    text: str
    buttons: tuple[Button, ...] = ()
    qr: str | None = None
    template: Template | None = None


class WindowClosed(Exception):
    """Refuse free text to somebody who has not written within 24 hours; a template would go through."""


class Undeliverable(Exception):
    """Refuse a message for good; the text is WhatsApp's code and no personal data."""


class Channel(Protocol):
    """Send to WhatsApp."""

    def send(self, to: Sender, rendered: Rendered, outgoing_id: str) -> str:
        """Send an answer and return WhatsApp's id for it, empty when it is not known.

        Raises WindowClosed, Undeliverable; every other exception means that it has to be tried again later.
        """

    def send_template(self, to: Sender, template: Template, outgoing_id: str) -> str:
        """Send a template and return WhatsApp's id for it. Raises as `send` does, but for WindowClosed."""


class SentLog(Protocol):
    """Remember what went out, so that it goes out once."""

    def has(self, outgoing_id: str) -> bool:
        """Tell whether this answer went out, or was given up."""

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> None:
        """Record that an answer went out."""

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> None:
        """Record why an answer will never go out."""


class Wording(Protocol):
    """Put answers into words."""

    def render(self, answer: Answer) -> Rendered:
        """Return an answer in the office's words."""


class SigningKey(Protocol):
    """Sign what QR codes say, with a key that never leaves its safe."""

    def sign(self, content: bytes) -> bytes:
        """Return the signature of a content: 64 bytes, ECDSA on P-256 with SHA-256, r and s side by side."""

    def verifies(self, content: bytes, signature: bytes) -> bool:
        """Tell whether this key signed this content."""
