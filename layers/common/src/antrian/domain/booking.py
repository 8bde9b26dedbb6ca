"""A booking: its states, the moves between them, and what each move needs."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from antrian.domain.claims import ClaimKey, ClaimKind
from antrian.domain.message import Photo, Sender
from antrian.domain.scan import Scan

# How long an approval that came in time may wait in the day queue. Until then the booking may still be seated, and no
# other takes its place, though the time of its approval code has passed.
APPROVAL_MAY_WAIT = timedelta(hours=1)
# How often one booking may be moved to another day. Each move leaves behind a seat that cools and that nobody can use.
MOST_RESCHEDULES = 5


class State(StrEnum):
    """Where a booking stands.

    PENDING → CONFIRMED → CHECKED_IN | EXPIRED | CANCELLED; PENDING → CANCELLED | REPLACED | LAPSED. A booking whose
    check-in is taken back is CONFIRMED again. An EXPIRED one becomes CHECKED_IN when a phone that had no connection
    reports later that it let its holder in in time.
    """

    PENDING = "PENDING"  # registered, the echo not approved yet
    CONFIRMED = "CONFIRMED"  # has a seat
    CHECKED_IN = "CHECKED_IN"  # was let in at the door
    EXPIRED = "EXPIRED"  # hangus: the applicant was late
    CANCELLED = "CANCELLED"  # the applicant withdrew, or the office closed the day
    REPLACED = "REPLACED"  # a corrected registration took its place
    LAPSED = "LAPSED"  # never approved in time, or the day was full when it was


# The states in which a booking has its claims; in all others it has released them.
STANDING = frozenset({State.PENDING, State.CONFIRMED, State.CHECKED_IN})


class Lapse(StrEnum):
    """Why a booking lapsed, or was cancelled by the office."""

    TOO_LATE = "too_late"  # the approval code's time had passed
    DAY_FULL = "day_full"  # no seat was left when it was approved
    IN_THE_WAY = "in_the_way"  # another booking had its claims when it was to go on to a later day
    OFFICE_CLOSED = "office_closed"  # the office closed the day, before it was approved or after


@dataclass(frozen=True, slots=True)
class Move:
    """One change of a booking's state or day: when, and for which message or notice (an empty id where for none).

    `service_date` is the day to which a confirmed booking was moved, None for every other change.
    """

    at: datetime
    message_id: str = ""
    service_date: date | None = None


class StateChange(NamedTuple):
    """A move together with the state that it led to."""

    to: State
    move: Move


class FormerIds(NamedTuple):
    """The ids of a booking's sender that were known until a moment, at which others took their place."""

    ids: frozenset[ClaimKey]
    until: datetime


@dataclass(frozen=True, slots=True)
class Seat:
    """A queue number, its day and its hour. The door opens for it at `opens_at`; after `void_after` it is void."""

    number: int
    service_date: date
    starts_at: datetime
    opens_at: datetime
    void_after: datetime


@dataclass(frozen=True, slots=True)
class Booking:
    """One booking. All moments are aware and in UTC; `service_date` is the office's calendar day.

    `claims` are the keys of the identities for which it stands, until `claims_until` unless it ends before. `former`
    are the sets of ids that its sender had before, each with the moment at which others took their place. `check_in`
    is the scan that let its holder in. `moves` are all moves in their order, each with the state that it led to.
    `ticket_arrived_for` and `ticket_missed_for` are the service dates of a ticket that reached its holder and of one
    that did not.
    """

    code: str
    state: State
    approval_code: str
    message_id: str
    sender: Sender
    name: str
    birth_date: date
    service_date: date
    sent_at: datetime
    approve_by: datetime
    claims: tuple[ClaimKey, ...]
    claims_until: datetime
    seat: Seat | None = None
    lapse: Lapse | None = None
    check_in: Scan | None = None
    moves: tuple[StateChange, ...] = ()
    ticket_arrived_for: date | None = None
    ticket_missed_for: date | None = None
    address: str | None = None
    photo: Photo | None = None
    photo_key: str | None = None
    former: tuple[FormerIds, ...] = ()

    @property
    def ids(self) -> frozenset[ClaimKey]:
        """Return the keys of all ids of its holder, also of those that only its claims know."""
        return frozenset((*self.sender.identities, *(key for key in self.claims if key.kind is not ClaimKind.PERSON)))

    def was_of(self, sender: Sender, at: datetime) -> bool:
        """Tell whether it was this account's at a moment, whatever ids its holder has now."""
        ids = next((ids for ids, until in self.former if at < until), self.ids)
        return not ids.isdisjoint(sender.identities)

    def went_on_after(self, moment: datetime) -> bool:
        """Tell whether the ids of its holder have changed after a moment."""
        return any(moment < until for _, until in self.former)

    @property
    def ticket_undelivered(self) -> bool:
        """Tell whether we know of a ticket for its day that did not arrive, and of none that did."""
        return self.ticket_missed_for == self.service_date != self.ticket_arrived_for

    def was_moved_by(self, message_id: str) -> bool:
        """Tell whether this message made any of the booking's moves, except the one that registered it."""
        return any(state is not State.PENDING and move.message_id == message_id for state, move in self.moves)

    def was_cancelled_by(self, message_id: str) -> bool:
        """Tell whether this message is the one that withdrew the booking."""
        return any(state is State.CANCELLED and move.message_id == message_id for state, move in self.moves)

    def was_rescheduled_by(self, message_id: str) -> bool:
        """Tell whether this message is one that moved the booking to another day."""
        return any(move.message_id == message_id for move in self.reschedules)

    @property
    def reschedules(self) -> tuple[Move, ...]:
        """Return the moves to another day, in their order."""
        return tuple(move for _, move in self.moves if move.service_date is not None)

    @property
    def asked_at(self) -> datetime:
        """Return when the applicant last chose its day; whatever they sent before that is out of date."""
        return max([self.sent_at, *(move.at for move in self.reschedules)])

    @property
    def masked_name(self) -> str:
        """Return the name as strangers may see it at the door: `BUDI S.`"""
        first, *others = self.name.upper().split()
        return " ".join([first, *(f"{other[0]}." for other in others[-1:])])

    @property
    def ended_at(self) -> datetime | None:
        """Return when this booking was withdrawn, replaced or called off, None when it was none of these."""
        ends = (move.at for state, move in self.moves if state in {State.CANCELLED, State.REPLACED})
        return next(ends, None)
