"""Stands in for the outside in unit tests. `tests/integration/test_store_contract.py` keeps the store honest."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain

from antrian.domain.booking import APPROVAL_MAY_WAIT, Booking, Lapse, Move, State
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.ports import (
    BookingExists,
    Cancel,
    Change,
    Claim,
    ClaimsHeld,
    Confirm,
    LetLapse,
    Moved,
    NotLetIn,
    Outgoing,
    Retirement,
    Scanned,
    SeatRequest,
)
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Slot


@dataclass
class FakeClock:
    """Tell the time that a test sets."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass
class FakeStore:
    """Be the table: bookings and days in memory, with the same refusals as the real one."""

    bookings: dict[str, Booking] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    approvals: dict[str, str] = field(default_factory=dict)
    withdrawals: dict[str, str] = field(default_factory=dict)
    scans: dict[str, ScanRecord] = field(default_factory=dict)
    days: dict[date, dict[datetime, Slot]] = field(default_factory=dict)

    def get(self, code: str) -> Booking | None:
        return self.bookings.get(code)

    def get_all(self, codes: Iterable[str]) -> Mapping[str, Booking]:
        return {code: self.bookings[code] for code in codes if code in self.bookings}

    def held_by(self, claim_keys: Iterable[str]) -> Sequence[Claim]:
        return [self.claims[key] for key in claim_keys if key in self.claims]

    def code_behind(self, approval_code: str) -> str | None:
        return self.approvals.get(approval_code)

    def withdrawn_by(self, message_ids: Iterable[str]) -> Mapping[str, str]:
        return {
            message_id: self.withdrawals[message_id] for message_id in message_ids if message_id in self.withdrawals
        }

    def withdraw_nothing(self, message_id: str, at: datetime) -> None:
        del at
        self.withdrawals.setdefault(message_id, "-")

    def register(self, booking: Booking, retired: Collection[Retirement]) -> None:
        if booking.code in self.bookings:
            raise BookingExists(self.bookings[booking.code])
        retired_codes = {retirement.booking.code for retirement in retired}
        held = [
            claim
            for claim in self.held_by(booking.claims)
            if claim.until > booking.sent_at and claim.booking_code not in retired_codes
        ]
        for retirement in retired:
            stored = self.bookings[retirement.booking.code]
            in_time = retirement.lapse is not None and stored.approve_by >= booking.sent_at - APPROVAL_MAY_WAIT
            if stored.state is not State.PENDING or stored.sent_at > booking.sent_at or in_time:
                raise Moved
        if held:
            raise ClaimsHeld(held)
        for retirement in retired:
            state = State.REPLACED if retirement.lapse is None else State.LAPSED
            move = Move(booking.sent_at, booking.message_id)
            self._end(self.bookings[retirement.booking.code], state, move, retirement.lapse)
        self.bookings[booking.code] = replace(
            booking, moves=((State.PENDING, Move(booking.sent_at, booking.message_id)),)
        )
        self.approvals[booking.approval_code] = booking.code
        self.claims |= {key: Claim(key, booking.code, booking.claims_until) for key in booking.claims}

    def turn_away(self, booking: Booking) -> None:
        if booking.code in self.bookings:
            raise BookingExists(self.bookings[booking.code])
        self.bookings[booking.code] = replace(
            booking, moves=((booking.state, Move(booking.sent_at, booking.message_id)),)
        )

    def expire(self, booking: Booking, now: datetime) -> None:
        stored = self.bookings[booking.code]
        if stored.state is not State.CONFIRMED or stored.seat is None or stored.seat.void_after >= now:
            raise Moved
        self._end(stored, State.EXPIRED, Move(now), until=stored.seat.void_after + timedelta(seconds=1))

    def check_in(self, code: str, scan: Scan, digest: str) -> Booking:
        if scan.nonce in self.scans:
            raise Scanned(self.scans[scan.nonce])
        stored = self.bookings.get(code)
        if stored is None:
            raise NotLetIn(None)
        seat = stored.seat
        if stored.state not in {State.CONFIRMED, State.EXPIRED} or seat is None:
            raise NotLetIn(stored)
        if not seat.opens_at <= scan.at <= (seat.void_after if scan.admits_late else seat.starts_at):
            raise NotLetIn(stored)
        self.scans[scan.nonce] = ScanRecord(scan, Outcome.OK, digest, code)
        return self._move(stored, State.CHECKED_IN, scan.at, scan)

    def keep(self, record: ScanRecord) -> ScanRecord:
        return self.scans.setdefault(record.scan.nonce, record)

    def record_of(self, nonce: str) -> ScanRecord | None:
        return self.scans.get(nonce)

    def undo(self, booking: Booking, record: ScanRecord, undoing: Undoing) -> Booking:
        stored = self.bookings[booking.code]
        in_by_this = stored.check_in is not None and stored.check_in.nonce == record.scan.nonce
        if stored.seat is None or not in_by_this or self.scans[record.scan.nonce].undoing is not None:
            raise Moved
        self.scans[record.scan.nonce] = replace(record, undoing=undoing)
        slot = self.days[stored.service_date][stored.seat.starts_at]
        slot.finished_at, slot.reopened = None, slot.reopened + 1
        return self._move(stored, State.CONFIRMED, undoing.at, None)

    def _move(self, booking: Booking, state: State, at: datetime, check_in: Scan | None) -> Booking:
        moves = (*booking.moves, (state, Move(at)))
        self.bookings[booking.code] = replace(booking, state=state, check_in=check_in, moves=moves)
        return self.bookings[booking.code]

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        return {at: replace(slot, seats=dict(slot.seats)) for at, slot in self.days.get(day, {}).items()}

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        self.days.setdefault(day, {slot.starts_at: replace(slot, seats={}) for slot in slots})

    def settle(self, day: date, changes: Sequence[Change]) -> None:
        slots = self.slots(day)
        for change in changes:
            stored = self.bookings.get(change.booking.code)
            if stored is None or stored.state is not change.booking.state:
                raise Moved
            if isinstance(change, Cancel) and change.move.message_id in self.withdrawals:
                raise Moved
            match change:
                case Confirm(_, seat):
                    slot = slots.get(seat.starts_at)
                    if slot is None or slot.closed_at is not None or seat.number in slot.seats:
                        raise Moved
                    slot.seats[seat.number] = stored.code
                case Cancel(_) if stored.seat is not None:
                    if slots[stored.seat.starts_at].seats.get(stored.seat.number) != stored.code:
                        raise Moved
                    del slots[stored.seat.starts_at].seats[stored.seat.number]
        for change in changes:
            stored = self.bookings[change.booking.code]
            match change:
                case Confirm(_, seat, move):
                    moves = (*stored.moves, (State.CONFIRMED, move))
                    self.bookings[stored.code] = replace(stored, state=State.CONFIRMED, seat=seat, moves=moves)
                case LetLapse(_, lapse, move):
                    self._end(stored, State.LAPSED, move, lapse)
                case Cancel(_, move):
                    self.withdrawals[move.message_id] = stored.code
                    self._end(stored, State.CANCELLED, move)
        if slots:
            self.days[day] = dict(slots)

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        slot = self.days[day][starts_at]
        slot.closed_at = slot.closed_at or now
        return replace(slot, seats=dict(slot.seats))

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        stored = self.days[day][slot.starts_at]
        if stored.closed_at is not None and stored.reopened == slot.reopened:
            stored.finished_at = now

    def _end(
        self, booking: Booking, state: State, move: Move, lapse: Lapse | None = None, until: datetime | None = None
    ) -> None:
        self.bookings[booking.code] = replace(booking, state=state, lapse=lapse, moves=(*booking.moves, (state, move)))
        for key in booking.claims:
            if key in self.claims and self.claims[key].booking_code == booking.code:
                self.claims[key] = replace(self.claims[key], until=until or move.at)

    def seats_of(self, day: date) -> dict[int, str]:
        """Return who has which number on a day."""
        return dict(sorted(chain.from_iterable(slot.seats.items() for slot in self.days.get(day, {}).values())))


@dataclass
class FakeOutbox:
    """Keep what was handed over, each id once, as SQS and the record of what was sent do together."""

    answers: dict[str, Outgoing] = field(default_factory=dict)

    def put(self, outgoing: Outgoing) -> None:
        self.answers.setdefault(outgoing.id, outgoing)

    def kinds(self) -> list[str]:
        """Return the names of all answers in the order in which they were handed over."""
        return [outgoing.answer.kind.value for outgoing in self.answers.values()]


@dataclass
class FakeDayQueue:
    """Keep what was handed over until a test takes it out."""

    requests: list[SeatRequest] = field(default_factory=list)

    def put(self, request: SeatRequest) -> None:
        self.requests.append(request)

    def take(self) -> list[SeatRequest]:
        """Return what is waiting, and forget it."""
        waiting, self.requests = self.requests, []
        return waiting


@dataclass
class FakeSentLog:
    """Remember what went out in memory: WhatsApp's id or the failure, by the answer's id."""

    sent: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def has(self, outgoing_id: str) -> bool:
        return outgoing_id in self.sent or outgoing_id in self.failures

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> None:
        assert at.tzinfo is not None
        self.sent[outgoing.id] = whatsapp_id

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> None:
        assert at.tzinfo is not None
        self.failures[outgoing.id] = failure


@dataclass
class FakeSigningKey:
    """Sign with a hash, which every FakeSigningKey of the same name verifies."""

    name: str = "this office's"

    def sign(self, content: bytes) -> bytes:
        return hashlib.sha512(self.name.encode() + content).digest()

    def verifies(self, content: bytes, signature: bytes) -> bool:
        return signature == self.sign(content)
