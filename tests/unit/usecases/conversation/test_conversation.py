"""Whole conversations: delivered again at any time, out of order, and with a death at any call to the outside."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from antrian.domain import codes
from antrian.domain.answers import Kind
from antrian.domain.booking import Lapse, State
from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.notice import Notice
from antrian.domain.office import Format, Office, Session
from antrian.domain.request import typed_date
from antrian.domain.scan import Undoing
from antrian.domain.submission import Submission
from antrian.usecases.bookings.identity import Identity
from antrian.usecases.delivery.sending import Sending
from antrian.usecases.door.admission import PresentedCode
from tests.builders import KEY, MONDAY, NOW, TUESDAY, office, scan, wib
from tests.fakes import FakeClock, FakeSentLog, FakeSigningKey
from tests.unit.usecases.line import Line, Words
from tests.unit.usecases.world import A_SECOND, World, registration

START = NOW.astimezone(UTC)
# Two of them are one account, of which WhatsApp tells now the number, now the user id, now both.
SENDERS = [
    Sender(phone="628110000001"),
    Sender(phone="628110000002"),
    Sender(user_id="ID.81100000001"),
    Sender(phone="628110000001", user_id="ID.81100000001"),
    Sender(phone="628110000009", user_id="ID.81100000009"),
]
# As whom they go on: another number, another user id, and back again.
MOVES = [
    (3, SENDERS[4]),
    (0, Sender(phone="628110000009")),
    (2, Sender("628110000001", "ID.81100000009")),
    (4, SENDERS[3]),
]
NAMES = ["Budi Santoso", "Siti Aminah", "Agus Salim"]
DAYS = [MONDAY, TUESDAY]
# What a conversation may wait for; whatever has passed already is not waited for.
MOMENTS = [
    START + timedelta(minutes=61),
    wib(MONDAY - timedelta(days=1), 18),
    wib(MONDAY, 7, 40),
    wib(MONDAY, 8, 16),
    wib(MONDAY, 8, 46),
    wib(TUESDAY, 0),
    wib(TUESDAY, 8, 20),
]
CALLED_OFF = (State.CANCELLED, Lapse.OFFICE_CLOSED)
ACTIVE = {State.PENDING, State.CONFIRMED, State.CHECKED_IN}


def small_office(**changes: Any) -> Office:
    """Return an office with one seat in each of two slots, for Monday and Tuesday."""
    hours = (Session(frozenset(range(5)), time(8), time(9)),)
    return office(sessions=hours, interview_minutes=30, quota=2, last_day=3, reminder_at=time(18), **changes)


# The steps of a conversation


@dataclass(frozen=True)
class Say:
    message: Message


@dataclass(frozen=True)
class Settle:
    pass


@dataclass(frozen=True)
class Sweep:
    at: datetime


@dataclass(frozen=True)
class Close:
    day: date


@dataclass(frozen=True)
class Open:
    day: date


@dataclass(frozen=True)
class Scan:
    code: str
    nonce: str
    at: datetime
    told_at: datetime


@dataclass(frozen=True)
class Undo:
    nonce: str
    at: datetime


Step = Say | Settle | Sweep | Close | Open | Scan | Undo


def play(world: World, step: Step) -> None:
    match step:
        case Say(message):
            world.at(max(message.sent_at, world.clock.moment))
            world.reception.receive(message)
        case Settle():
            world.settle()
        case Sweep(at):
            world.at(max(at, world.clock.moment))
            world.closing.close()
            world.sweeping.sweep()
            world.reminding.remind()
        case Close(day):
            world.closes(*world.office.closed_dates, day)
        case Open(day):
            world.closes(*(closed for closed in world.office.closed_dates if closed != day))
        case Scan(code, nonce, at, told_at):
            world.at(max(told_at, world.clock.moment))
            world.admission.check_in(PresentedCode(code), scan(nonce, at, learnt_at=world.clock.moment))
        case Undo(nonce, at):
            world.at(max(at, world.clock.moment))
            undoing = Undoing("officer-1", "device-1", "salah pindai", world.clock.moment)
            world.admission.undo(nonce, undoing, supervisor=True)


@dataclass
class Script:
    """A conversation that is written down, with a second from each step to the next.

    Registrations have an address where the office gives the day.
    """

    gives_the_day: bool = False
    now: datetime = START
    steps: list[Step] = field(default_factory=list)
    registered: list[str] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)

    def says(self, sender: int, text: str | None, photo: Photo | None = None) -> str:
        self.now += A_SECOND
        id_ = f"wamid.{len(self.steps)}"
        kind = "image" if photo else "text"
        self.steps.append(Say(Message(id_, SENDERS[sender], self.now, kind, text, photo=photo)))
        return id_

    def photographs(self, sender: int, name: int | None = None) -> None:
        """Send a photo, with a registration below it where there is a name."""
        photo = Photo(f"{len(self.steps)}", "image/jpeg")
        self.registered.append(self.says(sender, None if name is None else self._registration(name, 0), photo))

    def moves(self, which: int) -> None:
        """Let WhatsApp tell that somebody has other ids now."""
        self.now += A_SECOND
        sender, moved_to = MOVES[which]
        told = Message(f"wamid.{len(self.steps)}", SENDERS[sender], self.now, "system", moved_to=moved_to)
        self.steps.append(Say(told))

    def registers(self, sender: int, name: int = 0, day: int = 0) -> None:
        self.registered.append(self.says(sender, self._registration(name, day)))

    def _registration(self, name: int, day: int) -> str:
        chosen = registration(NAMES[name], DAYS[day])
        return chosen.rpartition("#")[0] + f"#Jl. Merdeka No. {day + 1}" if self.gives_the_day else chosen

    def approves(self, sender: int, which: int = -1) -> None:
        """Approve one of the registrations so far; it need be neither one's own nor the last."""
        ids = self.registered or ["wamid.none"]
        self.says(sender, codes.approval_code(KEY, ids[which % len(ids)]))

    def books(self, sender: int) -> None:
        """Register under one's own name, approve, and get a seat."""
        self.registers(sender, name=sender % len(NAMES))
        self.approves(sender)
        self.settles()

    def is_led(self, sender: int) -> None:
        """Be asked one thing after the other."""
        last = "Jl. Merdeka No. 10" if self.gives_the_day else "24-11-2026"
        self.registered += [self.says(sender, text) for text in ("daftar", "Agus Salim", "25-01-1987", last)]

    def cancels(self, sender: int, which: int | None = None) -> None:
        ids = self.registered or ["wamid.none"]
        code = "" if which is None else codes.booking_code(KEY, "CTH", ids[which % len(ids)])
        self.says(sender, f"#batal {code}".strip())

    def reschedules(self, sender: int, day: int) -> None:
        """Ask for another day; of a booking that is not approved yet this makes another registration."""
        self.registered.append(self.says(sender, f"#ubah#{typed_date(DAYS[day])}"))

    def waits(self, for_: datetime) -> None:
        self.now = max(self.now, for_.astimezone(UTC))

    def pauses(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    def settles(self) -> None:
        self.steps.append(Settle())

    def sweeps(self) -> None:
        self.steps.append(Sweep(self.now))

    def closes(self, day: int) -> None:
        """Let the office close a day; the next sweep finds it."""
        self.steps.append(Close(DAYS[day]))

    def opens(self, day: int) -> None:
        """Let the office open a day again."""
        self.steps.append(Open(DAYS[day]))

    def scans(self, which: int, *, late: bool = False) -> None:
        """Scan a code; what is told late was scanned at the door on Monday, by a phone without a network."""
        ids = self.registered or ["wamid.none"]
        code = codes.booking_code(KEY, "CTH", ids[which % len(ids)])
        self.nonces.append(f"nonce-{len(self.steps)}")
        at = min(self.now, wib(MONDAY, 7, 45).astimezone(UTC)) if late else self.now
        self.steps.append(Scan(code, self.nonces[-1], at, self.now))

    def scans_late(self, which: int) -> None:
        self.scans(which, late=True)

    def undoes(self, which: int) -> None:
        """Take a scan back."""
        nonces = self.nonces or ["nonce-none"]
        self.steps.append(Undo(nonces[which % len(nonces)], self.now))

    @property
    def messages(self) -> list[Message]:
        return [step.message for step in self.steps if isinstance(step, Say)]


WORDS = ["halo", "#Budi#1#2", "00000000", "setuju", "#batal", "#status", "#kuota", "#ubah", "daftar"]
WORDS += ["#daftar#24112026", "Agus Salim", "25-01-1987", "25011987", "24-11-2026"]
_which = st.integers(0, 30)


def _moves(senders: int) -> list[st.SearchStrategy[tuple[Any, ...]]]:
    """Return the moves of a conversation with so many senders."""
    sender = st.integers(0, senders - 1)
    return [
        st.tuples(st.just("registers"), sender, st.integers(0, 2), st.integers(0, 1)),
        st.tuples(st.just("registers"), sender, st.integers(0, 2), st.integers(0, 1)),
        st.tuples(st.just("approves"), sender, _which),
        st.tuples(st.just("approves"), sender),
        st.tuples(st.just("books"), sender),
        st.tuples(st.just("cancels"), sender),
        st.tuples(st.just("cancels"), sender, _which),
        st.tuples(st.just("reschedules"), sender, st.integers(0, 1)),
        st.tuples(st.just("reschedules"), sender, st.integers(0, 1)),
        st.tuples(st.just("says"), sender, st.sampled_from(WORDS)),
        st.tuples(st.just("is_led"), sender),
        st.tuples(st.just("waits"), st.sampled_from(MOMENTS)),
        st.tuples(st.just("settles")),
        st.tuples(st.just("settles")),
        st.tuples(st.just("sweeps")),
        st.tuples(st.just("sweeps")),
        st.tuples(st.just("closes"), st.integers(0, 1)),
        st.tuples(st.just("opens"), st.integers(0, 1)),
        st.tuples(st.just("scans"), _which),
        st.tuples(st.just("scans_late"), _which),
        st.tuples(st.just("undoes"), _which),
        st.tuples(st.just("photographs"), sender),
        st.tuples(st.just("photographs"), sender, st.integers(0, 2)),
        st.tuples(st.just("pauses"), st.sampled_from([5, 61])),
        st.tuples(st.just("moves"), st.integers(0, len(MOVES) - 1)),
    ]


# Seats that are given back can be had at once, or only later.
COOLS = st.sampled_from([(0, 0), (15, 60)])


# How offices differ in what they ask for.
RULES: dict[str, dict[str, Any]] = {
    "approval": {},
    "no approval": {"approval": False},
    "photo and approval": {"photo": True},
    "photo": {"photo": True, "approval": False},
    "gives the day": {"photo": True, "approval": False, "format": Format.NAME_BIRTH_ADDRESS},
}
_rules = st.sampled_from(sorted(RULES))


@st.composite
def scripts(draw: st.DrawFn, rules: str = "approval") -> Script:
    script = Script(gives_the_day="format" in RULES[rules])
    # Of one sender and a few kinds of moves as often as of all: what is rare among all of them is frequent then.
    moves = _moves(draw(st.sampled_from([1, len(SENDERS)])))
    if draw(st.booleans()):
        moves = draw(st.lists(st.sampled_from(moves), min_size=2, max_size=6))
    for name, *arguments in draw(st.lists(st.one_of(moves), min_size=3, max_size=25)):
        getattr(script, name)(*arguments)
    script.settles()
    return script


def assert_sound(world: World) -> None:
    """Check what must hold at every moment."""
    for day, slots in world.store.days.items():
        for slot in slots.values():
            assert len(slot.seats) <= slot.capacity
            assert set(slot.seats) <= set(range(slot.first_number, slot.first_number + slot.capacity))
            for number, code in slot.seats.items():
                holder = world.store.bookings[code]
                assert holder.state in {State.CONFIRMED, State.CHECKED_IN, State.EXPIRED}
                assert holder.seat is not None
                assert (holder.service_date, holder.seat.number, holder.seat.starts_at) == (day, number, slot.starts_at)
    seated = Counter(
        code for slots in world.store.days.values() for slot in slots.values() for code in slot.seats.values()
    )
    for booking in world.store.bookings.values():
        has_seat = booking.state in {State.CONFIRMED, State.CHECKED_IN, State.EXPIRED}
        assert seated[booking.code] == (1 if has_seat else 0)
    # One that was void once, and was taken back since, opens no door any more.
    active = [
        booking
        for booking in world.store.bookings.values()
        if booking.state in ACTIVE
        and booking.claims_until > world.clock.moment
        and State.EXPIRED not in {state for state, _ in booking.moves}
    ]
    identities = Counter(key for booking in active for key in booking.claims)
    assert [key for key, count in identities.items() if count > 1] == []
    # Nobody who has a seat is told that their day was closed.
    for id_, outgoing in world.outbox.answers.items():
        if Notice.of(id_) is Notice.CLOSED:
            assert world.booking(outgoing.answer).lapse is Lapse.OFFICE_CLOSED
    # Whatever a claim stands for stands itself, and knows of it: else nobody would ever let go of it.
    for key, claim in world.store.claims.items():
        if claim.until > world.clock.moment:
            holder = world.store.bookings[claim.booking_code]
            assert holder.state in ACTIVE
            assert key in holder.claims


def assert_all_answered(world: World, messages: Sequence[Message]) -> None:
    answered = [outgoing for id_, outgoing in world.outbox.answers.items() if Notice.of(id_) is None]
    written = {message.id: message.sender for message in messages if message.moved_to is None}
    moved_to = [message.moved_to for message in messages]
    called_off = [b for b in world.store.bookings.values() if (b.state, b.lapse) == CALLED_OFF]
    assert all(Notice.CLOSED.id_for(booking) in world.outbox.answers for booking in called_off)
    assert sorted(outgoing.id for outgoing in answered) == sorted(written)
    # To the ids of whoever wrote the message, or to those that they have now.
    for outgoing in answered:
        assert outgoing.to == written[outgoing.id] or any(
            to is not None and outgoing.to.is_same_person_as(to) for to in moved_to
        )


# What somebody may be told whose message gave a seat: how it stands, or stands by then.
OF_A_SEAT = {Kind.TICKET, Kind.ALREADY_CHECKED_IN, Kind.EXPIRED, Kind.CODE_CANCELLED, Kind.ALREADY_CANCELLED}


def assert_no_effect_without_an_answer(world: World) -> None:
    """Check that whoever moved a booking was told about it, and of this move."""
    for booking in world.store.bookings.values():
        for state, move in booking.moves:
            if move.message_id not in world.outbox.answers or Notice.of(move.message_id):
                continue
            answer = world.outbox.answers[move.message_id].answer
            about_it = answer.fields.get("booking_code") == booking.code
            called_off = booking.lapse is Lapse.OFFICE_CLOSED and answer.kind.startswith("office_closed")
            if state is State.CONFIRMED:
                assert (answer.kind in OF_A_SEAT and about_it) or called_off, answer
            elif state is State.CANCELLED:
                assert answer.kind is Kind.CANCELLED, answer
                assert about_it


def outcome(world: World) -> tuple[object, ...]:
    """Return everything that anybody can notice. assert_all_answered checks to whom the answers go."""
    seats = {day: (world.store.seats_of(day), world.store.cooling_of(day)) for day in DAYS}
    answers = {id_: outgoing.answer for id_, outgoing in world.outbox.answers.items()}
    store = world.store
    return store.dialogues, world.drafts.stored, store.bookings, store.claims, store.decisions, seats, answers


# Delivered again


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules=_rules, cools=COOLS, data=st.data())
def test_whatever_is_delivered_again_at_any_time_changes_nothing(
    rules: str, cools: tuple[int, int], data: st.DataObject
) -> None:
    script = data.draw(scripts(rules), "script")
    here = small_office(**RULES[rules], cooling_minutes=cools)
    once, again = World(here), World(here)
    requests: list[SeatRequest] = []
    for position, step in enumerate(script.steps):
        play(once, step)
        play(again, step)
        handled = [earlier.message for earlier in script.steps[: position + 1] if isinstance(earlier, Say)]
        for repeated in data.draw(st.lists(st.sampled_from(handled), max_size=3), "messages again") if handled else []:
            again.reception.receive(repeated)
            # Which ids a sender has is no decision: a booking that kept one of their ids may have ended meanwhile.
            if repeated.moved_to is not None:
                Identity(bookings=once.store).follow(Submission.of(repeated), repeated.moved_to)
        requests += [request for request in again.day_queue.requests if request not in requests and _is_asked(request)]
        for request in data.draw(st.lists(st.sampled_from(requests), max_size=2), "requests again") if requests else []:
            # Only what was settled once can be settled again before what waits.
            again.day_queue.requests.append(request)
        assert_sound(again)
    once.settle()
    again.settle()
    assert_sound(again)
    assert_all_answered(again, script.messages)
    assert_no_effect_without_an_answer(again)
    assert outcome(again) == outcome(once)


def _is_asked(request: SeatRequest) -> bool:
    # What the schedule asks for may come true by the repetition, when the office closes a day once more.
    return request.action is not SeatAction.CALL_OFF


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules=_rules, cools=COOLS, data=st.data())
def test_in_whatever_order_and_within_whatever_second_messages_come_all_is_sound_and_answered(
    rules: str, cools: tuple[int, int], data: st.DataObject
) -> None:
    script = data.draw(scripts(rules), "script")
    world = World(small_office(**RULES[rules], cooling_minutes=cools))
    # Whole minutes, so that many were sent at the same moment.
    coarse = [
        Say(replace(s.message, sent_at=s.message.sent_at.replace(second=0))) if isinstance(s, Say) else s
        for s in script.steps
    ]
    order = data.draw(st.permutations(coarse), "order")
    for step in order + data.draw(st.lists(st.sampled_from(coarse), max_size=8), "again"):
        play(world, step)
        assert_sound(world)
    world.settle()
    assert_sound(world)
    assert_all_answered(world, script.messages)
    assert_no_effect_without_an_answer(world)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rules=_rules, cools=COOLS, data=st.data())
def test_whatever_fails_and_comes_again_when_later_messages_were_handled_has_no_effect_without_its_answer(
    rules: str, cools: tuple[int, int], data: st.DataObject
) -> None:
    script = data.draw(scripts(rules), "script")
    world = World(small_office(**RULES[rules], cooling_minutes=cools))
    failed: list[Step] = []
    came: list[Step] = []
    for step in script.steps:
        if isinstance(step, Say):
            came.append(step)
        if isinstance(step, Say) and data.draw(st.booleans(), "fails"):
            fuse = Fuse(data.draw(st.integers(1, 12), "at the call"), data.draw(st.booleans(), "after it"))
            fuse.into(world)
            try:
                play(world, step)
            except Death:
                failed.append(step)
            world.connect()
        else:
            play(world, step)
        for back in data.draw(st.lists(st.sampled_from(came), max_size=2), "comes again") if came else []:
            play(world, back)
        assert_sound(world)
    for step in failed:
        play(world, step)
    world.settle()
    assert_sound(world)
    assert_all_answered(world, script.messages)
    assert_no_effect_without_an_answer(world)


# Deaths


class Death(BaseException):
    """The end of a function in the middle; nothing catches it, as nothing catches the real one."""


@dataclass
class Fuse:
    """A fuse that burns once, at the n-th call to the outside: before it, or after it but before its caller knows."""

    burns_at: int
    after: bool
    calls: int = 0

    def into(self, world: World) -> None:
        world.bookings, world.days = self._guard(world.store), self._guard(world.store)
        world.dialogues, world.decisions = self._guard(world.store), self._guard(world.store)
        world.to_days, world.to_applicants = self._guard(world.day_queue), self._guard(world.outbox)

    def _guard(self, port: object) -> Any:
        fuse = self

        class Guarded:
            def __getattr__(self, name: str) -> Callable[..., Any]:
                return fuse.around(getattr(port, name))

        return Guarded()

    def around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*arguments: Any) -> Any:
            self.calls += 1
            burns = self.calls == self.burns_at
            if burns and not self.after:
                raise Death
            result = call(*arguments)
            if burns:
                raise Death
            return result

        return guarded

    @property
    def burnt(self) -> bool:
        return self.calls >= self.burns_at


def long_conversation() -> Script:
    """Return one in which every kind of move is made."""
    script = Script()
    script.registers(0, day=0)
    script.registers(0, day=1)  # corrects
    script.registers(1, name=0)  # the same person from another number
    script.registers(1, name=1)
    script.approves(1, -1)
    script.approves(0, 1)
    script.settles()
    script.approves(0, 1)
    script.reschedules(0, day=0)  # moves
    script.settles()
    script.reschedules(0, day=0)  # is there already
    script.reschedules(0, day=1)  # moves back
    script.settles()
    script.registers(0, day=0)  # is refused
    script.registers(2, name=2)
    script.approves(2)
    script.settles()
    script.registers(3, name=0)  # an account that has two bookings by now
    script.moves(1)
    script.moves(3)
    script.moves(0)
    script.moves(3)
    script.cancels(0)
    script.cancels(1, 3)
    script.settles()
    script.registers(0)
    script.registers(1, name=1)
    script.approves(0, -2)
    script.approves(1)  # a full day
    script.settles()
    script.registers(1, name=1)  # is turned away
    script.reschedules(0, day=0)  # a full day
    script.reschedules(0, day=1)
    script.settles()
    script.reschedules(1, day=1)
    script.cancels(1)
    script.says(1, "halo")
    is_led(script, 1)
    _let_time_pass(script)
    return script


def is_led(script: Script, sender: int) -> None:
    """Let a sender be led to a registration, after they have broken off once."""
    for text in ("#daftar#24112026", "Siti Aminah", "#batal", "#Siti Aminah#1", "31-02-1987", "25-01-1987"):
        script.says(sender, text)
    script.registered.append(script.says(sender, "24-11-2026"))
    for text in ("#status", "#ubah", "bantuan"):
        script.says(sender, text)
    script.approves(sender)
    script.settles()
    for text in ("#status", "#kuota", "daftar"):
        script.says(sender, text)


def _let_time_pass(script: Script) -> None:
    script.waits(wib(MONDAY - timedelta(days=1), 18))
    script.sweeps()  # reminds
    script.waits(wib(MONDAY, 8, 16))
    script.registers(2, name=2, day=1)  # void before the sweep
    script.sweeps()
    script.approves(2)
    script.settles()
    script.waits(wib(MONDAY, 8, 46))
    script.sweeps()
    script.sweeps()
    script.closes(1)
    script.sweeps()  # calls off
    script.settles()


def test_the_long_conversation_makes_every_kind_of_notice() -> None:
    world = World(small_office())
    for step in long_conversation().steps:
        play(world, step)
    assert {Notice.of(id_) for id_ in world.outbox.answers} == {None, *Notice}


def play_on(world: World, step: Step, requests: list[Any]) -> None:
    """Play a step once more after its death: the day queue hands over again what it had handed over."""
    if isinstance(step, Settle):
        world.day_queue.requests[:0] = requests
    play(world, step)


def play_dying(world: World, fuse: Fuse, script: Script, *, comes_back: bool) -> list[Step]:
    """Play a script with a death, and return the steps that were not repeated (none when they come back at once)."""
    fuse.into(world)
    left: list[Step] = []
    for step in script.steps:
        requests = list(world.day_queue.requests)
        try:
            play(world, step)
        except Death:
            # The day queue is never behind: nobody gets past a request of a day that failed.
            if comes_back or not isinstance(step, Say):
                play_on(world, step, requests)
            else:
                left.append(step)
    return left


def the_calls(script: Script, approval: bool) -> int:
    fuse = Fuse(10**6, after=False)
    play_dying(World(small_office(approval=approval)), fuse, script, comes_back=True)
    return fuse.calls


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("approval", [False, True])
def test_a_death_at_any_call_leaves_what_no_death_would_have_left(approval: bool, after: bool) -> None:
    script = long_conversation()
    unharmed = World(small_office(approval=approval))
    for step in script.steps:
        play(unharmed, step)
    assert_all_answered(unharmed, script.messages)
    calls = the_calls(script, approval)
    assert calls > 80
    for burns_at in range(1, calls + 1):
        world, fuse = World(small_office(approval=approval)), Fuse(burns_at, after)
        play_dying(world, fuse, script, comes_back=True)
        assert fuse.burnt
        assert_sound(world)
        assert outcome(world) == outcome(unharmed), burns_at


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("approval", [False, True])
def test_a_message_that_comes_again_only_after_all_others_is_answered_too(approval: bool, after: bool) -> None:
    script = long_conversation()
    for burns_at in range(1, the_calls(script, approval) + 1):
        world = World(small_office(approval=approval))
        for step in play_dying(world, Fuse(burns_at, after), script, comes_back=False):
            play(world, step)
        world.settle()
        assert_sound(world)
        assert_all_answered(world, script.messages)


@pytest.mark.parametrize("after", [False, True])
def test_a_death_while_sending_repeats_one_answer_at_most_and_loses_none(after: bool) -> None:
    world = World(small_office())
    for step in long_conversation().steps:
        play(world, step)
    answers = [outgoing for outgoing in world.outbox.answers.values() if "example" in outgoing.answer.fields]
    for burns_at in range(1, 3 * len(answers) + 1):
        line, log, fuse = Line(), FakeSentLog(), Fuse(burns_at, after)
        sending = Sending(
            wording=Words(),
            channel=fuse._guard(line),
            sent=fuse._guard(log),
            bookings=world.store,
            key=FakeSigningKey(),
            clock=FakeClock(START),
        )
        for answer in answers:
            try:
                sending.send(answer)
            except Death:
                sending.send(answer)
        assert fuse.burnt
        taken = [id_ for _, _, id_ in line.taken]
        assert sorted(set(taken)) == sorted(answer.id for answer in answers) == sorted(log.sent)
        # WhatsApp took it, and we died before we could write that down.
        unrecorded = (burns_at - 1) % 3 == (1 if after else 2)
        assert len(taken) - len(answers) == (1 if unrecorded else 0)
