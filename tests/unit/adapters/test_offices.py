"""The offices that are deployed, as `offices/` describes them."""

from collections.abc import Mapping
from datetime import date, time, timedelta

import pytest

from antrian.adapters.office_file import load_offices
from antrian.adapters.texts import Texts
from antrian.domain.answers import Answer, Kind
from antrian.domain.cases import Case
from antrian.domain.office import Format, Office
from tests.builders import MONDAY, NOW
from tests.unit.adapters.office_files import OFFICES

KNOWN: Mapping[str, Office] = load_offices(OFFICES)


@pytest.fixture(params=sorted(KNOWN))
def here(request: pytest.FixtureRequest) -> Office:
    """Provide each office of the folder in turn."""
    return KNOWN[request.param]


def test_bogor_and_jakarta_pusat_are_there() -> None:
    assert KNOWN.keys() >= {"bogor", "jakarta-pusat"}


def test_bogor_is_as_the_press_described_it() -> None:
    bogor = KNOWN["bogor"]
    rules = bogor.registration
    assert bogor.whatsapp_number == "0811 1100 333"
    assert (rules.opens, rules.closes, rules.approval) == (None, None, True)
    assert sum(plan.capacity for plan in bogor.slots(MONDAY)) == 150


def test_jakarta_pusat_is_as_the_press_described_it() -> None:
    jakarta = KNOWN["jakarta-pusat"]
    rules = jakarta.registration
    assert jakarta.whatsapp_number == "0812 9900 4406"
    assert (rules.opens, rules.closes, rules.approval) == (None, None, True)
    assert 250 <= sum(plan.capacity for plan in jakarta.slots(MONDAY)) <= 400


def test_batam_is_as_the_press_described_it() -> None:
    batam = KNOWN["batam"]
    rules = batam.registration
    assert batam.whatsapp_number == "0822 8886 2017"
    assert (rules.opens, rules.closes, rules.approval) == (time(7, 30), time(10), False)
    assert (rules.format, rules.photo, rules.last_day) == (Format.NAME_BIRTH_ADDRESS, True, 3)
    assert Case.CHANGED_DATA in batam.service.not_here


def test_an_office_serves_on_every_weekday_that_it_names(here: Office) -> None:
    week = [date(2027, 2, 1) + timedelta(days=ahead) for ahead in range(7)]
    named = {weekday for session in here.service.sessions for weekday in session.weekdays}
    open_days = {day.weekday() for day in week if here.slots(day)}
    assert open_days == named


def test_the_quota_is_reached_and_not_exceeded(here: Office) -> None:
    """A quota above what the counters can interview would be a promise that no day keeps."""
    assert sum(plan.capacity for plan in here.slots(MONDAY)) == here.service.quota


def test_an_office_has_a_day_to_offer(here: Office) -> None:
    assert here.bookable_days(NOW)


def test_an_offices_grace_ends_before_its_day_does(here: Office) -> None:
    for plan in here.slots(MONDAY):
        assert plan.starts_at + timedelta(minutes=here.service.grace_minutes) < here.end_of(MONDAY)
        assert here.local(plan.starts_at - timedelta(minutes=here.service.come_early_minutes)).date() == MONDAY


def test_an_office_shows_hours_with_the_name_of_its_zone(here: Office) -> None:
    moment = NOW.isoformat()
    rendered = Texts(here).render(Answer(Kind.PERSON_PENDING, {"free_at": moment}))
    assert any(zone in rendered.text for zone in (" WIB.", " WITA.", " WIT."))
