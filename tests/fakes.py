"""Stands in for the outside in unit tests. `tests/integration/test_store_contract.py` keeps the store honest."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import chain

from antrian.domain.answers import Answer
from antrian.domain.booking import (
    APPROVAL_MAY_WAIT,
    STANDING,
    Booking,
    FormerIds,
    Lapse,
    Move,
    Seat,
    State,
    StateChange,
)
from antrian.domain.changes import (
    Cancel,
    Change,
    Confirm,
    LetLapse,
    Postpone,
    Reschedule,
    Retirement,
    SeatRequest,
)
from antrian.domain.claims import Claim, ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.dialogue import Dialogue
from antrian.domain.door import Outcome, ScanRecord
from antrian.domain.draft import Draft
from antrian.domain.message import Photo, Sender
from antrian.domain.receipt import Receipt, SentRecord, Ticket
from antrian.domain.refusals import BookingExists, ClaimsHeld, Decided, NotLetIn, Scanned, StaleRead
from antrian.domain.scan import Scan, Undoing
from antrian.domain.seats import Cooling, Slot


@dataclass
class FakeClock:
    """A clock that a test sets."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def _has_claims_as_read(stored: Booking, read: Booking) -> bool:
    return (stored.claims, stored.claims_until) == (read.claims, read.claims_until)


@dataclass
class FakeStore:
    """The table: bookings and days in memory, with the same refusals as the real one."""

    bookings: dict[str, Booking] = field(default_factory=dict)
    claims: dict[ClaimKey, Claim] = field(default_factory=dict)
    approvals: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, Decision] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)
    scans: dict[str, ScanRecord] = field(default_factory=dict)
    days: dict[date, dict[datetime, Slot]] = field(default_factory=dict)
    reminded: dict[date, datetime] = field(default_factory=dict)
    rate_limit: dict[tuple[str, datetime], list[str]] = field(default_factory=dict)
    dialogues: dict[str, Dialogue] = field(default_factory=dict)

    def get(self, code: str) -> Booking | None:
        return self.bookings.get(code)

    def get_all(self, codes: Iterable[str]) -> Mapping[str, Booking]:
        return {code: self.bookings[code] for code in codes if code in self.bookings}

    def held_by(self, claim_keys: Iterable[ClaimKey]) -> Sequence[Claim]:
        return [self.claims[key] for key in claim_keys if key in self.claims]

    def code_behind(self, approval_code: str) -> str | None:
        return self.approvals.get(approval_code)

    def decision_on(self, message_id: str) -> Decision | None:
        return self.decisions.get(message_id)

    def decide(self, decision: Decision) -> Decision:
        if decision.message_id not in self.decisions:
            self._record(decision)
        return self.decisions[decision.message_id]

    def answers_to(self, message_ids: Iterable[str]) -> Mapping[str, Answer]:
        return {id_: self.answered[id_] for id_ in message_ids if id_ in self.answered}

    def _record(self, decision: Decision) -> None:
        self.decisions.setdefault(decision.message_id, decision)
        if isinstance(decision.outcome, Answer):
            self.answered[decision.message_id] = decision.outcome

    def register(self, booking: Booking, retired: Collection[Retirement], decision: Decision | None = None) -> None:
        if decision is not None and decision.message_id in self.decisions:
            raise Decided(self.decisions[decision.message_id])
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
                raise StaleRead
            if not _has_claims_as_read(stored, retirement.booking):
                raise StaleRead
        if held:
            raise ClaimsHeld(held)
        for retirement in retired:
            state = State.REPLACED if retirement.lapse is None else State.LAPSED
            move = Move(booking.sent_at, booking.message_id)
            self._end(self.bookings[retirement.booking.code], state, move, retirement.lapse)
        self.bookings[booking.code] = replace(
            booking, moves=(StateChange(State.PENDING, Move(booking.sent_at, booking.message_id)),)
        )
        self.approvals[booking.approval_code] = booking.code
        self.claims |= {key: Claim(key, booking.code, booking.claims_until) for key in booking.claims}
        if decision is not None:
            self._record(decision)

    def note_photo(self, code: str, photo: Photo, key: str) -> None:
        stored = self.bookings.get(code)
        if stored is not None and stored.photo == photo:
            self.bookings[code] = replace(stored, photo_key=key)

    def expire(self, booking: Booking, now: datetime) -> None:
        stored = self.bookings[booking.code]
        if stored.state is not State.CONFIRMED or stored.seat is None or stored.seat.void_after >= now:
            raise StaleRead
        if not _has_claims_as_read(stored, booking):
            raise StaleRead
        self._end(stored, State.EXPIRED, Move(now), until=stored.seat.void_after + timedelta(seconds=1))

    def rename(self, booking: Booking, sender: Sender, claims: Collection[ClaimKey], at: datetime) -> None:
        stored = self.bookings[booking.code]
        taken = [key for key in claims if key not in booking.claims]
        lost = [key for key in booking.claims if key not in claims]
        if stored.state not in STANDING or not _has_claims_as_read(stored, booking):
            raise StaleRead
        if stored.sender != booking.sender:
            raise StaleRead
        if any(claim.until > at for claim in self.held_by(taken)):
            raise StaleRead
        if any(claim.booking_code != booking.code for claim in self.held_by(lost)):
            raise StaleRead
        self.bookings[booking.code] = replace(
            stored, sender=sender, claims=tuple(claims), former=(*stored.former, FormerIds(booking.ids, at))
        )
        self.claims |= {key: Claim(key, booking.code, booking.claims_until) for key in taken}
        self.claims |= {key: replace(self.claims[key], until=at) for key in lost}

    def vacate(self, claim_keys: Iterable[ClaimKey], at: datetime) -> None:
        for key in claim_keys:
            if key not in self.claims or self.claims[key].until < at:
                self.claims[key] = Claim(key, "-", at)

    def count(self, sender: Sender, since: datetime, message_id: str, most: int) -> int | None:
        tally = self.rate_limit.setdefault((sender.identities[0], since), [])
        if message_id not in tally and len(tally) < most:
            tally.append(message_id)
        return tally.index(message_id) + 1 if message_id in tally else None

    def dialogue_with(self, sender: Sender) -> Dialogue | None:
        return self.dialogues.get(sender.primary_identity)

    def go_on(self, sender: Sender, dialogue: Dialogue, before: Dialogue | None) -> None:
        stored = self.dialogue_with(sender)
        if (stored and stored.message_id) != (before and before.message_id):
            raise StaleRead
        self.dialogues[sender.primary_identity] = dialogue

    def note_ticket(self, ticket: Ticket, *, arrived: bool) -> None:
        stored = self.bookings.get(ticket.booking_code)
        if stored is not None and stored.service_date == ticket.service_date:
            day = ticket.service_date
            marked = replace(stored, ticket_arrived_for=day) if arrived else replace(stored, ticket_missed_for=day)
            self.bookings[stored.code] = marked

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
            raise StaleRead
        self.scans[record.scan.nonce] = replace(record, undoing=undoing)
        slot = self.days[stored.service_date][stored.seat.starts_at]
        slot.finished_at, slot.reopened = None, slot.reopened + 1
        return self._move(stored, State.CONFIRMED, undoing.at, None)

    def _move(self, booking: Booking, state: State, at: datetime, check_in: Scan | None) -> Booking:
        moves = (*booking.moves, StateChange(state, Move(at)))
        self.bookings[booking.code] = replace(booking, state=state, check_in=check_in, moves=moves)
        return self.bookings[booking.code]

    def slots(self, day: date) -> Mapping[datetime, Slot]:
        return {
            at: replace(slot, seats=dict(slot.seats), cooling=dict(slot.cooling))
            for at, slot in self.days.get(day, {}).items()
        }

    def open(self, day: date, slots: Iterable[Slot]) -> None:
        self.days.setdefault(day, {slot.starts_at: replace(slot, seats={}, cooling={}) for slot in slots})

    def settle(self, changes: Sequence[Change], answered: Collection[Decision] = ()) -> None:
        if any(decision.message_id in self.answered for decision in answered):
            raise StaleRead
        touched: dict[date, dict[datetime, Slot]] = {}
        for change in changes:
            stored = self.bookings.get(change.booking.code)
            if not self._as_read(stored, change):
                raise StaleRead
            if isinstance(change, Cancel | Reschedule) and change.booking.seat is not None:
                self._give_back(touched, change.booking, change.booking.seat, change.cooling)
            if isinstance(change, Confirm | Reschedule):
                self._take(touched, change.booking, change.seat, change.cooled)
        for change in changes:
            match change:
                case Confirm(_, seat, move):
                    self._sit(change.booking.code, seat, move)
                case Reschedule(_, seat, claims_until, move):
                    self._sit(change.booking.code, seat, move)
                    self._prolong(change.booking.code, claims_until)
                case Postpone(_, day, approve_by, claims_until):
                    self._prolong(change.booking.code, claims_until)
                    stored = self.bookings[change.booking.code]
                    self.bookings[stored.code] = replace(stored, service_date=day, approve_by=approve_by)
                case LetLapse(_, lapse, move):
                    self._end(self.bookings[change.booking.code], State.LAPSED, move, lapse)
                case Cancel(_, move, _, lapse):
                    self._end(self.bookings[change.booking.code], State.CANCELLED, move, lapse)
        self.days |= touched
        for decision in answered:
            self._record(decision)

    def _as_read(self, stored: Booking | None, change: Change) -> bool:
        match change:
            case Confirm():
                same_day = stored is not None and stored.service_date == change.booking.service_date
                return stored is not None and stored.state is State.PENDING and same_day
            case LetLapse() | Postpone():
                state = State.PENDING
            case Reschedule():
                state = State.CONFIRMED
            case _:
                state = change.booking.state
        if stored is None or stored.state is not state:
            return False
        read = change.booking
        if isinstance(change, Reschedule) and read.seat is None:
            return False
        passed_on = any(self.claims[key].booking_code != stored.code for key in stored.claims)
        if isinstance(change, Reschedule | Postpone) and passed_on:
            return False
        return _has_claims_as_read(stored, read)

    def _touch(self, touched: dict[date, dict[datetime, Slot]], seat: Seat) -> Slot:
        slot = touched.setdefault(seat.service_date, dict(self.slots(seat.service_date))).get(seat.starts_at)
        if slot is None:
            raise StaleRead
        return slot

    def _take(
        self, touched: dict[date, dict[datetime, Slot]], booking: Booking, seat: Seat, cooled: Cooling | None
    ) -> None:
        slot = self._touch(touched, seat)
        if slot.closed_at is not None or seat.number in slot.seats or slot.cooling.get(seat.number) != cooled:
            raise StaleRead
        slot.cooling.pop(seat.number, None)
        slot.seats[seat.number] = booking.code

    def _give_back(
        self, touched: dict[date, dict[datetime, Slot]], booking: Booking, seat: Seat, cooling: Cooling | None
    ) -> None:
        slot = self._touch(touched, seat)
        if slot.seats.get(seat.number) != booking.code:
            raise StaleRead
        del slot.seats[seat.number]
        if cooling is not None:
            slot.cooling[seat.number] = cooling

    def _sit(self, code: str, seat: Seat, move: Move) -> None:
        stored = self.bookings[code]
        moves = (*stored.moves, StateChange(State.CONFIRMED, move))
        self.bookings[code] = replace(
            stored, state=State.CONFIRMED, service_date=seat.service_date, seat=seat, moves=moves
        )

    def _prolong(self, code: str, claims_until: datetime) -> None:
        stored = self.bookings[code] = replace(self.bookings[code], claims_until=claims_until)
        for key in stored.claims:
            self.claims[key] = replace(self.claims[key], until=claims_until)

    def close(self, day: date, starts_at: datetime, now: datetime) -> Slot:
        slot = self.days[day][starts_at]
        slot.closed_at = slot.closed_at or now
        return replace(slot, seats=dict(slot.seats), cooling=dict(slot.cooling))

    def finish(self, day: date, slot: Slot, now: datetime) -> None:
        stored = self.days[day][slot.starts_at]
        if stored.closed_at is not None and stored.reopened == slot.reopened:
            stored.finished_at = now

    def reminded_at(self, day: date) -> datetime | None:
        return self.reminded.get(day)

    def note_reminded(self, day: date, now: datetime) -> None:
        assert day in self.days
        self.reminded.setdefault(day, now)

    def _end(
        self, booking: Booking, state: State, move: Move, lapse: Lapse | None = None, until: datetime | None = None
    ) -> None:
        self.bookings[booking.code] = replace(
            booking, state=state, lapse=lapse, moves=(*booking.moves, StateChange(state, move))
        )
        for key in booking.claims:
            if key in self.claims and self.claims[key].booking_code == booking.code:
                self.claims[key] = replace(self.claims[key], until=until or move.at)

    def cooling_of(self, day: date) -> dict[int, Cooling]:
        """Return how the seats of a day are held back that were given up."""
        return dict(sorted(chain.from_iterable(slot.cooling.items() for slot in self.days.get(day, {}).values())))

    def seats_of(self, day: date) -> dict[int, str]:
        """Return who has which number on a day."""
        return dict(sorted(chain.from_iterable(slot.seats.items() for slot in self.days.get(day, {}).values())))


@dataclass
class FakeDrafts:
    """The drafts of registrations, in memory."""

    stored: dict[str, Draft] = field(default_factory=dict)

    def keep(self, sender: Sender, draft: Draft) -> Draft:
        stored = self.stored.get(sender.primary_identity, Draft())
        new = draft.not_overtaken(stored)
        self.stored[sender.primary_identity] = Draft(new.words or stored.words, new.photo or stored.photo)
        return self.stored[sender.primary_identity]


@dataclass
class FakeOutbox:
    """The outbox: each answer once by its id, as SQS and the record of what was sent make sure together."""

    answers: dict[str, Outgoing] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    photos: list[PhotoToKeep] = field(default_factory=list)

    def put(self, outgoing: Outgoing) -> None:
        self.answers.setdefault(outgoing.id, outgoing)

    def show_seen(self, seen: Seen) -> None:
        self.seen.append(seen)

    def keep_photo(self, wanted: PhotoToKeep) -> None:
        if wanted not in self.photos:
            self.photos.append(wanted)

    def kinds(self) -> list[str]:
        """Return the names of all answers in the order in which they were handed over."""
        return [outgoing.answer.kind.value for outgoing in self.answers.values()]


@dataclass
class FakeDayQueue:
    """The day queue, whose requests wait until a test takes them out."""

    requests: list[SeatRequest] = field(default_factory=list)

    def put(self, request: SeatRequest) -> None:
        self.requests.append(request)

    def take(self) -> list[SeatRequest]:
        """Return what is waiting, and forget it."""
        waiting, self.requests = self.requests, []
        return waiting


@dataclass
class FakeSentLog:
    """The record of what was sent, in memory, by the answer's id."""

    records: dict[str, SentRecord] = field(default_factory=dict)

    def find(self, outgoing_id: str) -> SentRecord | None:
        return self.records.get(outgoing_id)

    def add(self, outgoing: Outgoing, whatsapp_id: str, at: datetime) -> SentRecord:
        assert at.tzinfo is not None
        return self._tell(outgoing, {"whatsapp_id": whatsapp_id} if whatsapp_id else {})

    def give_up(self, outgoing: Outgoing, failure: str, at: datetime) -> SentRecord:
        assert at.tzinfo is not None
        return self._tell(outgoing, {"failure": failure})

    def give_up_unread(self, outgoing_id: str, at: datetime) -> None:
        assert at.tzinfo is not None
        self.records[outgoing_id] = replace(self._known(outgoing_id), kind="unread", failure="unread")

    def receive(
        self, outgoing_id: str, receipt: Receipt, whatsapp_id: str, at: datetime, errors: tuple[int, ...]
    ) -> SentRecord:
        known = self._known(outgoing_id)
        if known.receipt is None or known.receipt.rank < receipt.rank:
            whatsapp_id = known.whatsapp_id or whatsapp_id
            known = replace(known, receipt=receipt, receipt_at=at, errors=errors, whatsapp_id=whatsapp_id)
            self.records[outgoing_id] = known
        return known

    def _tell(self, outgoing: Outgoing, changes: dict[str, str]) -> SentRecord:
        known = replace(self._known(outgoing.id), kind=outgoing.answer.kind.value)
        if outgoing.ticket is not None:
            known = replace(known, ticket=outgoing.ticket)
        self.records[outgoing.id] = replace(known, **changes)  # type: ignore[arg-type] # texts, all of them
        return self.records[outgoing.id]

    def _known(self, outgoing_id: str) -> SentRecord:
        return self.records.get(outgoing_id, SentRecord())

    @property
    def sent(self) -> dict[str, str]:
        """Return WhatsApp's id of each answer that went out, empty where it is not known."""
        return {id_: record.whatsapp_id or "" for id_, record in self.records.items() if record.failure is None}

    @property
    def failures(self) -> dict[str, str]:
        """Return why each answer that was given up was."""
        return {id_: record.failure for id_, record in self.records.items() if record.failure is not None}


@dataclass
class FakeSigningKey:
    """A key that signs with a hash, which every FakeSigningKey of the same name verifies."""

    name: str = "this office's"

    def sign(self, content: bytes) -> bytes:
        return hashlib.sha512(self.name.encode() + content).digest()

    def verifies(self, content: bytes, signature: bytes) -> bool:
        return signature == self.sign(content)
