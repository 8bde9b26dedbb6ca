"""What the door decides, by name: each outcome of the officers' guide, and that a code opens it once."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from antrian.domain import codes, qr
from antrian.domain.booking import Booking, State
from antrian.domain.door import Outcome, UndoRefusal
from antrian.domain.refusals import NonceTaken, StaleRead, Unsettled
from antrian.domain.scan import Undoing
from antrian.usecases.door.admission import Decision, PresentedCode
from tests.builders import KEY, MONDAY, NOW, SITI, TUESDAY, office, scan, wib
from tests.fakes import FakeSigningKey, FakeStore
from tests.unit.usecases.world import A_SECOND, World

OPENS = wib(MONDAY, 7, 30)
HOUR = wib(MONDAY, 8)
VOID_AFTER = wib(MONDAY, 8, 15)


@pytest.fixture
def world() -> World:
    return World()


def ticket(code: str, day: date = MONDAY, key: FakeSigningKey | None = None) -> PresentedCode:
    """Return what the QR code of a ticket says."""
    content = qr.unsigned(code, day)
    return PresentedCode(qr.signed(content, (key or FakeSigningKey()).sign(content.encode())), is_qr=True)


def hold_up(world: World, shown: PresentedCode, nonce: str = "nonce-0001") -> Decision:
    """Scan a QR code now."""
    return world.admission.check_in(shown, scan(nonce, world.clock.moment))


def undo(
    world: World, nonce: str = "nonce-0001", device: str = "device-1", *, supervisor: bool = False
) -> Decision | UndoRefusal:
    """Take a check-in back now."""
    return world.admission.undo(
        nonce, Undoing("officer-1", device, "salah pindai", world.clock.moment), supervisor=supervisor
    )


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (wib(MONDAY, 0), Outcome.EARLY),
        (OPENS - A_SECOND, Outcome.EARLY),
        (OPENS, Outcome.OK),
        (HOUR, Outcome.OK),
        (HOUR + A_SECOND, Outcome.LATE_GRACE),
        (VOID_AFTER, Outcome.LATE_GRACE),
        (VOID_AFTER + A_SECOND, Outcome.EXPIRED),
        (wib(TUESDAY, 8), Outcome.EXPIRED),
        (wib(MONDAY, 0) - A_SECOND, Outcome.WRONG_DAY),
    ],
)
def test_a_confirmed_code_is_judged_by_its_window_also_while_no_sweep_runs(
    moment: datetime, outcome: Outcome, world: World
) -> None:
    booked = world.book()
    world.at(moment)
    decision = world.scan(booked.code)
    assert decision.outcome is outcome
    assert decision.booking is not None
    assert decision.booking.code == booked.code
    let_in = State.CHECKED_IN if outcome is Outcome.OK else State.CONFIRMED
    assert world.store.bookings[booked.code].state is let_in


def test_who_is_let_in_is_recorded_with_the_officer_the_phone_the_scan_and_the_moment(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    decision = world.scan(booked.code)
    assert world.store.bookings[booked.code].check_in == scan("nonce-0001", OPENS)
    assert decision.record == world.store.scans["nonce-0001"]
    assert (decision.record.scan, decision.record.booking_code) == (scan("nonce-0001", OPENS), booked.code)


def test_the_same_scan_sent_again_is_the_same_success_and_another_one_finds_the_code_used(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    first = world.scan(booked.code)
    world.at(OPENS + timedelta(hours=3))
    again, other = world.scan(booked.code), world.scan(booked.code, "nonce-0002", officer="officer-2")
    assert again == first
    assert other.outcome is Outcome.USED
    assert other.booking is not None
    assert other.booking.check_in == first.record.scan


def test_an_early_scan_consumes_nothing(world: World) -> None:
    booked = world.book()
    world.at(OPENS - A_SECOND)
    assert world.scan(booked.code).outcome is Outcome.EARLY
    world.at(OPENS)
    assert world.scan(booked.code, "nonce-0002").outcome is Outcome.OK


def test_a_bad_code_does_not_keep_the_next_good_one_out(world: World) -> None:
    good, bad = world.book(), codes.booking_code(KEY, "CTH", "wamid.nobody")
    world.at(OPENS)
    outcomes = [
        world.scan(code, nonce).outcome
        for code, nonce in [
            (bad, "nonce-0001"),
            (good.code, "nonce-0002"),
            (bad, "nonce-0003"),
            (good.code, "nonce-0002"),
        ]
    ]
    assert outcomes == [Outcome.UNKNOWN, Outcome.OK, Outcome.UNKNOWN, Outcome.OK]


def test_a_cancelled_code_is_told_as_cancelled_and_when(world: World) -> None:
    booked = world.book()
    world.say("#batal")
    world.at(OPENS)
    decision = world.scan(booked.code)
    assert decision.outcome is Outcome.CANCELLED
    assert decision.booking is not None
    assert decision.booking.ended_at == NOW.astimezone(UTC) + 3 * A_SECOND


def test_a_replaced_registration_is_told_as_cancelled(world: World) -> None:
    first = world.booking(world.register())
    world.register(day=TUESDAY)
    assert world.scan(first.code).outcome is Outcome.CANCELLED


def test_a_registration_that_was_not_approved_does_not_open_the_door(world: World) -> None:
    pending = world.booking(world.register())
    world.at(OPENS)
    assert world.scan(pending.code).outcome is Outcome.UNCONFIRMED


def test_a_registration_that_lapsed_does_not_open_the_door(world: World) -> None:
    pending = world.booking(world.register())
    world.fill(MONDAY)
    world.say(pending.approval_code)
    assert world.scan(pending.code).outcome is Outcome.UNCONFIRMED


def test_a_swept_code_is_expired(world: World) -> None:
    booked = world.book()
    world.sweep(VOID_AFTER + A_SECOND)
    assert world.scan(booked.code).outcome is Outcome.EXPIRED


def test_another_office_s_code_names_that_office(world: World) -> None:
    decision = world.scan(codes.booking_code(KEY, "BGR", "wamid.1"))
    assert (decision.outcome, decision.office_name, decision.booking) == (Outcome.WRONG_OFFICE, "Kanim Bogor", None)


@pytest.mark.parametrize(
    "text", ["", "halo", "CTH-0000-0000", codes.booking_code(KEY, "ABC", "wamid.1"), "💥" * 20, "\x00"]
)
def test_what_is_no_code_of_any_office_is_unknown(text: str, world: World) -> None:
    assert world.scan(text).outcome is Outcome.UNKNOWN


def test_a_code_may_be_typed_as_it_is_shown(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    first = world.scan(f" {codes.shown(booked.code).lower()} ")
    assert first.outcome is Outcome.OK
    assert world.scan(booked.code) == first


def test_the_day_is_the_office_s_own_where_it_is_already_tomorrow() -> None:
    # 23.59 in Jakarta is 1.59 of the next day in Jayapura: early there, not the wrong day.
    world = World(office(zone=ZoneInfo("Asia/Jayapura")))
    booked = world.book(SITI)
    world.at(wib(MONDAY, 0) - timedelta(minutes=1))
    assert world.scan(booked.code).outcome is Outcome.EARLY


# QR codes


def test_the_qr_code_of_a_ticket_lets_its_holder_in(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    assert hold_up(world, ticket(booked.code)).outcome is Outcome.OK


def test_a_qr_code_that_the_office_did_not_sign_is_forged_and_tells_nothing_of_the_booking(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    decision = hold_up(world, ticket(booked.code, key=FakeSigningKey("a broker's")))
    assert (decision.outcome, decision.booking) == (Outcome.FORGED, None)
    world.at(HOUR)
    assert hold_up(world, ticket(booked.code, key=FakeSigningKey("a broker's"))) == decision
    assert world.store.bookings[booked.code].state is State.CONFIRMED


def test_a_qr_code_whose_day_was_changed_is_forged(world: World) -> None:
    booked = world.book(day=TUESDAY)
    forged = ticket(booked.code, TUESDAY).text.replace("20261124", "20261123")
    assert hold_up(world, PresentedCode(forged, is_qr=True)).outcome is Outcome.FORGED


def test_another_office_s_qr_code_names_that_office_whoever_signed_it(world: World) -> None:
    decision = hold_up(world, ticket(codes.booking_code(KEY, "BGR", "wamid.1"), key=FakeSigningKey("Bogor's")))
    assert (decision.outcome, decision.office_name) == (Outcome.WRONG_OFFICE, "Kanim Bogor")
    world.at(HOUR)
    assert hold_up(world, ticket(codes.booking_code(KEY, "BGR", "wamid.1"), key=FakeSigningKey("Bogor's"))) == decision


@pytest.mark.parametrize(
    "text", ["", "https://imigrasi.go.id", "ANTRIAN1", "ANTRIAN9.CTH.00000000.20261123.AAAA", "💥"]
)
def test_the_qr_code_of_something_else_is_unknown(text: str, world: World) -> None:
    assert hold_up(world, PresentedCode(text, is_qr=True)).outcome is Outcome.UNKNOWN


def test_the_readable_code_in_a_qr_code_of_somebody_s_own_is_no_ticket(world: World) -> None:
    booked = world.book()
    world.at(OPENS)
    assert hold_up(world, PresentedCode(booked.code, is_qr=True)).outcome is Outcome.UNKNOWN


# Typing


def test_a_typo_is_told_as_a_typo(world: World) -> None:
    code = world.book().code
    world.at(OPENS)
    swapped = code[:8] + ("0" if code[8] != "0" else "1") + code[9:]
    typos = [swapped, code[:-1], code + "7", codes.shown(swapped).lower()]
    assert [world.scan(typo, f"nonce-000{n}").outcome for n, typo in enumerate(typos)] == [Outcome.MISTYPED] * 4


# The same scan


def test_a_scan_that_let_nobody_in_gets_the_same_answer_when_it_is_sent_again(world: World) -> None:
    booked = world.book()
    world.at(OPENS - A_SECOND)
    assert world.scan(booked.code).outcome is Outcome.EARLY
    world.at(OPENS)
    assert world.scan(booked.code).outcome is Outcome.EARLY
    assert world.store.bookings[booked.code].state is State.CONFIRMED


def test_what_was_scanned_is_kept_as_a_hash_with_its_outcome(world: World) -> None:
    world.scan("628110000001")
    [record] = world.store.scans.values()
    assert (record.outcome, record.booking_code, len(record.digest)) == (Outcome.MISTYPED, None, 64)
    assert "628110000001" not in repr(record)


def test_a_nonce_belongs_to_one_code(world: World) -> None:
    first, second = world.book(), world.book(SITI)
    world.at(OPENS)
    world.scan(first.code)
    with pytest.raises(NonceTaken):
        world.scan(second.code)
    assert world.store.bookings[second.code].state is State.CONFIRMED


# The grace


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (OPENS - A_SECOND, Outcome.EARLY),
        (HOUR + A_SECOND, Outcome.OK),
        (VOID_AFTER, Outcome.OK),
        (VOID_AFTER + A_SECOND, Outcome.EXPIRED),
    ],
)
def test_a_supervisor_admits_until_the_grace_ends(moment: datetime, outcome: Outcome, world: World) -> None:
    booked = world.book()
    world.at(moment)
    decision = world.scan(booked.code, officer="supervisor-1", admits_late=True)
    assert decision.outcome is outcome
    if outcome is Outcome.OK:
        recorded = world.store.bookings[booked.code].check_in
        assert recorded is not None
        assert (recorded.officer, recorded.admits_late) == ("supervisor-1", True)


# Scans of a phone without a connection


def told_later(world: World, code: str, happened: datetime, **changes: Any) -> Decision:
    """Hear now of a scan that happened before."""
    return world.admission.check_in(
        PresentedCode(code), replace(scan(at=happened, **changes), learnt_at=world.clock.moment)
    )


def test_a_scan_is_judged_by_when_it_happened_and_both_times_are_kept(world: World) -> None:
    booked = world.book()
    world.at(HOUR + timedelta(minutes=10))
    decision = told_later(world, booked.code, HOUR)
    assert decision.outcome is Outcome.OK
    recorded = world.store.bookings[booked.code].check_in
    assert recorded is not None
    assert (recorded.at, recorded.learnt_at) == (HOUR.astimezone(UTC), world.clock.moment)


def test_who_came_in_time_is_in_though_the_sweep_voided_the_code_before_the_phone_could_tell(world: World) -> None:
    booked = world.book()
    world.sweep(VOID_AFTER + A_SECOND)
    assert world.store.bookings[booked.code].state is State.EXPIRED
    assert told_later(world, booked.code, HOUR).outcome is Outcome.OK
    assert world.store.bookings[booked.code].state is State.CHECKED_IN
    assert [state for state, _ in world.store.bookings[booked.code].moves][-2:] == [State.EXPIRED, State.CHECKED_IN]


def test_who_came_late_stays_out_however_late_it_is_told(world: World) -> None:
    booked = world.book()
    world.sweep(VOID_AFTER + A_SECOND)
    assert told_later(world, booked.code, HOUR + A_SECOND).outcome is Outcome.LATE_GRACE
    assert told_later(world, booked.code, VOID_AFTER + A_SECOND, nonce="nonce-0002").outcome is Outcome.EXPIRED


def test_the_second_phone_that_let_the_same_code_in_offline_is_told_of_the_first(world: World) -> None:
    booked = world.book()
    world.at(HOUR + timedelta(hours=1))
    told_later(world, booked.code, HOUR, device="device-1")
    second = told_later(world, booked.code, OPENS, nonce="nonce-0002", device="device-2")
    assert second.outcome is Outcome.USED


# Undoing


def let_in(world: World) -> Booking:
    """Let somebody in at their hour, by the scan nonce-0001 on device-1."""
    booked = world.book()
    world.at(HOUR)
    assert world.scan(booked.code).outcome is Outcome.OK
    return booked


def test_a_check_in_is_taken_back_and_the_code_opens_the_door_again(world: World) -> None:
    booked = let_in(world)
    decision = undo(world)
    assert isinstance(decision, Decision)
    assert decision.outcome is Outcome.UNDONE
    assert decision.record.undoing is not None
    assert (decision.record.undoing.reason, decision.record.undoing.at) == ("salah pindai", HOUR.astimezone(UTC))
    stored = world.store.bookings[booked.code]
    assert (stored.state, stored.check_in) == (State.CONFIRMED, None)
    assert world.scan(booked.code, "nonce-0002").outcome is Outcome.OK


def test_a_scan_that_was_undone_lets_nobody_in_when_it_is_sent_again(world: World) -> None:
    booked = let_in(world)
    undo(world)
    assert world.scan(booked.code).outcome is Outcome.UNDONE
    assert world.store.bookings[booked.code].state is State.CONFIRMED


def test_undoing_twice_is_the_same_success_and_does_not_undo_what_came_after(world: World) -> None:
    booked = let_in(world)
    first = undo(world)
    world.scan(booked.code, "nonce-0002")
    again = undo(world, supervisor=True)
    assert isinstance(first, Decision)
    assert isinstance(again, Decision)
    assert (again.outcome, again.record) == (Outcome.UNDONE, first.record)
    assert world.store.bookings[booked.code].state is State.CHECKED_IN


def test_what_an_officer_may_not_undo_a_supervisor_may_on_the_same_day(world: World) -> None:
    let_in(world)
    assert undo(world, device="device-2") is UndoRefusal.OTHER_DEVICE
    world.at(HOUR + timedelta(minutes=15, seconds=1))
    assert undo(world) is UndoRefusal.TOO_LATE
    assert isinstance(undo(world, device="device-2", supervisor=True), Decision)


def test_on_the_next_day_nobody_undoes(world: World) -> None:
    booked = let_in(world)
    world.at(wib(TUESDAY, 0))
    assert undo(world, supervisor=True) is UndoRefusal.TOO_LATE
    assert world.store.bookings[booked.code].state is State.CHECKED_IN


def test_the_day_of_an_undo_is_the_office_s_own() -> None:
    # 8.00 in Jayapura is 6.00 in Jakarta; 22.30 in Jakarta is already tomorrow there.
    world = World(office(zone=ZoneInfo("Asia/Jayapura")))
    booked = world.book()
    world.at(wib(MONDAY, 6))
    assert world.scan(booked.code).outcome is Outcome.OK
    world.at(wib(MONDAY, 22, 30))
    assert undo(world, supervisor=True) is UndoRefusal.TOO_LATE


def test_a_nonce_that_nobody_knows_and_a_scan_that_let_nobody_in_cannot_be_undone(world: World) -> None:
    assert undo(world) is UndoRefusal.SCAN_UNKNOWN
    world.scan("bukan kode")
    assert undo(world, supervisor=True) is UndoRefusal.LET_NOBODY_IN


def test_a_booking_whose_check_in_was_undone_is_voided_though_its_slot_was_finished(world: World) -> None:
    booked = let_in(world)
    world.sweep(VOID_AFTER + A_SECOND)
    undo(world, supervisor=True)
    assert world.sweep(VOID_AFTER + 2 * A_SECOND) == 1
    assert world.store.bookings[booked.code].state is State.EXPIRED


class UndoneMeanwhile(FakeStore):
    """A door at which somebody else undoes a scan between the look at it and its undoing."""

    def undo(self, booking: Booking, record: Any, undoing: Undoing) -> Booking:
        super().undo(booking, record, replace(undoing, officer="supervisor-1"))
        return super().undo(booking, self.scans[record.scan.nonce], undoing)


def test_two_who_undo_at_once_both_hear_that_it_is_undone() -> None:
    world = World(store=UndoneMeanwhile())
    let_in(world)
    decision = undo(world)
    assert isinstance(decision, Decision)
    assert decision.record.undoing is not None
    assert (decision.outcome, decision.record.undoing.officer) == (Outcome.UNDONE, "supervisor-1")


class Unmovable(FakeStore):
    """A door that refuses every undoing although nobody has undone anything."""

    def undo(self, booking: Booking, record: Any, undoing: Undoing) -> Booking:
        raise StaleRead(f"{booking.code} {record.scan.nonce} {undoing.reason}")


def test_an_undoing_that_is_refused_for_no_known_reason_is_a_fault_and_no_success() -> None:
    world = World(store=Unmovable())
    let_in(world)
    with pytest.raises(Unsettled):
        undo(world)


# The same rules as on the page


DOOR_CASES = json.loads((Path(__file__).parents[3] / "door_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in DOOR_CASES])
def test_the_server_decides_as_the_page_does_without_a_connection(case: dict[str, Any], world: World) -> None:
    booked = world.book()
    at = datetime.fromisoformat(case["at"])
    if case["state"] == "EXPIRED":
        world.sweep(VOID_AFTER + A_SECOND)
    if "checked_in_by" in case:
        told_later(world, booked.code, wib(MONDAY, 7, 45), nonce=case["checked_in_by"])
    assert world.store.bookings[booked.code].state == case["state"]
    decision = told_later(world, booked.code, at, nonce=case["nonce"], admits_late=case["grace"])
    assert decision.outcome == case["outcome"]
