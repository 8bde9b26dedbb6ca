"""What goes out, once each; what is given up leaves a record; what can be tried again is left to the queue."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

from antrian.domain import qr
from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Booking, State
from antrian.domain.delivery import Outgoing, Rendered, Seen, Template
from antrian.domain.message import Sender
from antrian.domain.ports import SigningKey
from antrian.domain.receipt import Receipt
from antrian.domain.refusals import Undeliverable, Unsayable, WindowClosed
from antrian.domain.seats import Slot, seat
from antrian.usecases.delivery.sending import Sending
from tests.builders import BUDI, MONDAY, NOW, SITI, TUESDAY, booking, office
from tests.fakes import FakeClock, FakeSentLog, FakeSigningKey, FakeStore
from tests.unit.usecases.line import Line, Words

TEMPLATE = Template("antrian_hangus", "id", ("Budi",))
TICKET = Outgoing(
    "wamid.2",
    BUDI,
    Answer(Kind.TICKET, {"example": "contoh", "booking_code": "CTH00000000", "service_date": MONDAY.isoformat()}),
)
OUTGOING = Outgoing("wamid.1", BUDI, Answer(Kind.HELP, {"example": "contoh"}))


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def log() -> FakeSentLog:
    return FakeSentLog()


@pytest.fixture
def store() -> FakeStore:
    """Provide a store with the booking whose ticket goes out."""
    booked = booking(code="CTH00000000")
    return FakeStore(bookings={booked.code: booked})


def sending(
    line: Line,
    log: FakeSentLog,
    template: Template | None = None,
    key: SigningKey | None = None,
    store: FakeStore | None = None,
) -> Sending:
    clock = FakeClock(NOW.astimezone(UTC))
    return Sending(
        wording=Words(template),
        channel=line,
        sent=log,
        bookings=store or FakeStore(),
        key=key or FakeSigningKey(),
        clock=clock,
    )


def undelivered(store: FakeStore) -> bool:
    return store.bookings["CTH00000000"].ticket_undelivered


def test_an_answer_goes_out_in_the_office_s_words_and_is_recorded(line: Line, log: FakeSentLog) -> None:
    assert sending(line, log).send(OUTGOING) == "sent"
    assert line.taken == [(BUDI, Rendered("help: contoh"), "wamid.1")]
    assert log.sent == {"wamid.1": "out.1"}


def test_an_answer_that_stands_in_two_groups_of_the_outbox_goes_out_once(line: Line, log: FakeSentLog) -> None:
    """Its sender goes by other ids since it was put there first."""
    assert [sending(line, log).send(replace(OUTGOING, to=to)) for to in (BUDI, SITI)] == ["sent", "sent_before"]
    assert [to for to, _, _ in line.taken] == [BUDI]


def test_a_ticket_goes_out_with_a_qr_code_that_its_office_signed(line: Line, log: FakeSentLog) -> None:
    key = FakeSigningKey()
    sending(line, log, key=key).send(TICKET)
    ((_, ticket, _),) = line.taken
    assert isinstance(ticket, Rendered)
    assert ticket.qr is not None
    shown = qr.read(ticket.qr)
    assert shown is not None
    assert (shown.code, shown.service_date) == ("CTH00000000", MONDAY)
    assert key.verifies(shown.content, shown.signature)


def test_a_ticket_that_cannot_be_signed_now_is_left_to_be_sent(line: Line, log: FakeSentLog) -> None:
    class BusyKey(FakeSigningKey):
        def sign(self, content: bytes) -> bytes:
            raise TimeoutError(f"{len(content)} bytes wait")

    with pytest.raises(TimeoutError):
        sending(line, log, key=BusyKey()).send(TICKET)
    assert line.taken == []
    assert sending(line, log).send(TICKET) == "sent"


def test_an_answer_that_went_out_does_not_go_out_again(line: Line, log: FakeSentLog) -> None:
    sending(line, log).send(OUTGOING)
    assert sending(line, log).send(OUTGOING) == "sent_before"
    assert sending(line, log).send(replace(OUTGOING, answer=Answer(Kind.ECHO))) == "sent_before"
    assert len(line.taken) == 1


def test_an_answer_whose_id_whatsapp_did_not_tell_counts_as_sent(line: Line, log: FakeSentLog) -> None:
    log.add(OUTGOING, "", NOW)
    assert sending(line, log).send(OUTGOING) == "sent_before"


def test_a_fault_of_the_line_passes_through_and_leaves_the_answer_to_be_sent(line: Line, log: FakeSentLog) -> None:
    line.faults = [ConnectionError()]
    with pytest.raises(ConnectionError):
        sending(line, log).send(OUTGOING)
    assert log.find("wamid.1") is None
    assert sending(line, log).send(OUTGOING) == "sent"


def test_what_whatsapp_refuses_for_good_is_given_up_with_the_reason(line: Line, log: FakeSentLog) -> None:
    line.faults = [Undeliverable("NotThisWay:131026")]
    assert sending(line, log).send(OUTGOING) == "given_up"
    assert log.failures == {"wamid.1": "NotThisWay:131026"}
    assert sending(line, log).send(OUTGOING) == "sent_before"
    assert line.taken == []


def test_a_closed_window_is_answered_with_the_template(line: Line, log: FakeSentLog) -> None:
    line.faults = [WindowClosed()]
    assert sending(line, log, TEMPLATE).send(OUTGOING) == "sent"
    assert line.taken == [(BUDI, TEMPLATE, "wamid.1")]
    assert log.sent == {"wamid.1": "out.1"}


def test_a_closed_window_without_a_template_is_given_up_with_the_reason(line: Line, log: FakeSentLog) -> None:
    line.faults = [WindowClosed()]
    assert sending(line, log).send(OUTGOING) == "given_up"
    assert log.failures == {"wamid.1": "window_closed"}


def test_a_template_that_is_refused_is_given_up_and_one_that_fails_comes_again(line: Line, log: FakeSentLog) -> None:
    line.faults = [WindowClosed(), WindowClosed()]
    line.template_faults = [ConnectionError(), Undeliverable("OurFault:132001")]
    with pytest.raises(ConnectionError):
        sending(line, log, TEMPLATE).send(OUTGOING)
    assert sending(line, log, TEMPLATE).send(OUTGOING) == "given_up"
    assert log.failures == {"wamid.1": "OurFault:132001"}


# Notices


@pytest.fixture
def notice(store: FakeStore) -> Outgoing:
    """Provide the notice that a booking is void, which is so."""
    store.bookings["CTH00000000"] = replace(store.bookings["CTH00000000"], state=State.EXPIRED)
    return Outgoing("expired:CTH00000000", BUDI, replace(TICKET.answer, kind=Kind.EXPIRED))


def test_a_notice_goes_out_as_a_template_at_once_because_a_text_may_vanish(
    line: Line, log: FakeSentLog, store: FakeStore, notice: Outgoing
) -> None:
    assert sending(line, log, TEMPLATE, store=store).send(notice) == "sent"
    assert line.taken == [(BUDI, TEMPLATE, notice.id)]


def test_a_notice_whose_template_is_not_approved_goes_out_as_a_text(
    line: Line, log: FakeSentLog, store: FakeStore, notice: Outgoing
) -> None:
    """It has an outcome of its own, because WhatsApp mostly takes such a text and lets it vanish."""
    line.template_faults = [Undeliverable("OurFault:132001", ours=True)]
    assert sending(line, log, TEMPLATE, store=store).send(notice) == "sent_without_template"
    assert line.taken == [(BUDI, Rendered("expired: contoh", template=TEMPLATE), notice.id)]
    assert log.sent == {notice.id: "out.1"}
    assert sending(line, log, TEMPLATE, store=store).send(notice) == "sent_before"


def test_a_notice_that_gets_through_in_no_way_tells_that_its_template_is_to_blame(
    line: Line, log: FakeSentLog, store: FakeStore, notice: Outgoing
) -> None:
    line.template_faults = [Undeliverable("OurFault:132001", ours=True)]
    line.faults = [WindowClosed()]
    assert sending(line, log, TEMPLATE, store=store).send(notice) == "our_fault"
    assert log.failures == {notice.id: "OurFault:132001"}


def test_a_notice_to_somebody_who_cannot_be_reached_is_not_tried_as_a_text(
    line: Line, log: FakeSentLog, store: FakeStore, notice: Outgoing
) -> None:
    line.template_faults = [Undeliverable("NotThisWay:131026")]
    assert sending(line, log, TEMPLATE, store=store).send(notice) == "given_up"
    assert line.taken == []


def test_words_that_lack_a_value_are_a_fault_and_not_a_failure_of_whatsapp(line: Line, log: FakeSentLog) -> None:
    with pytest.raises(Unsayable):
        sending(line, log).send(replace(OUTGOING, answer=Answer(Kind.HELP)))
    assert log.find("wamid.1") is None


def test_what_cannot_be_said_is_given_up_with_a_record_when_it_was_tried_often_enough(
    line: Line, log: FakeSentLog, store: FakeStore
) -> None:
    sending(line, log, store=store).give_up_unsayable(TICKET)
    assert log.failures == {"wamid.2": "unsayable"}
    assert sending(line, log).send(TICKET) == "sent_before"
    assert undelivered(store)


def test_what_lacks_everything_can_still_be_given_up(line: Line, log: FakeSentLog) -> None:
    sending(line, log).give_up_unsayable(replace(TICKET, answer=Answer(Kind.TICKET)))
    sending(line, log).give_up_unread("sqs-1")
    assert log.failures == {"wamid.2": "unsayable", "sqs-1": "unread"}


def test_a_message_that_is_wrong_is_told_apart_from_a_person_who_cannot_be_reached(
    line: Line, log: FakeSentLog
) -> None:
    line.faults = [Undeliverable("OurFault:100", ours=True)]
    assert sending(line, log).send(OUTGOING) == "our_fault"
    assert log.failures == {"wamid.1": "OurFault:100"}


# What receipts told before


@pytest.mark.parametrize("receipt", Receipt)
def test_a_receipt_that_came_first_proves_that_an_answer_went_out(
    line: Line, log: FakeSentLog, receipt: Receipt
) -> None:
    log.receive("wamid.2", receipt, "out.7", NOW, ())
    assert sending(line, log).send(TICKET) == "sent_before"
    assert line.taken == []
    record = log.find("wamid.2")
    assert record is not None
    assert (record.receipt, record.whatsapp_id, record.kind) == (receipt, "out.7", "ticket")


def test_a_ticket_that_is_given_up_shows_at_the_desk(line: Line, log: FakeSentLog, store: FakeStore) -> None:
    line.faults = [Undeliverable("NotThisWay:131026")]
    assert sending(line, log, store=store).send(TICKET) == "given_up"
    assert undelivered(store)


def test_a_ticket_that_went_out_does_not_show_at_the_desk(line: Line, log: FakeSentLog, store: FakeStore) -> None:
    sending(line, log, store=store).send(TICKET)
    assert store.bookings["CTH00000000"].ticket_missed_for is None
    assert store.bookings["CTH00000000"].ticket_arrived_for is None


def test_a_ticket_whose_failure_was_told_before_our_own_record_shows_at_the_desk(
    log: FakeSentLog, store: FakeStore
) -> None:
    class Overtaken(Line):
        def send(self, to: Sender, rendered: Rendered, outgoing_id: str) -> str:
            log.receive(outgoing_id, Receipt.FAILED, "out.7", NOW, (131026,))
            return super().send(to, rendered, outgoing_id)

    assert sending(Overtaken(), log, store=store).send(TICKET) == "sent"
    assert undelivered(store)


def test_a_death_before_the_desk_was_told_is_made_good_when_the_ticket_comes_again(
    line: Line, log: FakeSentLog, store: FakeStore
) -> None:
    class Dying(FakeStore):
        def note_ticket(self, *_: object, **__: object) -> None:
            raise ConnectionError

    line.faults = [Undeliverable("NotThisWay:131026")]
    with pytest.raises(ConnectionError):
        sending(line, log, store=Dying()).send(TICKET)
    assert sending(line, log, store=store).send(TICKET) == "sent_before"
    assert undelivered(store)


# Notices


def reminder_of(booked: Booking) -> Outgoing:
    fields = {"example": "", "booking_code": booked.code, "service_date": booked.service_date.isoformat()}
    return Outgoing(f"reminder:{booked.code}:{booked.service_date}", BUDI, Answer(Kind.REMINDER, fields))


@pytest.fixture
def seated() -> Booking:
    """Provide a booking with a seat for Monday."""
    first = Slot.planned(office().slots(MONDAY)[0])
    return booking(code="CTH00000000", state=State.CONFIRMED, seat=seat(office(), first, 1))


def test_a_notice_goes_out_while_it_is_true(line: Line, log: FakeSentLog, seated: Booking) -> None:
    store = FakeStore(bookings={seated.code: seated})
    assert sending(line, log, store=store).send(reminder_of(seated)) == "sent"


@pytest.mark.parametrize(
    "changes", [{"state": State.CANCELLED}, {"state": State.EXPIRED}, {"service_date": TUESDAY}], ids=str
)
def test_a_notice_that_was_overtaken_while_it_waited_is_dropped_with_a_record(
    line: Line, log: FakeSentLog, seated: Booking, changes: dict[str, Any]
) -> None:
    store = FakeStore(bookings={seated.code: replace(seated, **changes)})
    assert sending(line, log, store=store).send(reminder_of(seated)) == "stale"
    assert line.taken == []
    assert log.failures == {f"reminder:{seated.code}:2026-11-23": "stale"}


def test_what_was_dropped_stays_dropped(line: Line, log: FakeSentLog, seated: Booking) -> None:
    assert sending(line, log).send(reminder_of(seated)) == "stale"
    store = FakeStore(bookings={seated.code: seated})
    assert sending(line, log, store=store).send(reminder_of(seated)) == "sent_before"
    assert line.taken == []


def test_a_notice_is_looked_at_again_whenever_it_is_tried_again(line: Line, log: FakeSentLog, seated: Booking) -> None:
    store = FakeStore(bookings={seated.code: seated})
    line.faults = [ConnectionError()]
    with pytest.raises(ConnectionError):
        sending(line, log, store=store).send(reminder_of(seated))
    store.bookings[seated.code] = replace(seated, state=State.CANCELLED)
    assert sending(line, log, store=store).send(reminder_of(seated)) == "stale"


def test_a_notice_goes_to_who_has_the_booking_by_then(line: Line, log: FakeSentLog, seated: Booking) -> None:
    """A number that the holder gave up while the notice waited may be a stranger's."""
    moved = Sender(phone="628119999999")
    store = FakeStore(bookings={seated.code: replace(seated, sender=moved)})
    assert sending(line, log, store=store).send(reminder_of(seated)) == "sent"
    assert [to for to, _, _ in line.taken] == [moved]


def test_a_reminder_outside_the_window_is_the_template(line: Line, log: FakeSentLog, seated: Booking) -> None:
    store = FakeStore(bookings={seated.code: seated})
    line.faults = [WindowClosed()]
    assert sending(line, log, TEMPLATE, store=store).send(reminder_of(seated)) == "sent"
    assert [content for _, content, _ in line.taken] == [TEMPLATE]


def test_the_answer_to_a_message_is_true_of_when_it_was_made(line: Line, log: FakeSentLog, seated: Booking) -> None:
    """Whoever asks gets their answer, whatever has become of their booking since."""
    answered = replace(
        reminder_of(seated), id="wamid.3", answer=Answer(Kind.EXPIRED, reminder_of(seated).answer.fields)
    )
    assert sending(line, log, store=FakeStore()).send(answered) == "sent"


def test_a_notice_that_does_not_say_what_it_is_about_is_a_fault(line: Line, log: FakeSentLog) -> None:
    with pytest.raises(Unsayable):
        sending(line, log).send(Outgoing("reminder:1:2026-11-23", BUDI, Answer(Kind.REMINDER, {"example": ""})))
    assert log.records == {}


# Seen


@pytest.mark.parametrize(("seconds", "became"), [(0, "seen"), (60, "seen"), (61, "seen_too_late")])
def test_that_a_message_was_seen_is_shown_while_somebody_may_look(
    line: Line, log: FakeSentLog, seconds: int, became: str
) -> None:
    seen = Seen("wamid.1", BUDI, NOW.astimezone(UTC) - timedelta(seconds=seconds))
    assert sending(line, log).show_seen(seen) == became
    assert line.seen == (["wamid.1"] if became == "seen" else [])
    assert log.records == {}
