"""A booking, as it is shown at the door and as it ended; and who sent it."""

from dataclasses import replace
from datetime import UTC, timedelta

import pytest

from antrian.domain.booking import Move, State, StateChange
from antrian.domain.message import Sender, trace
from tests.builders import MONDAY, NOW, TUESDAY, booking, wib


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Budi", "BUDI"),
        ("Budi Santoso", "BUDI S."),
        ("siti nur aisyah", "SITI A."),
        ("H. Yusuf", "H. Y."),
    ],
)
def test_strangers_see_no_more_than_a_first_name_and_an_initial(name: str, masked: str) -> None:
    assert booking(name=name).masked_name == masked


@pytest.mark.parametrize("state", [State.CANCELLED, State.REPLACED])
def test_a_booking_that_the_applicant_ended_says_when(state: State) -> None:
    at = wib(MONDAY, 6).astimezone(UTC)
    ended = booking(
        state=state, moves=(StateChange(State.PENDING, Move(NOW, "wamid.1")), StateChange(state, Move(at, "wamid.2")))
    )
    assert ended.ended_at == at


@pytest.mark.parametrize("state", [State.PENDING, State.CONFIRMED, State.CHECKED_IN, State.EXPIRED, State.LAPSED])
def test_a_booking_that_ended_in_another_way_does_not(state: State) -> None:
    assert booking(state=state, moves=(StateChange(state, Move(NOW)),)).ended_at is None


def test_a_booking_knows_which_messages_moved_it_and_since_when_it_is_for_its_day() -> None:
    registered = booking()
    assert (registered.reschedules, registered.asked_at) == ((), registered.sent_at)
    later = wib(MONDAY, 6).astimezone(UTC)
    moves = (
        StateChange(State.PENDING, Move(registered.sent_at, "wamid.1")),
        StateChange(State.CONFIRMED, Move(later, "wamid.2")),
        StateChange(State.CONFIRMED, Move(registered.sent_at + timedelta(hours=1), "wamid.3", TUESDAY)),
    )
    moved = replace(registered, state=State.CONFIRMED, moves=moves)
    assert [moved.was_rescheduled_by(f"wamid.{n}") for n in (1, 2, 3)] == [False, False, True]
    # Not when it was confirmed: that is when we got to it, not when anything was asked for.
    assert moved.asked_at == registered.sent_at + timedelta(hours=1)


def test_a_sender_needs_a_phone_number_or_a_user_id() -> None:
    with pytest.raises(ValueError, match="phone number or a user id"):
        Sender()
    with pytest.raises(ValueError, match="phone number or a user id"):
        Sender(phone="", user_id="")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Sender("628110000001"), Sender("628110000001"), True),
        (Sender("628110000001"), Sender("628110000001", "ID.1"), True),
        (Sender(None, "ID.1"), Sender("628110000001", "ID.1"), True),
        (Sender("628110000001"), Sender("628110000002"), False),
        (Sender("628110000001"), Sender(None, "ID.1"), False),
        (Sender(None, "ID.1"), Sender(None, "ID.2"), False),
        (Sender("628110000001", ""), Sender("628110000002", ""), False),
    ],
)
def test_a_sender_is_known_again_by_either_of_the_two(one: Sender, other: Sender, same: bool) -> None:
    assert one.is_same_person_as(other) is same
    assert other.is_same_person_as(one) is same


def test_a_senders_order_is_kept_by_phone_number_and_else_by_user_id() -> None:
    assert Sender("628110000001", "ID.1").key == "628110000001"
    assert Sender(None, "ID.1").key == "ID.1"


def test_a_trace_stands_for_a_message_and_shows_nothing_of_its_id() -> None:
    assert trace("wamid.628110000001") == trace("wamid.628110000001")
    assert trace("wamid.628110000001") != trace("wamid.628110000002")
    assert "62811" not in trace("wamid.628110000001")
