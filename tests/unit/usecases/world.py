"""One office with everything around it in memory: applicants write, the queue is worked off, time passes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

from antrian.domain.answers import Answer
from antrian.domain.booking import Booking, State
from antrian.domain.changes import Change
from antrian.domain.decision import Decision as MessageDecision
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.office import Office
from antrian.domain.ports import Bookings, DayQueue, Days, Decisions, Dialogues, Door, Outbox, RateLimit
from antrian.domain.request import typed_date
from antrian.usecases.conversation.reception import Reception
from antrian.usecases.door.admission import Admission, Decision, PresentedCode
from antrian.usecases.door.attendance import Attendance
from antrian.usecases.schedule.closing import Closing
from antrian.usecases.schedule.reminding import Reminding
from antrian.usecases.schedule.sweeping import Sweeping
from antrian.usecases.seats.seating import Seating
from tests.builders import BUDI, KEY, MONDAY, NOW, SITI, message, office, scan
from tests.fakes import FakeClock, FakeDayQueue, FakeDrafts, FakeOutbox, FakeSigningKey, FakeStore

BORN = date(1987, 1, 25)
NAMES = {BUDI: "Budi Santoso", SITI: "Siti Aminah"}
A_SECOND = timedelta(seconds=1)


def applicant(number: int) -> Sender:
    """Return one of many applicants who have nothing to do with each other."""
    return Sender(phone=f"6281200{number:06d}")


def name_of(sender: Sender) -> str:
    """Return the name under which this sender registers unless a test says otherwise."""
    digits = (sender.phone or "0")[-6:]
    return NAMES.get(sender) or "Pemohon " + "".join("ABCDEFGHIJ"[int(digit)] for digit in digits)


def registration(name: str, day: date = MONDAY, born: date = BORN) -> str:
    """Return a registration as it is typed."""
    return f"#{name}#{typed_date(born)}#{typed_date(day)}"


def text_of(fields: Mapping[str, Any], key: str) -> str:
    """Return a field of an answer that is one text."""
    value = fields[key]
    assert isinstance(value, str)
    return value


@dataclass
class World:
    """An office at a moment. What is sent without a time is sent a second after what was sent before."""

    office: Office = field(default_factory=office)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOW.astimezone(UTC)))
    store: FakeStore = field(default_factory=FakeStore)
    day_queue: FakeDayQueue = field(default_factory=FakeDayQueue)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    drafts: FakeDrafts = field(default_factory=FakeDrafts)
    key: FakeSigningKey = field(default_factory=FakeSigningKey)
    # What the use cases see of the first four; tests of faults and races put something in between.
    bookings: Bookings = field(init=False)
    days: Days = field(init=False)
    door: Door = field(init=False)
    decisions: Decisions = field(init=False)
    rate_limit: RateLimit = field(init=False)
    dialogues: Dialogues = field(init=False)
    to_days: DayQueue = field(init=False)
    to_applicants: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Let the use cases see the outside as it is, without anything in between."""
        self.decisions = self.bookings = self.days = self.door = self.rate_limit = self.dialogues = self.store
        self.to_days, self.to_applicants = self.day_queue, self.outbox

    @property
    def reception(self) -> Reception:
        return Reception(
            office=self.office,
            key=KEY,
            decisions=self.decisions,
            bookings=self.bookings,
            days=self.days,
            day_queue=self.to_days,
            outbox=self.to_applicants,
            clock=self.clock,
            rate_limit=self.rate_limit,
            drafts=self.drafts,
            dialogues=self.dialogues,
        )

    @property
    def seating(self) -> Seating:
        return Seating(
            office=self.office,
            key=KEY,
            decisions=self.decisions,
            bookings=self.bookings,
            days=self.days,
            day_queue=self.to_days,
            outbox=self.to_applicants,
            clock=self.clock,
        )

    @property
    def sweeping(self) -> Sweeping:
        return Sweeping(
            office=self.office, bookings=self.bookings, days=self.days, outbox=self.to_applicants, clock=self.clock
        )

    @property
    def closing(self) -> Closing:
        return Closing(
            office=self.office, bookings=self.bookings, days=self.days, day_queue=self.to_days, clock=self.clock
        )

    @property
    def reminding(self) -> Reminding:
        return Reminding(
            office=self.office, bookings=self.bookings, days=self.days, outbox=self.to_applicants, clock=self.clock
        )

    @property
    def admission(self) -> Admission:
        names = {"CTH": self.office.name, "BGR": "Kanim Bogor"}
        return Admission(office=self.office, office_names=names, bookings=self.bookings, door=self.door, key=self.key)

    @property
    def attendance(self) -> Attendance:
        return Attendance(bookings=self.bookings, days=self.days)

    def at(self, moment: datetime) -> None:
        """Let it be this moment."""
        self.clock.moment = moment.astimezone(UTC)

    def send(
        self,
        text: str | None = None,
        sender: Sender = BUDI,
        *,
        button: str | None = None,
        photo: Photo | None = None,
        at: datetime | None = None,
    ) -> Message:
        """Let the office receive a message, and return it; what needs a seat waits in the day queue."""
        self.at(at or self.clock.moment + A_SECOND)
        sent = message(text, sender=sender, button=button, photo=photo, at=self.clock.moment.replace(microsecond=0))
        self.reception.receive(sent)
        return sent

    def settle(self) -> None:
        """Work off the day queue, and what goes on to later days."""
        while self.day_queue.requests:
            for day, requests in groupby(self.day_queue.take(), key=lambda request: request.service_date):
                self.seating.settle(day, list(requests))

    def say(
        self,
        text: str | None = None,
        sender: Sender = BUDI,
        *,
        button: str | None = None,
        photo: Photo | None = None,
        at: datetime | None = None,
    ) -> Answer:
        """Let a message be received and settled, and return its answer."""
        sent = self.send(text, sender, button=button, photo=photo, at=at)
        self.settle()
        return self.answer_to(sent)

    def answer_to(self, sent: Message) -> Answer:
        """Return the one answer to a message."""
        outgoing = self.outbox.answers[sent.id]
        assert outgoing.to == sent.sender
        return outgoing.answer

    def register(
        self,
        sender: Sender = BUDI,
        day: date = MONDAY,
        *,
        name: str = "",
        born: date = BORN,
        at: datetime | None = None,
    ) -> Answer:
        """Register, and return the answer."""
        return self.say(registration(name or name_of(sender), day, born), sender, at=at)

    def approve(self, echo: Answer, sender: Sender = BUDI, *, at: datetime | None = None) -> Answer:
        """Type the approval code of an echo, and return the answer."""
        return self.say(text_of(echo.fields, "approval_code"), sender, at=at)

    def book(self, sender: Sender = BUDI, day: date = MONDAY, *, name: str = "") -> Booking:
        """Register and approve, and return the confirmed booking."""
        ticket = self.approve(self.register(sender, day, name=name), sender)
        booking = self.booking(ticket)
        assert booking.state is State.CONFIRMED
        return booking

    def fill(self, day: date = MONDAY, seats: int = 4) -> list[Booking]:
        """Give this many seats of a day to people who have nothing to do with the test."""
        first = len(self.store.bookings)
        return [self.book(applicant(first + number), day) for number in range(seats)]

    def scan(self, code: str, nonce: str = "nonce-0001", **changes: Any) -> Decision:
        """Type a code at the door now."""
        return self.admission.check_in(PresentedCode(code), scan(nonce, self.clock.moment, **changes))

    def booking(self, answer: Answer) -> Booking:
        """Return the booking that an answer tells about."""
        return self.store.bookings[text_of(answer.fields, "booking_code")]

    def sweep(self, at: datetime) -> int:
        """Sweep at this moment."""
        self.at(at)
        return self.sweeping.sweep()

    def remind(self, at: datetime) -> int:
        """Let the minute of the reminders come."""
        self.at(at)
        return self.reminding.remind()

    def closes(self, *days: date, reason: str = "Banjir") -> None:
        """Let the office close these days, and no others, from now on."""
        self.office = replace(self.office, closed_dates=dict.fromkeys(days, reason))

    def call_off(self) -> int:
        """Let the minute come in which closed days are looked for, and what it asks for be done."""
        self.at(self.clock.moment + A_SECOND)
        asked = self.closing.close()
        self.settle()
        return asked


class Interrupted(FakeStore):
    """A store in which another worker does something just before the first round is written."""

    def interrupt(self, with_: Callable[[], object]) -> None:
        self._meanwhile = [with_]

    def settle(self, changes: Sequence[Change], answered: Collection[MessageDecision] = ()) -> None:
        while self._meanwhile:
            self._meanwhile.pop()()
        super().settle(changes, answered)
