"""Whatever lies in the outbox: what comes again after which pause, what is given up, and what holds nobody up."""

from dataclasses import dataclass, field, replace
from datetime import UTC

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.backoff import DEFAULT_BACKOFF, LINE_DOWN_BACKOFF, RECIPIENT_BACKOFF, Backoff
from antrian.domain.booking import State
from antrian.domain.delivery import Outgoing, PhotoToKeep, Seen
from antrian.domain.message import Photo
from antrian.domain.outcomes import NotifyOutcome
from antrian.domain.refusals import LineDown, TryLater, Undeliverable
from antrian.usecases.delivery.circuit_breaker import OPEN_SECONDS, CircuitBreaker
from antrian.usecases.delivery.delivering import FAULT_ATTEMPTS, Delivering, Delivery
from antrian.usecases.delivery.photos import PhotoKeeping
from antrian.usecases.delivery.sending import Sending
from tests.builders import BUDI, NOW, booking
from tests.fakes import FakeClock, FakeOutbox, FakeSentLog, FakeSigningKey, FakeStore
from tests.unit.usecases.delivery.test_photos import Shelf, Source
from tests.unit.usecases.line import Line, Words

OUTGOING = Outgoing("wamid.1", BUDI, Answer(Kind.HELP, {"example": "contoh"}))
UNSAYABLE = replace(OUTGOING, answer=Answer(Kind.HELP))
SEEN = Seen("wamid.1", BUDI, NOW.astimezone(UTC))
PHOTO = PhotoToKeep("CTH00000000", Photo("1001", "image/jpeg"))


@dataclass
class Scene:
    """Everything around the use case, and a watch that tests set."""

    line: Line = field(default_factory=Line)
    log: FakeSentLog = field(default_factory=FakeSentLog)
    source: Source = field(default_factory=Source)
    seconds: float = 0.0
    token_fault: Exception | None = None

    def __post_init__(self) -> None:
        booked = booking(code=PHOTO.booking_code, photo=PHOTO.photo, state=State.CONFIRMED)
        self.store = FakeStore(bookings={booked.code: booked})
        self.breaker = CircuitBreaker(lambda: self.seconds)
        self.delivering = Delivering(sending=self._sending, photo_keeping=self._photo_keeping, breaker=self.breaker)

    def deliver(
        self, content: Outgoing | Seen | PhotoToKeep = OUTGOING, attempt: int = 1, *, in_time: bool = True
    ) -> Delivery:
        return self.delivering.deliver(content, attempt, in_time=in_time)

    def _sending(self) -> Sending:
        if self.token_fault:
            raise self.token_fault
        return Sending(
            wording=Words(),
            channel=self.line,
            sent=self.log,
            bookings=self.store,
            key=FakeSigningKey(),
            clock=FakeClock(NOW.astimezone(UTC)),
        )

    def _photo_keeping(self) -> PhotoKeeping:
        return PhotoKeeping(bookings=self.store, source=self.source, store=Shelf(), outbox=FakeOutbox())


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.mark.parametrize(
    ("content", "outcome"),
    [(OUTGOING, NotifyOutcome.SENT), (SEEN, NotifyOutcome.SEEN), (PHOTO, NotifyOutcome.PHOTO_KEPT)],
)
def test_what_goes_well_is_done_with(
    scene: Scene, content: Outgoing | Seen | PhotoToKeep, outcome: NotifyOutcome
) -> None:
    assert scene.deliver(content) == Delivery(outcome)


@pytest.mark.parametrize(
    ("refused", "outcome", "backoff"),
    [
        (TryLater("busy"), NotifyOutcome.RETRY, DEFAULT_BACKOFF),
        (TryLater("pair rate", this_recipient_only=True), NotifyOutcome.RETRY, RECIPIENT_BACKOFF),
        (LineDown("expired token"), NotifyOutcome.LINE_DOWN, LINE_DOWN_BACKOFF),
    ],
)
def test_what_whatsapp_refuses_for_now_comes_again_after_the_pause_of_its_reason(
    scene: Scene, refused: Exception, outcome: NotifyOutcome, backoff: Backoff
) -> None:
    scene.line.faults = [refused]
    assert scene.deliver(attempt=900) == Delivery(outcome, backoff, reason=str(refused))
    scene.seconds += OPEN_SECONDS
    scene.source.faults = [refused]
    assert scene.deliver(PHOTO) == Delivery(outcome, backoff, reason=str(refused))


def test_what_whatsapp_refuses_for_good_is_done_with(scene: Scene) -> None:
    scene.line.faults = [Undeliverable("OurFault:100", ours=True)]
    assert scene.deliver() == Delivery(NotifyOutcome.OUR_FAULT)


def test_when_nothing_gets_out_nothing_else_is_tried_for_a_minute(scene: Scene) -> None:
    scene.line.faults = [LineDown("expired token")]
    scene.deliver()
    for content in (OUTGOING, PHOTO):
        assert scene.deliver(content) == Delivery(NotifyOutcome.HELD, LINE_DOWN_BACKOFF)
    assert scene.deliver(SEEN) == Delivery(NotifyOutcome.SEEN_NOT_SHOWN)
    scene.seconds = OPEN_SECONDS - 1
    assert scene.breaker.is_open
    assert (scene.line.taken, scene.line.seen, scene.source.fetched) == ([], [], [])
    scene.seconds = OPEN_SECONDS
    assert scene.deliver() == Delivery(NotifyOutcome.SENT)


def test_a_busy_whatsapp_holds_nobody_else_up(scene: Scene) -> None:
    scene.line.faults = [TryLater("busy")]
    scene.deliver()
    assert not scene.breaker.is_open


def test_what_no_time_is_left_for_is_not_begun(scene: Scene) -> None:
    for content in (OUTGOING, PHOTO):
        assert scene.deliver(content, in_time=False) == Delivery(NotifyOutcome.NO_TIME_LEFT, DEFAULT_BACKOFF)
    assert scene.deliver(SEEN, in_time=False) == Delivery(NotifyOutcome.SEEN_NOT_SHOWN)
    assert (scene.line.taken, scene.line.seen, scene.source.fetched) == ([], [], [])


def test_a_mark_that_fails_is_dropped(scene: Scene) -> None:
    scene.line.faults = [LineDown("expired token")]
    assert scene.deliver(SEEN) == Delivery(NotifyOutcome.SEEN_NOT_SHOWN, reason="expired token")
    assert not scene.breaker.is_open
    scene.token_fault = LookupError("no secret")
    assert scene.deliver(SEEN).outcome is NotifyOutcome.SEEN_NOT_SHOWN


def test_a_fault_of_the_outside_is_never_given_up(scene: Scene) -> None:
    fault = ConnectionError("the table is not there")
    scene.line.faults = [fault]
    assert scene.deliver(attempt=900) == Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=fault)
    scene.token_fault = LookupError("no secret")
    assert scene.deliver(attempt=900) == Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=scene.token_fault)
    assert scene.log.records == {}


def test_what_cannot_be_put_into_words_is_given_up_after_ten_tries_with_a_record(scene: Scene) -> None:
    before = scene.deliver(UNSAYABLE, FAULT_ATTEMPTS - 1)
    assert (before.outcome, before.backoff) == (NotifyOutcome.FAULT, DEFAULT_BACKOFF)
    assert scene.log.records == {}
    last = scene.deliver(UNSAYABLE, FAULT_ATTEMPTS)
    assert (last.outcome, last.backoff) == (NotifyOutcome.OUR_FAULT, None)
    assert last.fault is not None
    assert scene.log.failures == {"wamid.1": "unsayable"}


def test_what_cannot_be_read_is_given_up_after_ten_tries_with_a_record(scene: Scene) -> None:
    fault = ValueError("version 2 is newer than this code")
    before = scene.delivering.give_up_unread("sqs.1", FAULT_ATTEMPTS - 1, fault)
    assert before == Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=fault)
    assert scene.log.failures == {}
    scene.token_fault = LookupError("no secret")
    unrecorded = scene.delivering.give_up_unread("sqs.1", FAULT_ATTEMPTS, fault)
    assert unrecorded == Delivery(NotifyOutcome.FAULT, DEFAULT_BACKOFF, fault=scene.token_fault)
    scene.token_fault = None
    last = scene.delivering.give_up_unread("sqs.1", FAULT_ATTEMPTS, fault)
    assert last == Delivery(NotifyOutcome.OUR_FAULT, fault=fault)
    assert scene.log.failures == {"sqs.1": "unread"}
