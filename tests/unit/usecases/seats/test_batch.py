"""Requests that come out of the day queue together: day by day, in order, and none takes the others along."""

from collections.abc import Sequence
from datetime import date

from antrian.domain.changes import SeatAction, SeatRequest
from antrian.domain.outcomes import ConfirmOutcome
from antrian.usecases.seats.batch import Settlement, settle_by_day
from tests.builders import BUDI, MONDAY, NOW, TUESDAY

FAULT = ConnectionError("the table is not there")


def request(name: str, day: date = MONDAY) -> SeatRequest:
    return SeatRequest(SeatAction.SEAT, name, day, name, BUDI, NOW)


class Seats:
    """Seats of which all requests are settled but those that a test says can never be."""

    def __init__(self, *never: str, tries: int = 99) -> None:
        self.never = never
        self.tries = tries
        self.tried: list[tuple[date, str]] = []

    def settle(self, day: date, requests: Sequence[SeatRequest]) -> list[ConfirmOutcome]:
        names = [request.booking_code for request in requests]
        self.tried.append((day, "".join(names)))
        if set(names) & set(self.never):
            raise FAULT
        return [ConfirmOutcome.NOTHING for _ in requests]

    def batch(self, **days: date) -> list[Settlement]:
        requests = {name: request(name, day) for name, day in days.items()}
        return list(settle_by_day(self.settle, requests, lambda: len(self.tried) < self.tries))


def settled(settlements: Sequence[Settlement]) -> str:
    return "".join(id_ for settlement in settlements if settlement.fault is None for id_ in settlement.ids)


def test_each_day_is_settled_at_once_in_the_order_of_the_queue() -> None:
    seats = Seats()
    settlements = seats.batch(a=TUESDAY, b=MONDAY, c=TUESDAY, d=MONDAY)
    assert seats.tried == [(MONDAY, "bd"), (TUESDAY, "ac")]
    assert [len(settlement.outcomes) for settlement in settlements] == [2, 2]
    assert settled(settlements) == "bdac"


def test_those_that_can_never_be_settled_take_nobody_along_who_stands_before_or_behind_them() -> None:
    seats = Seats("a", "c")
    settlements = seats.batch(a=MONDAY, b=MONDAY, c=MONDAY, d=MONDAY, e=TUESDAY)
    assert [names for _, names in seats.tried] == ["abcd", "a", "b", "c", "d", "e"]
    assert settled(settlements) == "bde"
    assert [settlement.fault for settlement in settlements] == [FAULT, FAULT, None, FAULT, None, None]


def test_what_there_is_no_time_for_comes_again() -> None:
    seats = Seats("a", tries=3)
    assert settled(seats.batch(a=MONDAY, b=MONDAY, c=MONDAY, d=MONDAY)) == "b"


def test_one_alone_is_tried_once() -> None:
    seats = Seats("a")
    assert seats.batch(a=MONDAY) == [Settlement(["a"], [request("a")], fault=FAULT)]
    assert len(seats.tried) == 1


def test_no_requests_are_no_tries() -> None:
    assert Seats().batch() == []
