"""The ports: what the use cases ask of the outside. How it refuses stands in `refusals.py`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from antrian.domain.answers import Answer
from antrian.domain.booking import Booking
from antrian.domain.changes import Change, Retirement, SeatRequest
from antrian.domain.claims import Claim, ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.delivery import Outgoing, PhotoToKeep, Rendered, Seen, Template
from antrian.domain.dialogue import Dialogue
from antrian.domain.door import ScanRecord
from antrian.domain.draft import Draft
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Receipt, SentRecord, Ticket
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Slot


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""


class Bookings(Protocol):
    """All bookings, and the claims of those who hold them."""

    def get(self, code: str) -> Booking | None:
        """Return a booking as it is now."""

    def get_all(self, codes: Iterable[str]) -> Mapping[str, Booking]:
        """Return those of these bookings that exist, by code, as they are now."""

    def held_by(self, claim_keys: Iterable[ClaimKey]) -> Sequence[Claim]:
        """Return the claims that these identities have, ended ones included."""

    def code_behind(self, approval_code: str) -> str | None:
        """Return the booking that last got this approval code. It serves to explain, and decides nothing."""

    def register(self, booking: Booking, retired: Collection[Retirement], decision: Decision | None = None) -> None:
        """Put a pending booking, take its claims, retire others and record the message's decision, all or nothing.

        A claim may be taken when there is none, when it ended before the booking's message was sent, or when its
        booking is retired here. `decision` is None where no message asked for it. Raises Decided, BookingExists,
        ClaimsHeld, StaleRead.
        """

    def expire(self, booking: Booking, now: datetime) -> None:
        """Void a confirmed booking whose time has passed and release its claims. Raises StaleRead."""

    def rename(self, booking: Booking, sender: Sender, claims: Collection[ClaimKey], at: datetime) -> None:
        """Give a standing booking this sender and these claims, all or nothing, and keep its former ids.

        Claims that it had and that are not among these end at this moment. A claim that it did not have may be taken
        when there is none, or when it ended by this moment. Raises StaleRead, also when the booking's sender or claims
        are not as they were read.
        """

    def vacate(self, claim_keys: Iterable[ClaimKey], at: datetime) -> None:
        """Record that these identities are nobody's from this moment on, so that earlier messages book nothing there.

        Identities for which a booking stands, or whose claims ended later, are left alone.
        """

    def note_ticket(self, ticket: Ticket, *, arrived: bool) -> None:
        """Record for the desk that a booking's ticket reached its holder, or did not.

        Does nothing where the booking is gone, or is for another day by now.
        """

    def note_photo(self, code: str, photo: Photo, key: str) -> None:
        """Record under which key a booking's photo is kept. Does nothing where the booking is gone."""


class Decisions(Protocol):
    """What each message decided."""

    def decision_on(self, message_id: str) -> Decision | None:
        """Return the decision of a message, None if it has none yet.

        A request to the writer of a day's seats stays the decision after it has been answered.
        """

    def decide(self, decision: Decision) -> Decision:
        """Record a decision, unless its message has one, and return the one that is recorded."""

    def answers_to(self, message_ids: Iterable[str]) -> Mapping[str, Answer]:
        """Return the recorded answers to these messages, by message id."""


class RateLimit(Protocol):
    """The count of what each sender writes."""

    def count(self, sender: Sender, since: datetime, message_id: str, most: int) -> int | None:
        """Count a message, and return its place among those that its sender wrote in the window that began at `since`.

        The count starts at 1. A message that comes again is not counted again and has the same place. Counting stops at
        `most`: later messages have no place, and None is returned.
        """


class Dialogues(Protocol):
    """How far each sender has been led to a registration."""

    def dialogue_with(self, sender: Sender) -> Dialogue | None:
        """Return a sender's dialogue as their last message left it, however long ago; None if there is none."""

    def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
        """Put a sender's dialogue in place of the one that was read before. Raises StaleRead when it is another."""


class Door(Protocol):
    """The door: check-ins, and the decisions on scans."""

    def check_in(self, code: str, scan: Scan, digest: str) -> Booking:
        """Let the holder of a booking in within its window, record the scan, and return the booking.

        The window ends at the hour, or with the grace for a scan that admits late. A booking that expired because its
        scan reached us late is let in all the same. Raises NotLetIn, Scanned.
        """

    def keep(self, record: ScanRecord) -> ScanRecord:
        """Record a scan that let nobody in, and return the record that stands: the first one of its nonce."""

    def record_of(self, nonce: str) -> ScanRecord | None:
        """Return what was decided on a scan."""

    def undo(self, booking: Booking, record: ScanRecord, undoing: Undoing) -> Booking:
        """Take a check-in back and return the booking, which waits for its holder or the sweep. Raises StaleRead."""


class Days(Protocol):
    """The slots of each service date."""

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        """Return the stored slots of a day by their hours; empty when nobody has opened the day yet."""

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        """Store all slots of a day at once, unless it is open already."""

    def settle(self, changes: Sequence[Change], answered: Collection[Decision] = ()) -> None:
        """Make all these changes and record these answers to messages, all or nothing.

        A booking stands in one change at most. Raises StaleRead, also if a message has its answer already.
        """

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        """Let a slot give no seats any more, and return it as it then is."""

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        """Record that nothing is left to do for a closed slot, unless it was reopened since it was read."""

    def reminded_at(self, day: date) -> datetime | None:
        """Return when all reminders of a day had gone out, None before that."""

    def note_reminded(self, day: date, now: datetime) -> None:
        """Record that all reminders of an open day have gone out; the first time stays."""


class DayQueue(Protocol):
    """The queue of seat requests to the one writer of each day, in order."""

    def put(self, request: SeatRequest) -> None:
        """Hand a request over. The same message's request put again within minutes arrives once."""


class Outbox(Protocol):
    """The queue of answers to WhatsApp, in order for each recipient."""

    def put(self, outgoing: Outgoing) -> None:
        """Hand an answer over. The same id put again is not sent again."""

    def show_seen(self, seen: Seen) -> None:
        """Let the sender of a message see, before its answer, that it was read. It may get lost."""

    def keep_photo(self, wanted: PhotoToKeep) -> None:
        """Let a booking's photo be fetched and kept; no answer waits for it."""


class Drafts(Protocol):
    """The drafts of registrations, kept by sender until they are complete."""

    def keep(self, sender: Sender, draft: Draft) -> Draft:
        """Keep what one message brought of a registration, and return the sender's draft as it is stored then.

        What was sent later stays: a message that comes again must not register what has been overtaken.
        """


class PhotoSource(Protocol):
    """The source of photos: WhatsApp."""

    def fetch(self, photo: Photo) -> bytes:
        """Return a photo. Raises NoPhoto for good, and TryLater, LineDown for now."""


class PhotoStore(Protocol):
    """The photos that applicants sent, kept for as long as bookings, where few may see them."""

    def put(self, booking_code: str, photo: Photo, content: bytes) -> str:
        """Keep a booking's photo, in place of an earlier one, and return the key under which it is found."""


class Channel(Protocol):
    """The channel to applicants: WhatsApp."""

    def show_seen(self, message_id: str) -> None:
        """Show the sender of a message that it was read. Raises as `send` does."""

    def send(self, to: Sender, rendered: Rendered, outgoing_id: str) -> str:
        """Send an answer and return WhatsApp's id for it, empty when it is not known.

        Raises WindowClosed, Undeliverable for good, and TryLater, LineDown for now.
        """

    def send_template(self, to: Sender, template: Template, outgoing_id: str) -> str:
        """Send a template and return WhatsApp's id for it. Raises as `send` does, but for WindowClosed."""


class SentLog(Protocol):
    """The record of what went out, so that it goes out once, and of what became of it."""

    def find(self, outgoing_id: str) -> SentRecord | None:
        """Return what is known of an answer that went out or was given up, None when neither happened.

        A receipt alone proves that it went out.
        """

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> SentRecord:
        """Record that an answer went out beside what receipts told already, and return all that is known of it."""

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> SentRecord:
        """Record why an answer will never go out, and return all that is known of it."""

    def give_up_unread(self, outgoing_id: str, at: datetime) -> None:
        """Record that an answer could not even be read."""

    def receive(
        self, outgoing_id: str, receipt: Receipt, whatsapp_id: str, at: datetime, errors: tuple[int, ...]
    ) -> SentRecord:
        """Record how far an answer got, unless more is known already, and return all that is known of it."""


class Wording(Protocol):
    """The office's words for answers."""

    def render(self, answer: Answer) -> Rendered:
        """Return an answer in the office's words. Raises LookupError, TypeError and ValueError where it cannot."""


class SigningKey(Protocol):
    """The key that signs QR codes. It never leaves its safe."""

    def sign(self, content: bytes) -> bytes:
        """Return the signature of a content: 64 bytes, ECDSA on P-256 with SHA-256, r and s side by side."""

    def verifies(self, content: bytes, signature: bytes) -> bool:
        """Tell whether this key signed this content."""
