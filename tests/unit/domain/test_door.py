"""What the door says to those whom it did not let in: the true reason, validity before use."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from antrian.domain.booking import Booking, Seat, State
from antrian.domain.door import CheckIn, Outcome, refusal
from tests.builders import MONDAY, TUESDAY, booking, wib

EIGHT = wib(MONDAY, 8)
SEAT = Seat(number=1, starts_at=EIGHT, opens_at=wib(MONDAY, 7, 30), void_after=wib(MONDAY, 8, 15))
CHECK_IN = CheckIn(nonce="first", officer="ani", at=wib(MONDAY, 7, 41))
SECOND = timedelta(seconds=1)


def confirmed() -> Booking:
    return booking(state=State.CONFIRMED, seat=SEAT)


def told(held: Booking, at: datetime = EIGHT, check_in: CheckIn | None = None, nonce: str = "second") -> Outcome:
    return refusal(held, check_in, nonce, at.date(), at)


@pytest.mark.parametrize(
    ("at", "outcome"),
    [
        (wib(date(2026, 11, 22), 8), Outcome.WRONG_DAY),
        (wib(date(2026, 11, 22), 23, 59), Outcome.WRONG_DAY),
        (wib(MONDAY, 0), Outcome.EARLY),
        (wib(MONDAY, 7, 30) - SECOND, Outcome.EARLY),
        (wib(MONDAY, 8) + SECOND, Outcome.LATE_GRACE),
        (wib(MONDAY, 8, 15), Outcome.LATE_GRACE),
        (wib(MONDAY, 8, 15) + SECOND, Outcome.EXPIRED),
        (wib(MONDAY, 23, 59), Outcome.EXPIRED),
        (wib(TUESDAY, 8), Outcome.EXPIRED),
    ],
)
def test_a_confirmed_code_outside_its_window_is_told_which_side_it_is_on(at: datetime, outcome: Outcome) -> None:
    assert told(confirmed(), at) is outcome


def test_a_grace_that_runs_past_midnight_is_still_a_grace() -> None:
    night = replace(SEAT, starts_at=wib(MONDAY, 23, 50), opens_at=wib(MONDAY, 23, 20), void_after=wib(TUESDAY, 0, 5))
    assert told(booking(state=State.CONFIRMED, seat=night), wib(TUESDAY, 0, 4)) is Outcome.LATE_GRACE
    assert told(booking(state=State.CONFIRMED, seat=night), wib(TUESDAY, 0, 6)) is Outcome.EXPIRED


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (State.PENDING, Outcome.UNCONFIRMED),
        (State.LAPSED, Outcome.UNCONFIRMED),
        (State.CANCELLED, Outcome.CANCELLED),
        (State.REPLACED, Outcome.CANCELLED),
        (State.EXPIRED, Outcome.EXPIRED),
        (State.CHECKED_IN, Outcome.USED),
    ],
)
def test_every_other_state_has_its_own_reason_at_any_hour(state: State, outcome: Outcome) -> None:
    for at in (wib(date(2026, 11, 22), 8), wib(MONDAY, 7, 45), wib(TUESDAY, 8)):
        assert told(replace(confirmed(), state=state), at, CHECK_IN if state is State.CHECKED_IN else None) is outcome


def test_the_same_scan_sent_again_is_the_same_success() -> None:
    inside = replace(confirmed(), state=State.CHECKED_IN)
    assert told(inside, wib(MONDAY, 7, 41), CHECK_IN, nonce="first") is Outcome.OK
    assert told(inside, wib(TUESDAY, 9), CHECK_IN, nonce="first") is Outcome.OK


def test_another_scan_of_a_used_code_is_told_so() -> None:
    inside = replace(confirmed(), state=State.CHECKED_IN)
    assert told(inside, wib(MONDAY, 7, 42), CHECK_IN, nonce="second") is Outcome.USED
    assert told(inside, wib(MONDAY, 7, 42), None, nonce="second") is Outcome.USED


@pytest.mark.parametrize("state", [State.CANCELLED, State.REPLACED, State.EXPIRED, State.PENDING, State.LAPSED])
def test_a_code_that_is_not_valid_is_never_called_used_or_let_in(state: State) -> None:
    held = replace(confirmed(), state=state)
    assert told(held, check_in=CHECK_IN, nonce="first") not in {Outcome.OK, Outcome.USED}


def test_a_confirmed_booking_without_a_seat_is_a_fault_and_no_outcome() -> None:
    with pytest.raises(ValueError, match="has no seat"):
        told(booking(state=State.CONFIRMED))


def test_every_state_has_an_outcome() -> None:
    for state in State:
        assert told(replace(confirmed(), state=state)) in Outcome
