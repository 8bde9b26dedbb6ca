"""What a message decided, on DynamoDB's conditions and on the fake of the unit tests alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from antrian.domain.answers import Answer, Kind
from antrian.domain.booking import Move, State
from antrian.domain.changes import Cancel, SeatAction, SeatRequest
from antrian.domain.claims import ClaimKey
from antrian.domain.decision import Decision
from antrian.domain.message import Sender
from antrian.domain.refusals import Decided, StaleRead
from tests.builders import BUDI, MONDAY, SITI, TUESDAY, booking
from tests.integration.store import LATER, SENT, Store

BOTH = Sender("628110000001", "ID.81100000001")
CHECKED_IN = Answer(Kind.ALREADY_CHECKED_IN, {"name": "Budi Santoso", "queue_number": "1"})
LISTED = Answer(Kind.QUOTA, {"row_day": ("2026-11-23", "2026-11-24"), "row_seats": ("1", "4"), "example": ""})


def release(by: Sender = BUDI) -> SeatRequest:
    return SeatRequest(SeatAction.RELEASE, "CTH00000010", MONDAY, "wamid.batal", by, SENT + timedelta(seconds=3))


OUTCOMES = [Answer(Kind.HELP), LISTED, release(), release(BOTH), release(Sender(user_id="ID.81100000001"))]


def answered(answer: Answer, message_id: str = "wamid.batal") -> Decision:
    return Decision(message_id, SENT, answer)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_what_a_message_decided_stands_as_it_was_decided(store: Store, outcome: Answer | SeatRequest) -> None:
    decision = Decision("wamid.batal", SENT, outcome)
    assert store.decisions.decision_on("wamid.batal") is None
    assert store.decisions.decide(decision) == decision
    assert store.decisions.decision_on("wamid.batal") == decision
    assert store.decisions.decision_on("wamid.other") is None


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_a_message_decides_once(store: Store, outcome: Answer | SeatRequest) -> None:
    first = store.decisions.decide(Decision("wamid.batal", SENT, outcome))
    assert store.decisions.decide(answered(CHECKED_IN)) == first
    assert store.decisions.decision_on("wamid.batal") == first


def test_a_registration_stands_decided_with_its_booking(store: Store) -> None:
    new, decision = booking(), answered(LISTED, "wamid.1")
    store.bookings.register(new, (), decision)
    assert store.decisions.decision_on("wamid.1") == decision
    assert store.decisions.answers_to(["wamid.1"]) == {"wamid.1": LISTED}


def test_a_message_that_has_decided_registers_nothing(store: Store) -> None:
    first = store.decisions.decide(answered(CHECKED_IN, "wamid.1"))
    new = booking()
    with pytest.raises(Decided) as refused:
        store.bookings.register(new, (), answered(LISTED, "wamid.1"))
    assert refused.value.decision == first
    assert store.bookings.get(new.code) is None
    assert store.bookings.held_by(new.claims) == []


def test_what_was_decided_is_told_before_whose_code_or_claims_are_in_the_way(store: Store) -> None:
    new, decision = booking(), Decision("wamid.batal", SENT, release())
    store.bookings.register(new, (), decision)
    for again in (new, replace(new, code="CTH00000020")):
        with pytest.raises(Decided) as refused:
            store.bookings.register(again, (), decision)
        assert refused.value.decision == decision
    assert store.bookings.get("CTH00000020") is None


def test_a_registration_that_is_refused_decides_nothing(store: Store) -> None:
    store.register(booking())
    with pytest.raises(Exception, match="held by"):
        store.bookings.register(booking(), (), answered(LISTED))
    assert store.decisions.decision_on("wamid.batal") is None


def test_a_request_gets_its_answer_with_what_it_changed_and_stays_a_request(store: Store) -> None:
    confirmed = store.confirm(booking())
    asked = store.decisions.decide(Decision("wamid.batal", SENT, release()))
    assert store.decisions.answers_to(["wamid.batal"]) == {}
    told = Answer(Kind.CANCELLED, {"booking_code": confirmed.code})
    store.days.settle([Cancel(confirmed, Move(LATER, "wamid.batal"))], [answered(told)])
    assert store.decisions.answers_to(["wamid.batal", "wamid.other"]) == {"wamid.batal": told}
    assert store.decisions.decision_on("wamid.batal") == asked
    assert store.get(confirmed.code).state is State.CANCELLED


def test_a_request_that_changes_nothing_gets_its_answer_too(store: Store) -> None:
    store.days.settle([], [answered(CHECKED_IN), answered(LISTED, "wamid.other")])
    # Also one without a record, as an older release left it.
    assert store.decisions.answers_to(["wamid.batal", "wamid.other"]) == {
        "wamid.batal": CHECKED_IN,
        "wamid.other": LISTED,
    }
    assert store.decisions.decision_on("wamid.batal") == answered(CHECKED_IN)


@pytest.mark.parametrize("refused_first", [True, False])
def test_a_message_is_answered_once_and_changes_nothing_after_that(store: Store, refused_first: bool) -> None:
    first, second = store.confirm(booking()), store.confirm(booking(SITI), number=2)
    done = [] if refused_first else [Cancel(first, Move(LATER, "wamid.batal"))]
    store.days.settle(done, [answered(CHECKED_IN)])
    with pytest.raises(StaleRead):
        store.days.settle([Cancel(second, Move(LATER, "wamid.batal"))], [answered(LISTED)])
    assert store.get(second.code) == second
    assert store.holder_of(ClaimKey("PHONE#628110000002")) == (second.code, second.claims_until)
    assert store.decisions.answers_to(["wamid.batal"]) == {"wamid.batal": CHECKED_IN}


def test_where_a_change_is_refused_nothing_is_answered(store: Store) -> None:
    confirmed = store.confirm(booking())
    moved_on = replace(confirmed, claims_until=confirmed.claims_until + (TUESDAY - MONDAY))
    with pytest.raises(StaleRead):
        store.days.settle([Cancel(moved_on, Move(LATER, "wamid.batal"))], [answered(CHECKED_IN)])
    assert store.decisions.answers_to(["wamid.batal"]) == {}
