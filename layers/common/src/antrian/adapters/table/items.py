"""The items of a table, as `docs/data-model.md` lists them. `Table.model` binds them to one."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.constants import STRING
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from antrian.domain.booking import Booking, Lapse, Move, Seat, State
from antrian.domain.claims import Claim
from antrian.domain.dialogue import Dialogue
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.draft import Draft, SentPhoto, SentWords
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Receipt, SentRecord, Ticket
from antrian.domain.request import Registration
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Cooling, Slot


class DateAttribute(Attribute[date]):
    """Store a calendar day as ISO 8601."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


# WhatsApp delivers a message again for up to 7 days, and the outbox keeps an answer for up to 14: what is stored to
# know a message again is kept for longer than both together.
MESSAGES_KEPT = timedelta(days=30)


class Item(Model):
    """Hold what all items share: the keys, and when TTL may remove them."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)


class BookingItem(Item):
    """Store one booking; `BOOKING#<code>` / `BOOKING`."""

    state = UnicodeAttribute()
    approval_code = UnicodeAttribute()
    message_id = UnicodeAttribute()
    phone = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    birth_date = DateAttribute()
    service_date = DateAttribute()
    sent_at = UTCDateTimeAttribute()
    approve_by = UTCDateTimeAttribute()
    claims: ListAttribute[str] = ListAttribute()
    claims_until = UTCDateTimeAttribute()
    number = NumberAttribute(null=True)
    starts_at = UTCDateTimeAttribute(null=True)
    opens_at = UTCDateTimeAttribute(null=True)
    void_after = UTCDateTimeAttribute(null=True)
    lapse = UnicodeAttribute(null=True)
    nonce = UnicodeAttribute(null=True)
    officer = UnicodeAttribute(null=True)
    device = UnicodeAttribute(null=True)
    checked_in_at = UTCDateTimeAttribute(null=True)
    learnt_at = UTCDateTimeAttribute(null=True)
    admits_late = BooleanAttribute(null=True)
    moves: ListAttribute[Any] = ListAttribute(default=list)
    ticket_arrived_for = DateAttribute(null=True)
    ticket_missed_for = DateAttribute(null=True)
    address = UnicodeAttribute(null=True)
    photo_id = UnicodeAttribute(null=True)
    photo_type = UnicodeAttribute(null=True)
    photo_key = UnicodeAttribute(null=True)
    former: ListAttribute[Any] = ListAttribute(default=list)

    @classmethod
    def key(cls, code: str) -> "BookingItem":
        """Return the item that has this booking's keys and nothing else, to be updated."""
        return cls(f"BOOKING#{code}", "BOOKING")

    @classmethod
    def read(cls, code: str) -> Booking:
        """Return a booking as it is now. Raises DoesNotExist."""
        return cls.get(f"BOOKING#{code}", "BOOKING", consistent_read=True).booking()

    @classmethod
    def of(cls, booking: Booking, expires_at: datetime) -> "BookingItem":
        """Return the item of a booking that is new: pending, or turned away."""
        return cls(
            f"BOOKING#{booking.code}",
            "BOOKING",
            expires_at=expires_at,
            state=booking.state,
            approval_code=booking.approval_code,
            message_id=booking.message_id,
            phone=booking.sender.phone,
            user_id=booking.sender.user_id,
            name=booking.name,
            birth_date=booking.birth_date,
            service_date=booking.service_date,
            sent_at=booking.sent_at,
            approve_by=booking.approve_by,
            claims=list(booking.claims),
            claims_until=booking.claims_until,
            lapse=booking.lapse,
            address=booking.address,
            photo_id=booking.photo.media_id if booking.photo else None,
            photo_type=booking.photo.mime_type if booking.photo else None,
            moves=[moved(booking.state, Move(booking.sent_at, booking.message_id))],
        )

    def booking(self) -> Booking:
        """Return what the item stores."""
        seat = None
        if self.number is not None:
            seat = Seat(int(self.number), self.service_date, self.starts_at, self.opens_at, self.void_after)
        return Booking(
            code=self.pk.removeprefix("BOOKING#"),
            state=State(self.state),
            approval_code=self.approval_code,
            message_id=self.message_id,
            sender=Sender(self.phone, self.user_id),
            name=self.name,
            birth_date=self.birth_date,
            service_date=self.service_date,
            sent_at=self.sent_at,
            approve_by=self.approve_by,
            claims=tuple(self.claims),
            claims_until=self.claims_until,
            seat=seat,
            lapse=Lapse(self.lapse) if self.lapse else None,
            check_in=self._check_in(),
            moves=tuple(_move(move) for move in self.moves),
            ticket_arrived_for=self.ticket_arrived_for,
            ticket_missed_for=self.ticket_missed_for,
            address=self.address,
            photo=Photo(self.photo_id, self.photo_type) if self.photo_id else None,
            photo_key=self.photo_key,
            former=tuple((frozenset(by["ids"]), datetime.fromisoformat(by["until"])) for by in self.former),
        )

    def _check_in(self) -> Scan | None:
        if self.nonce is None:
            return None
        learnt_at, late = self.learnt_at, bool(self.admits_late)
        return Scan(self.nonce, self.officer, self.device, self.checked_in_at, learnt_at, late)


class ClaimItem(Item):
    """Store whose booking an identity has; `CLAIM#<key>` / `CLAIM`."""

    booking_code = UnicodeAttribute()
    until = UTCDateTimeAttribute()

    @classmethod
    def key(cls, claim_key: str) -> "ClaimItem":
        """Return the item that has this claim's keys and nothing else, to be updated."""
        return cls(f"CLAIM#{claim_key}", "CLAIM")

    def claim(self) -> Claim:
        """Return what the item stores."""
        return Claim(self.pk.removeprefix("CLAIM#"), self.booking_code, self.until)


class RateLimitItem(Item):
    """Store which messages a sender wrote in a window, in the order of their coming; `RATE#<key>` / `<since in UTC>`.

    Messages are stored by their trace, which is short: the item stays under 1 KB.
    """

    messages: ListAttribute[str] = ListAttribute()

    @classmethod
    def key(cls, sender: Sender, since: datetime) -> "RateLimitItem":
        """Return the item of this sender's window that has its keys and nothing else, to be updated."""
        return cls(f"RATE#{sender.identities[0]}", f"{since:%Y-%m-%dT%H:%MZ}")


class DraftItem(Item):
    """Store what a sender has sent of a registration; `DRAFT#<key>` / `DRAFT`."""

    name = UnicodeAttribute(null=True)
    birth_date = DateAttribute(null=True)
    service_date = DateAttribute(null=True)
    address = UnicodeAttribute(null=True)
    words_in = UnicodeAttribute(null=True)
    words_at = UTCDateTimeAttribute(null=True)
    photo_id = UnicodeAttribute(null=True)
    photo_type = UnicodeAttribute(null=True)
    photo_in = UnicodeAttribute(null=True)
    photo_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def key(cls, sender: Sender) -> "DraftItem":
        """Return the item of this sender that has its keys and nothing else, to be updated."""
        return cls(f"DRAFT#{sender.stable_key}", "DRAFT")

    def draft(self) -> Draft:
        """Return what the item stores."""
        words = photo = None
        if self.words_in:
            asked = Registration(self.name, self.birth_date, self.service_date, self.address)
            words = SentWords(asked, self.words_in, self.words_at)
        if self.photo_in:
            photo = SentPhoto(Photo(self.photo_id, self.photo_type), self.photo_in, self.photo_at)
        return Draft(words, photo)


class DialogueItem(Item):
    """Store how far a sender was led to a registration; `DIALOGUE#<key>` / `DIALOGUE`."""

    message_id = UnicodeAttribute()
    sent_at = UTCDateTimeAttribute()
    name = UnicodeAttribute(null=True)
    birth_date = DateAttribute(null=True)
    address = UnicodeAttribute(null=True)
    service_date = DateAttribute(null=True)
    ended = BooleanAttribute(default=False)

    @classmethod
    def of(cls, sender: Sender, dialogue: Dialogue, kept: timedelta) -> "DialogueItem":
        """Return the item of a sender's dialogue."""
        return cls(
            *cls.key(sender),
            expires_at=dialogue.sent_at + kept,
            message_id=dialogue.message_id,
            sent_at=dialogue.sent_at,
            name=dialogue.name,
            birth_date=dialogue.birth_date,
            address=dialogue.address,
            service_date=dialogue.service_date,
            ended=dialogue.ended,
        )

    @classmethod
    def key(cls, sender: Sender) -> tuple[str, str]:
        """Return the keys of this sender's dialogue."""
        return f"DIALOGUE#{sender.stable_key}", "DIALOGUE"

    def dialogue(self) -> Dialogue:
        """Return what the item stores."""
        return Dialogue(
            message_id=self.message_id,
            sent_at=self.sent_at,
            name=self.name,
            birth_date=self.birth_date,
            address=self.address,
            service_date=self.service_date,
            ended=self.ended,
        )


class ApprovalItem(Item):
    """Store which booking an approval code was last given to, only for explaining; `APPROVAL#<code>` / `APPROVAL`."""

    booking_code = UnicodeAttribute()


class ChangeItem(Item):
    """Store which booking a message changed, or asked in vain to change; `CHANGE#<message id>` / `CHANGE`."""

    booking_code = UnicodeAttribute()

    @classmethod
    def key(cls, message_id: str) -> tuple[str, str]:
        """Return the keys of what a message changed."""
        return f"CHANGE#{message_id}", "CHANGE"


class MeaningItem(Item):
    """Store which booking a message meant when it came first; `MEANING#<message id>` / `MEANING`."""

    booking_code = UnicodeAttribute()

    @classmethod
    def key(cls, message_id: str) -> tuple[str, str]:
        """Return the keys of what a message meant."""
        return f"MEANING#{message_id}", "MEANING"


class OpenedItem(Item):
    """Store that a day's slots are stored, and that people were reminded of it; `DAY#2026-11-23` / `OPENED`."""

    reminded_at = UTCDateTimeAttribute(null=True)

    @classmethod
    def key(cls, day: date) -> "OpenedItem":
        """Return the item of this day."""
        return cls(f"DAY#{day.isoformat()}", "OPENED")


class SlotItem(Item):
    """Store one slot with its seats; `DAY#2026-11-23` / `SLOT#<starts_at in UTC>`.

    A seat has a booking code or, once it was given up, how it is held back: one place, so one condition guards both.
    """

    starts_at = UTCDateTimeAttribute()
    first_number = NumberAttribute()
    capacity = NumberAttribute()
    seats: MapAttribute[str, str] = MapAttribute(default=dict)  # type: ignore[no-untyped-call] # PynamoDB's
    closed_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    reopened = NumberAttribute(null=True)

    @classmethod
    def key(cls, day: date, starts_at: datetime) -> "SlotItem":
        """Return the item that has this slot's keys and nothing else, to be updated."""
        return cls(f"DAY#{day.isoformat()}", f"SLOT#{starts_at:%Y-%m-%dT%H:%MZ}")

    @classmethod
    def of(cls, day: date, slot: Slot, retention: timedelta) -> "SlotItem":
        """Return the item of a slot of which no seat is taken."""
        item = cls.key(day, slot.starts_at)
        item.starts_at = slot.starts_at
        item.first_number = slot.first_number
        item.capacity = slot.capacity
        item.expires_at = slot.starts_at + retention
        return item

    def slot(self) -> Slot:
        """Return what the item stores."""
        held = {int(number): holder for number, holder in self.seats.attribute_values.items()}
        return Slot(
            starts_at=self.starts_at,
            first_number=int(self.first_number),
            capacity=int(self.capacity),
            seats={number: holder for number, holder in held.items() if not is_cooling(holder)},
            cooling={number: read_cooling(holder) for number, holder in held.items() if is_cooling(holder)},
            closed_at=self.closed_at,
            finished_at=self.finished_at,
            reopened=int(self.reopened or 0),
        )


class ScanItem(Item):
    """Store what was decided on one scan; `SCAN#<nonce>` / `SCAN`."""

    outcome = UnicodeAttribute()
    digest = UnicodeAttribute()
    officer = UnicodeAttribute()
    device = UnicodeAttribute()
    happened_at = UTCDateTimeAttribute()
    learnt_at = UTCDateTimeAttribute()
    admits_late = BooleanAttribute()
    booking_code = UnicodeAttribute(null=True)
    undone_at = UTCDateTimeAttribute(null=True)
    undone_by = UnicodeAttribute(null=True)
    undone_on = UnicodeAttribute(null=True)
    undone_because = UnicodeAttribute(null=True)

    @classmethod
    def key(cls, nonce: str) -> "ScanItem":
        """Return the item that has this scan's keys and nothing else, to be updated."""
        return cls(f"SCAN#{nonce}", "SCAN")

    @classmethod
    def of(cls, record: ScanRecord, retention: timedelta) -> "ScanItem":
        """Return the item of a scan that nobody has undone."""
        item, scan = cls.key(record.scan.nonce), record.scan
        item.outcome, item.digest, item.booking_code = record.outcome.value, record.digest, record.booking_code
        item.officer, item.device, item.admits_late = scan.officer, scan.device, scan.admits_late
        item.happened_at, item.learnt_at = scan.at, scan.learnt_at
        item.expires_at = scan.learnt_at + retention
        return item

    def record(self) -> ScanRecord:
        """Return what the item stores."""
        nonce = self.pk.removeprefix("SCAN#")
        scan = Scan(nonce, self.officer, self.device, self.happened_at, self.learnt_at, self.admits_late)
        undoing = None
        if self.undone_at is not None:
            undoing = Undoing(self.undone_by or "", self.undone_on or "", self.undone_because or "", self.undone_at)
        return ScanRecord(scan, Outcome(self.outcome), self.digest, self.booking_code, undoing)


class SentItem(Item):
    """Store that an answer went out or why it cannot, and how far it got; `SENT#<id>` / `SENT`."""

    kind = UnicodeAttribute(null=True)
    sent_at = UTCDateTimeAttribute(null=True)
    whatsapp_id = UnicodeAttribute(null=True)
    failure = UnicodeAttribute(null=True)
    booking_code = UnicodeAttribute(null=True)
    service_date = DateAttribute(null=True)
    receipt = UnicodeAttribute(null=True)
    receipt_rank = NumberAttribute(null=True)
    receipt_at = UTCDateTimeAttribute(null=True)
    errors: ListAttribute[Any] = ListAttribute(default=list)

    @classmethod
    def key(cls, outgoing_id: str) -> "SentItem":
        """Return the item that has this answer's keys and nothing else, to be updated."""
        return cls(f"SENT#{outgoing_id}", "SENT")

    def record(self) -> SentRecord:
        """Return what the item stores."""
        ticket = Ticket(self.booking_code, self.service_date) if self.booking_code and self.service_date else None
        return SentRecord(
            kind=self.kind or "",
            ticket=ticket,
            whatsapp_id=self.whatsapp_id,
            failure=self.failure,
            receipt=Receipt(self.receipt) if self.receipt else None,
            receipt_at=self.receipt_at,
            errors=tuple(int(code) for code in self.errors),
        )


def claims_as_read(booking: Booking) -> Condition:
    """Return the condition that a booking has the claims with which it was read, so that none is left when it ends.

    They hold until the same moment, too: whoever was moved to another day meanwhile has them for longer.
    """
    same_claims = BookingItem.claims == list(booking.claims)
    as_read: Condition = same_claims & (BookingItem.claims_until == booking.claims_until)
    return as_read


def sender_as_read(booking: Booking) -> Condition:
    """Return the condition that a booking is of the sender with whom it was read."""
    phone, user_id = booking.sender.phone, booking.sender.user_id
    same_phone = BookingItem.phone == phone if phone else BookingItem.phone.does_not_exist()
    same_user_id = BookingItem.user_id == user_id if user_id else BookingItem.user_id.does_not_exist()
    as_read: Condition = same_phone & same_user_id
    return as_read


def leaves_ids(booking: Booking, at: datetime) -> Action:
    """Return the update that lets a booking know by which ids it went until a moment."""
    left = {"ids": sorted(booking.ids), "until": at.isoformat()}
    # A booking from before this was kept has no such list.
    return BookingItem.former.set((BookingItem.former | []).append([left]))


def seat_of(number: int) -> Path:
    """Return the place of a queue number in a slot's item."""
    return Path(["seats", str(number)])


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def written_cooling(cooling: Cooling) -> str:
    """Return how a seat is held back in at most 15 characters, because a slot's seats share 1 KB.

    Five for the minute of 1970's clock at which it was given up, two for the minutes until it is free, and four for
    each mark.
    """
    given_up_at = _base36((cooling.given_up_at - _EPOCH) // _MINUTE, 5)
    return given_up_at + _base36((cooling.until - cooling.given_up_at) // _MINUTE, 2) + "".join(sorted(cooling.marks))


def is_cooling(holder: str) -> bool:
    """Tell how a seat is held back from a booking code: codes are in capitals, and no minute since 2002 begins so."""
    return holder[0].islower()


def read_cooling(text: str) -> Cooling:
    """Return what `written_cooling` wrote."""
    given_up_at = _EPOCH + int(text[:5], 36) * _MINUTE
    until = given_up_at + int(text[5:7], 36) * _MINUTE
    return Cooling(given_up_at, until, frozenset(text[at : at + 4] for at in range(7, len(text), 4)))


def _base36(number: int, length: int) -> str:
    text = ""
    for _ in range(length):
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text


def moves_to(state: State, move: Move) -> Action:
    """Return the update that adds a move to a booking's moves."""
    return BookingItem.moves.set(BookingItem.moves.append([moved(state, move)]))


def moved(state: State, move: Move) -> Mapping[str, str]:
    """Return a move as it is stored."""
    stored = {"to": state.value, "at": move.at.isoformat()}
    if move.message_id:
        stored["message_id"] = move.message_id
    if move.service_date is not None:
        stored["service_date"] = move.service_date.isoformat()
    return stored


def _move(stored: Mapping[str, str]) -> tuple[State, Move]:
    day = date.fromisoformat(stored["service_date"]) if "service_date" in stored else None
    return State(stored["to"]), Move(datetime.fromisoformat(stored["at"]), stored.get("message_id", ""), day)
