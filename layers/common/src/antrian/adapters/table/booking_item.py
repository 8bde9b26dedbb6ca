"""A booking as the table stores it, and the conditions and updates with which several stores write it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from antrian.adapters.table.items import DateAttribute, Item
from antrian.domain.booking import Booking, FormerIds, Lapse, Move, Seat, State, StateChange
from antrian.domain.claims import ClaimKey
from antrian.domain.message import Photo, Sender
from antrian.domain.scan import Scan


class BookingItem(Item):
    """The item of one booking; `BOOKING#<code>` / `BOOKING`."""

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
        """Return an item with this booking's keys and nothing else, to be updated."""
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
            claims=stored_claims(booking.claims),
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
            claims=tuple(map(ClaimKey, self.claims)),
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
            former=tuple(_former(stored) for stored in self.former),
        )

    def _check_in(self) -> Scan | None:
        if self.nonce is None:
            return None
        learnt_at, late = self.learnt_at, bool(self.admits_late)
        return Scan(self.nonce, self.officer, self.device, self.checked_in_at, learnt_at, late)


def claims_as_read(booking: Booking) -> Condition:
    """Return the condition that a booking still has the claims with which it was read, so that all end with it.

    They also hold until the same moment: a booking that was moved to another day meanwhile has them for longer.
    """
    same_claims = BookingItem.claims == stored_claims(booking.claims)
    as_read: Condition = same_claims & (BookingItem.claims_until == booking.claims_until)
    return as_read


def sender_as_read(booking: Booking) -> Condition:
    """Return the condition that a booking still has the sender with whom it was read."""
    phone, user_id = booking.sender.phone, booking.sender.user_id
    same_phone = BookingItem.phone == phone if phone else BookingItem.phone.does_not_exist()
    same_user_id = BookingItem.user_id == user_id if user_id else BookingItem.user_id.does_not_exist()
    as_read: Condition = same_phone & same_user_id
    return as_read


def leaves_ids(booking: Booking, at: datetime) -> Action:
    """Return the update that records the ids that a booking had until a moment."""
    left = {"ids": stored_claims(sorted(booking.ids)), "until": at.isoformat()}
    # Bookings that are older than this list have none.
    return BookingItem.former.set((BookingItem.former | []).append([left]))


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


def stored_claims(claims: Iterable[ClaimKey]) -> list[str]:
    """Return the keys of claims as they are stored: PynamoDB takes plain texts, and none of their subclasses."""
    return [str(key) for key in claims]


def _move(stored: Mapping[str, str]) -> StateChange:
    day = date.fromisoformat(stored["service_date"]) if "service_date" in stored else None
    move = Move(datetime.fromisoformat(stored["at"]), stored.get("message_id", ""), day)
    return StateChange(State(stored["to"]), move)


def _former(stored: Mapping[str, Any]) -> FormerIds:
    return FormerIds(frozenset(map(ClaimKey, stored["ids"])), datetime.fromisoformat(stored["until"]))
