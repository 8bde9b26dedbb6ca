"""What each answer makes of a dialogue. No clock, no store: values only."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.domain.dialogue import ANSWERED_WITHIN, Dialogue, InvalidAnswer, Question, answered, begun, prefilled
from antrian.domain.office import Format, Office
from antrian.domain.request import Misread, Registration, read_request
from tests.builders import MONDAY, NOW, TUESDAY, message, office

HERE = office()
BORN = date(1987, 1, 25)
BY_ADDRESS = office(format=Format.NAME_BIRTH_ADDRESS)


def led(*answers: str, here: Office = HERE) -> Dialogue | InvalidAnswer | None:
    """Return what a dialogue is after these answers, a second after the other."""
    reached: Dialogue | InvalidAnswer | None = begun(message("daftar", at=NOW))
    for seconds, text in enumerate(answers, start=1):
        assert isinstance(reached, Dialogue)
        reached = answered(reached, message(text, at=NOW + timedelta(seconds=seconds)), here)
    return reached


def test_the_questions_are_name_birth_date_and_day() -> None:
    questions = []
    for count in range(4):
        reached = led(*["Budi Santoso", "25-01-1987", "23-11-2026"][:count])
        assert isinstance(reached, Dialogue)
        questions.append(reached.question(HERE))
    assert questions == [Question.NAME, Question.BIRTH_DATE, Question.DAY, None]


def test_the_answers_come_to_a_registration() -> None:
    reached = led("Budi Santoso", "25-01-1987", "23-11-2026")
    assert isinstance(reached, Dialogue)
    assert reached.registration == Registration("Budi Santoso", BORN, MONDAY)


def test_where_the_office_gives_the_day_the_address_is_asked_for() -> None:
    reached = led("Budi", "25-01-1987", here=BY_ADDRESS)
    assert isinstance(reached, Dialogue)
    assert reached.question(BY_ADDRESS) is Question.ADDRESS
    reached = led("Budi", "25-01-1987", "Jl. Merdeka 10, Batam", here=BY_ADDRESS)
    assert isinstance(reached, Dialogue)
    assert reached.registration == Registration("Budi", BORN, None, "Jl. Merdeka 10, Batam")


@pytest.mark.parametrize("written", ["25-01-1987", "25011987", "#25011987", "25 Januari 1987", "25/1/1987."])
def test_a_birth_date_is_taken_in_every_way_in_which_registrations_take_one(written: str) -> None:
    reached = led("Budi", written)
    assert isinstance(reached, Dialogue)
    assert reached.birth_date == BORN


@pytest.mark.parametrize(
    ("answers", "written"),
    [
        (["1"], ""),
        (["N" * 61], ""),
        (["Selamat pagi, pak"], ""),
        (["halo"], ""),
        *(([text], "") for text in ("Assalamu'alaikum", "makasih min", "iya", "Terima kasih ya pak", "tes", "stop")),
        *(([text], "") for text in ("berapa biaya", "alamat dimana", "mau batal", "cara daftar", "kok tidak bisa")),
        (["Budi", "besok"], ""),
        (["Budi", "31-02-1987"], "31-02-1987"),
        (["Budi", "25-01-2027"], "25-01-2027"),  # not born yet
        (["Budi", "25-01-1887"], "25-01-1887"),
        (["Budi", "25-01-1987", "25-01-1987"], "25-01-1987"),
        (["Budi", "25-01-1987", "22-11-2026"], "22-11-2026"),  # a Sunday
        (["Budi", "25-01-1987", "23-11-2027"], "23-11-2027"),
        (["Budi", "25-01-1987", "Senin"], ""),
        (["Budi", "25-01-1987", "22 November"], "22-11-2026"),
        (["Budi", "25-01-1987", "20/11"], "20-11-2027"),  # over in this year
    ],
)
def test_what_is_no_answer_is_told_with_the_date_that_it_was_read_as(answers: list[str], written: str) -> None:
    assert led(*answers) == InvalidAnswer(written)


@pytest.mark.parametrize("written", ["23-11", "23/11.", "2311", "23 November", "Senin 23 Nov", "Senin, 23-11-2026"])
def test_the_day_needs_no_year(written: str) -> None:
    reached = led("Budi", "25-01-1987", written)
    assert isinstance(reached, Dialogue)
    assert reached.service_date == MONDAY


def test_a_day_without_its_year_may_be_in_the_next_one() -> None:
    new_year_s_eve = NOW.replace(month=12, day=30)
    asked = replace(begun(message("daftar")), name="Budi", birth_date=BORN)
    reached = answered(asked, message("4 Januari", at=new_year_s_eve), HERE)
    assert isinstance(reached, Dialogue)
    assert reached.service_date == date(2027, 1, 4)


def test_a_text_about_a_lost_passport_is_no_answer_and_hilang_alone_may_be_a_name() -> None:
    assert led("Budi", "paspor saya hilang") is None
    assert led("paspor saya hilang") is None
    assert isinstance(led("Hilang Ramadhan"), Dialogue)


@pytest.mark.parametrize(
    "text", ["berapa biayanya pak", "kantornya di mana?", "batal saja", "Selamat pagi pak", "Baik pak"]
)
def test_a_question_or_a_greeting_is_no_address(text: str) -> None:
    """Nobody approves there: a seat would be given for it."""
    assert led("Budi", "25-01-1987", text, here=BY_ADDRESS) == InvalidAnswer()


def test_a_text_about_a_lost_passport_is_no_address() -> None:
    assert led("Budi", "25-01-1987", "paspor saya hilang", here=BY_ADDRESS) is None
    hospital = led("Budi", "25-01-1987", "Jl. Rumah Sakit 3", here=BY_ADDRESS)
    assert isinstance(hospital, Dialogue)


@pytest.mark.parametrize(
    "name",
    [
        "Siti Aminah",
        "Maria Mau",
        "Hari Senin",
        "Pagi Subagyo",
        "Baiq Nur'aini, S.Pd.",
        "Salah Din",
        "Tan Kok Seng",
        "Tanya Putri",
        "I Wayan Nama",
    ],
)
def test_a_name_may_hold_words_that_mean_something(name: str) -> None:
    reached = led(name)
    assert isinstance(reached, Dialogue)
    assert reached.name == name


def test_a_greeting_before_a_misread_registration_is_no_name() -> None:
    typed = "#Selamat pagi#250187#23112026"
    misread = read_request(typed)
    assert isinstance(misread, Misread)
    assert prefilled(misread, message(typed), HERE, None).question(HERE) is Question.NAME


def test_a_day_that_was_chosen_before_is_not_asked_for() -> None:
    chosen = prefilled(Misread(None, None, "24-11-2026"), message("#daftar#24112026"), HERE, None)
    assert (chosen.service_date, chosen.question(HERE)) == (TUESDAY, Question.NAME)
    sunday = prefilled(Misread(None, None, "22-11-2026"), message("#daftar#22112026"), HERE, None)
    assert sunday.service_date is None


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("#Budi#250187#23112026", Question.BIRTH_DATE),
        ("#Budi#25011987", Question.DAY),
        ("#Budi2#25011987#23112026", Question.NAME),
        ("#Budi#25011987#22112026#Bogor", Question.DAY),
        ("#Budi#25011987#23112026#Bogor", None),
    ],
)
def test_only_what_a_misread_registration_lacks_is_asked_for(typed: str, question: Question | None) -> None:
    misread = read_request(typed)
    assert isinstance(misread, Misread)
    assert prefilled(misread, message(typed), HERE, None).question(HERE) is question


def test_another_attempt_keeps_what_was_understood_of_the_first() -> None:
    first, second = read_request("#Budi#250187#23112026"), read_request("#Budi Santoso#25011987")
    assert isinstance(first, Misread)
    assert isinstance(second, Misread)
    reached = prefilled(second, message(""), HERE, prefilled(first, message(""), HERE, None))
    assert reached.registration == Registration("Budi Santoso", BORN, MONDAY)


def test_a_question_waits_for_half_an_hour_by_when_the_answer_was_sent() -> None:
    asked = begun(message("daftar", at=NOW))
    assert asked.is_open(HERE, NOW + ANSWERED_WITHIN)
    assert not asked.is_open(HERE, NOW + ANSWERED_WITHIN + timedelta(seconds=1))


def test_what_was_broken_off_or_is_complete_asks_nothing() -> None:
    complete = led("Budi", "25-01-1987", "23-11-2026")
    assert isinstance(complete, Dialogue)
    assert not complete.is_open(HERE, NOW)
    stopped = begun(message("daftar")).stopped(message("#batal"))
    assert not stopped.is_open(HERE, NOW)
    assert stopped.name is None


@given(st.lists(st.text() | st.sampled_from(["Budi", "25-01-1987", "23-11-2026", "#Siti"]), max_size=6))
@settings(deadline=None)
def test_whatever_is_answered_a_dialogue_only_fills(answers: list[str]) -> None:
    reached = begun(message("daftar", at=NOW))
    for text in answers:
        asked = reached.question(HERE)
        if asked is None:
            break
        after = answered(reached, message(text, at=NOW), HERE)
        if isinstance(after, Dialogue):
            assert after.question(HERE) is not asked
            assert after.name == (reached.name or after.name)
            reached = after
