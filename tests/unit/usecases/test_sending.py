"""What goes out, once each; what is given up leaves a record; what can be tried again is left to the queue."""

from dataclasses import replace
from datetime import UTC

import pytest

from antrian.domain import qr
from antrian.domain.answer import Answer, Kind
from antrian.domain.ports import Outgoing, Rendered, SigningKey, Template, Undeliverable, WindowClosed
from antrian.usecases.sending import Sending
from tests.builders import BUDI, MONDAY, NOW
from tests.fakes import FakeClock, FakeSentLog, FakeSigningKey
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


def sending(line: Line, log: FakeSentLog, template: Template | None = None, key: SigningKey | None = None) -> Sending:
    return Sending(Words(template), line, log, key or FakeSigningKey(), FakeClock(NOW.astimezone(UTC)))


def test_an_answer_goes_out_in_the_office_s_words_and_is_recorded(line: Line, log: FakeSentLog) -> None:
    assert sending(line, log).send(OUTGOING) == "sent"
    assert line.taken == [(BUDI, Rendered("help: contoh"), "wamid.1")]
    assert log.sent == {"wamid.1": "out.1"}


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
    assert not log.has("wamid.1")
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


def test_words_that_lack_a_value_are_a_fault_and_not_a_failure_of_whatsapp(line: Line, log: FakeSentLog) -> None:
    with pytest.raises(KeyError):
        sending(line, log).send(replace(OUTGOING, answer=Answer(Kind.HELP)))
    assert not log.has("wamid.1")
