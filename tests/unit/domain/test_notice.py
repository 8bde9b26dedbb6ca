"""What we write unasked: under which id, and for how long it is true."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from antrian.domain.booking import Booking, Lapse, Move, State, StateChange
from antrian.domain.notice import Notice
from antrian.domain.seats import Slot, seat
from tests.builders import MONDAY, NOW, TUESDAY, booking, office, wib

SEAT = seat(office(), Slot.planned(office().slots(MONDAY)[0]), 1)
CONFIRMED = booking(state=State.CONFIRMED, seat=SEAT, code="CTH00000000")
EVENING = wib(MONDAY - timedelta(days=1), 18)


@pytest.mark.parametrize("notice", [Notice.REMINDER, Notice.CLOSED])
def test_what_is_about_a_day_goes_out_once_for_each_day(notice: Notice) -> None:
    assert notice.id_for(CONFIRMED) == f"{notice}:CTH00000000:2026-11-23"
    assert notice.id_for(replace(CONFIRMED, service_date=TUESDAY)) == f"{notice}:CTH00000000:2026-11-24"


def test_an_expiry_is_told_once_and_again_only_when_the_code_expires_again() -> None:
    moment = NOW.astimezone(UTC)
    moves = (StateChange(State.CONFIRMED, Move(moment)), StateChange(State.EXPIRED, Move(moment)))
    assert Notice.EXPIRED.id_for(replace(CONFIRMED, moves=moves)) == "expired:CTH00000000"
    undone = (*moves, StateChange(State.CHECKED_IN, Move(moment)), StateChange(State.CONFIRMED, Move(moment)))
    assert Notice.EXPIRED.id_for(replace(CONFIRMED, moves=undone)) == "expired:CTH00000000"
    again = (*undone, StateChange(State.EXPIRED, Move(moment)))
    assert Notice.EXPIRED.id_for(replace(CONFIRMED, moves=again)) == "expired:CTH00000000:2"


@pytest.mark.parametrize("notice", Notice)
def test_a_notice_is_known_by_its_id(notice: Notice) -> None:
    assert Notice.of(notice.id_for(CONFIRMED)) is notice


@pytest.mark.parametrize("id_", ["wamid.HBgNNjI4MTEwMDAwMDAx", "expired", "reminding:CTH00000000", ""])
def test_the_answer_to_a_message_is_no_notice(id_: str) -> None:
    assert Notice.of(id_) is None


def in_state(state: State, **changes: object) -> Booking:
    return replace(CONFIRMED, state=state, **changes)  # type: ignore[arg-type] # a test's own


@pytest.mark.parametrize(
    ("notice", "about", "now", "is_true"),
    [
        (Notice.REMINDER, CONFIRMED, EVENING, True),
        (Notice.REMINDER, CONFIRMED, SEAT.opens_at - timedelta(seconds=1), True),
        (Notice.REMINDER, CONFIRMED, SEAT.opens_at, False),
        (Notice.REMINDER, in_state(State.CANCELLED), EVENING, False),
        (Notice.REMINDER, in_state(State.CONFIRMED, service_date=TUESDAY), EVENING, False),
        (Notice.REMINDER, in_state(State.CHECKED_IN), EVENING, False),
        (Notice.REMINDER, None, EVENING, False),
        (Notice.EXPIRED, in_state(State.EXPIRED), wib(MONDAY, 9), True),
        (Notice.EXPIRED, in_state(State.CHECKED_IN), wib(MONDAY, 9), False),
        (Notice.EXPIRED, CONFIRMED, wib(MONDAY, 9), False),
        (Notice.EXPIRED, None, wib(MONDAY, 9), False),
        (Notice.CLOSED, in_state(State.CANCELLED, lapse=Lapse.OFFICE_CLOSED), EVENING, True),
        (Notice.CLOSED, in_state(State.CANCELLED), EVENING, False),
        (Notice.CLOSED, in_state(State.LAPSED, lapse=Lapse.OFFICE_CLOSED), EVENING, False),
        (Notice.CLOSED, CONFIRMED, EVENING, False),
        (Notice.CLOSED, None, EVENING, False),
    ],
)
def test_a_notice_is_true_only_of_what_it_tells_about(
    notice: Notice, about: Booking | None, now: datetime, is_true: bool
) -> None:
    assert notice.is_true_of(about, MONDAY, now) is is_true
