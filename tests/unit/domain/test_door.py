"""What the door says to those whom it did not let in: the true reason, validity before use."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from antrian.domain.booking import Booking, Seat, State
from antrian.domain.door import Outcome, ScanRecord, UndoRefusal, refusal
from antrian.domain.scan import Undoing
from tests.builders import MONDAY, TUESDAY, booking, scan, wib

EIGHT = wib(MONDAY, 8)
SEAT = Seat(1, MONDAY, starts_at=EIGHT, opens_at=wib(MONDAY, 7, 30), void_after=wib(MONDAY, 8, 15))
SECOND = timedelta(seconds=1)


def confirmed() -> Booking:
    return booking(state=State.CONFIRMED, seat=SEAT)


def told(held: Booking, at: datetime = EIGHT) -> Outcome:
    return refusal(held, at, at.date())


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
def test_a_code_outside_its_window_is_told_which_side_it_is_on(at: datetime, outcome: Outcome) -> None:
    assert told(confirmed(), at) is outcome


@pytest.mark.parametrize(
    ("at", "outcome"), [(wib(MONDAY, 8, 15), Outcome.LATE_GRACE), (wib(MONDAY, 8, 15) + SECOND, Outcome.EXPIRED)]
)
def test_a_code_that_was_voided_before_its_scan_was_told_is_judged_by_when_the_scan_happened(
    at: datetime, outcome: Outcome
) -> None:
    assert told(replace(confirmed(), state=State.EXPIRED), at) is outcome


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
        (State.CHECKED_IN, Outcome.USED),
    ],
)
def test_every_other_state_has_its_own_reason_at_any_hour(state: State, outcome: Outcome) -> None:
    for at in (wib(date(2026, 11, 22), 8), wib(MONDAY, 7, 45), wib(TUESDAY, 8)):
        assert told(replace(confirmed(), state=state), at) is outcome


@pytest.mark.parametrize("state", [State.CANCELLED, State.REPLACED, State.EXPIRED, State.PENDING, State.LAPSED])
def test_a_code_that_is_not_valid_is_never_called_used(state: State) -> None:
    held = replace(confirmed(), state=state, check_in=scan(at=wib(MONDAY, 7, 41)))
    assert told(held) not in {Outcome.OK, Outcome.USED}


def test_a_confirmed_booking_without_a_seat_is_a_fault_and_no_outcome() -> None:
    with pytest.raises(ValueError, match="has no seat"):
        told(booking(state=State.CONFIRMED))


def test_every_state_has_an_outcome() -> None:
    for state in State:
        assert told(replace(confirmed(), state=state)) in Outcome


LET_IN = ScanRecord(scan(at=wib(MONDAY, 7, 41), device="device-1"), Outcome.OK, "digest", "CTH00000010")


@pytest.mark.parametrize(
    ("minutes", "device", "refused"),
    [
        (0, "device-1", None),
        (15, "device-1", None),
        (15 + 1 / 60, "device-1", UndoRefusal.TOO_LATE),
        (1, "device-2", UndoRefusal.OTHER_DEVICE),
    ],
)
def test_an_officer_takes_back_on_the_same_phone_within_a_quarter_of_an_hour(
    minutes: float, device: str, refused: UndoRefusal | None
) -> None:
    undoing = Undoing("officer-1", device, "salah pindai", LET_IN.scan.learnt_at + timedelta(minutes=minutes))
    assert LET_IN.undo_refusal(undoing, supervisor=False, same_day=True) is refused


def test_the_quarter_of_an_hour_begins_when_the_server_hears_of_a_scan_that_was_made_offline() -> None:
    told_late = replace(LET_IN, scan=replace(LET_IN.scan, learnt_at=LET_IN.scan.at + timedelta(hours=2)))
    undoing = Undoing("officer-1", "device-1", "salah pindai", told_late.scan.learnt_at + timedelta(minutes=15))
    assert told_late.undo_refusal(undoing, supervisor=False, same_day=True) is None


def test_a_supervisor_takes_back_on_any_phone_on_the_same_day() -> None:
    undoing = Undoing("supervisor-1", "device-2", "salah orang", LET_IN.scan.learnt_at + timedelta(hours=8))
    assert LET_IN.undo_refusal(undoing, supervisor=True, same_day=True) is None
    assert LET_IN.undo_refusal(undoing, supervisor=True, same_day=False) is UndoRefusal.TOO_LATE


def test_a_scan_that_let_nobody_in_has_nothing_to_take_back() -> None:
    early = replace(LET_IN, outcome=Outcome.EARLY, booking_code=None)
    undoing = Undoing("supervisor-1", "device-1", "salah", LET_IN.scan.at)
    assert early.undo_refusal(undoing, supervisor=True, same_day=True) is UndoRefusal.LET_NOBODY_IN
