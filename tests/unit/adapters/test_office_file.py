"""An office file is right, or its refusal names file, key, value and what would be right."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from antrian.adapters.office_file import OfficeFileError, load_office, load_offices
from antrian.domain.cases import Case
from antrian.domain.office import Closure, ClosureKind, Format
from tests.unit.adapters.office_files import BOGOR, bogor, session, with_documents, with_sessions, write

LONG_TITLE = '"' + "N" * 61 + '"'
SMALL_SLOTS = {"slot_minutes": "5", "counters": "1", "interview_minutes": "5"}


def refusal(folder: Path, text: str, name: str = "bogor.toml") -> str:
    with pytest.raises(OfficeFileError) as caught:
        load_office(write(folder, text, name))
    return str(caught.value)


def without(key: str) -> str:
    taken_out: dict[str, str | None] = {key: None}
    return bogor(**taken_out)


WRONG = [
    # at the top
    ("name", '""', '""', "at most 60 characters"),
    ("name", '"  "', '"  "', "at most 60 characters"),
    ("name", LONG_TITLE, LONG_TITLE, "at most 60 characters"),
    ("name", '"Kanim *Bogor*"', '"Kanim *Bogor*"', "none of * _ ~ `"),
    ("name", '"Kanim\\nBogor"', '"Kanim\\nBogor"', "at most 60 characters"),
    ("name", "7", "7", "at most 60 characters"),
    ("code_prefix", '"bgr"', '"bgr"', "three characters of 0-9 and A-Z without I, L, O, U"),
    ("code_prefix", '"BG"', '"BG"', "three characters"),
    ("code_prefix", '"BGRR"', '"BGRR"', "three characters"),
    ("code_prefix", '"BOG"', '"BOG"', "without I, L, O, U"),
    ("time_zone", '"Asia/Singapore"', '"Asia/Singapore"', "Asia/Makassar (WITA)"),
    ("time_zone", '"asia/jakarta"', '"asia/jakarta"', "Asia/Jakarta"),
    ("time_zone", '"WIB"', '"WIB"', "Asia/Jakarta"),
    ("time_zone", '"../etc"', '"../etc"', "Asia/Jakarta"),
    ("time_zone", '""', '""', "Asia/Jakarta"),
    ("whatsapp_number", '"+62 811 1100 333"', '"+62 811 1100 333"', "as people dial it"),
    ("whatsapp_number", '"0811"', '"0811"', '"0811 1100 333"'),
    ("whatsapp_number", '"0           "', '"0           "', '"0811 1100 333"'),
    ("whatsapp_number", "8111100333", "8111100333", "digits and spaces"),
    ("retention_days", "0", "0", "a whole number from 1 to 3650"),
    ("retention_days", "90.0", "90.0", "a whole number"),
    ("retention_days", "true", "true", "a whole number"),
    ("open_dates", '["2026-12-25"]', '"2026-12-25"', "a list of dates such as 2026-12-24"),
    ("open_dates", "[2026-12-25T08:00:00]", "2026-12-25T08:00:00", "a list of dates"),
    ("open_dates", "2026-12-25", "2026-12-25", "a list of dates"),
    ("open_dates", "[2026-12-25, 2026-12-24]", "2026-12-24", "closed_dates closes this day"),
    ("open_dates", "[2026-12-26]", "2026-12-26", "this is a sat, and no session is on sat"),
    # registration
    ("opens", '"7:30"', '"7:30"', 'a time such as "08:30"'),
    ("opens", '"24:00"', '"24:00"', 'a time such as "08:30"'),
    ("opens", "07:30:00", "07:30:00", 'a time such as "08:30"'),
    ("first_day", "-1", "-1", "a whole number from 0 to 60"),
    ("first_day", "15", "14", "at least first_day, 15"),
    ("last_day", "61", "61", "a whole number from 0 to 60"),
    ("last_day", "0", "0", "at least first_day, 1"),
    ("format", '"name_birth"', '"name_birth"', '"name_birth_address" (Nama#TglLahir#Alamat'),
    ("format", "[]", "[]", '"name_birth_day" (#Nama#TglLahir#TglLayanan'),
    ("photo", '"yes"', '"yes"', "a photo of the e-KTP or birth certificate: true or false"),
    ("approval", '"yes"', '"yes"', "true or false"),
    ("approval", "1", "1", "true or false"),
    ("approval_minutes", "4", "4", "a whole number from 5 to 720"),
    ("approval_minutes", "721", "721", "a whole number from 5 to 720"),
    ("one_code_per_person", "0", "0", "true or false"),
    ("messages_per_window", "-1", "-1", "a whole number from 0 to 40"),
    ("messages_per_window", "41", "41", "a whole number from 0 to 40"),
    ("window_minutes", "0", "0", "a whole number from 1 to 120"),
    ("window_minutes", "121", "121", "a whole number from 1 to 120"),
    # service
    ("slot_minutes", "4", "4", "a whole number from 5 to 240"),
    ("slot_minutes", "45", "45", "the session 08:00 to 11:30 has 210 minutes"),
    ("slot_minutes", "15.0", "15.0", "a whole number"),
    ("counters", "0", "0", "a whole number from 1 to 100"),
    ("counters", "20", "30", "20 counters with interviews of 10 minutes make 60 seats a slot"),
    ("interview_minutes", "0", "0", "a whole number from 1 to 240"),
    ("interview_minutes", "151", "30", "5 counters with interviews of 151 minutes make 0 seats a slot"),
    ("quota", "0", "0", "a whole number from 1 to 5000"),
    ("quota", '"150"', '"150"', "a whole number"),
    ("come_early_minutes", "0", "0", "a whole number from 5 to 240"),
    ("grace_minutes", "-1", "-1", "a whole number from 0 to 240"),
    # templates
    ("expired", '"Hangus"', '"Hangus"', "small letters, digits and _"),
    ("expired", "7", "7", "small letters, digits and _"),
    ("day_closed", '"antrian_hangus"', '"antrian_hangus"', "that no other template of the office has"),
    ("not_here", "[]", "[]", "who cannot book over WhatsApp"),
    ("not_here", '["hilang"]', '"hilang"', "a list of lost, damaged, changed_data"),
    ("not_here", '["lost", "lost"]', '["lost", "lost"]', "each once"),
    ("come_directly", '["sick", "lost"]', '"lost"', "a case that does not stand in not_here as well"),
    ("come_directly", "true", "true", "who may come without booking"),
    ("cooling_minutes", "15", "15", "such as [15, 60]"),
    ("cooling_minutes", "[15]", "[15]", "the second larger than the first"),
    ("cooling_minutes", "[15, 30, 60]", "[15, 30, 60]", "the second larger than the first"),
    ("cooling_minutes", "[60, 15]", "[60, 15]", "the second larger than the first"),
    ("cooling_minutes", "[15, 15]", "[15, 15]", "[0, 0] lets it be booked at once"),
    ("cooling_minutes", "[-1, 15]", "-1", "whole numbers from 0 to 720"),
    ("cooling_minutes", "[15, 721]", "721", "whole numbers from 0 to 720"),
    ("cooling_minutes", "[15, true]", "true", "whole numbers from 0 to 720"),
    ("reminder_at", '"11:59"', '"11:59"', "from 12:00 to 21:00, on the day before; leave it out for none"),
    ("reminder_at", '"21:01"', '"21:01"', "from 12:00 to 21:00"),
    ("reminder_at", "18", "18", 'a time such as "08:30"'),
    # closed dates
    ("2026-12-24", '""', '""', "the reason that applicants are told"),
    ("2026-12-24", "true", "true", "the reason that applicants are told"),
    ("2026-12-24", '"' + "x" * 81 + '"', '"' + "x" * 81 + '"', "at most 80 characters"),
    ("2026-12-24", '"a\\nb"', '"a\\nb"', "one line"),
]


@pytest.mark.parametrize(
    ("key", "value", "shown", "right"), WRONG, ids=[f"{key}={value:.30}" for key, value, *_ in WRONG]
)
def test_a_wrong_value_is_refused_with_file_key_value_and_what_would_be_right(
    tmp_path: Path, key: str, value: str, shown: str, right: str
) -> None:
    hours = {} if key != "opens" else {"closes": '"10:00"'}
    text = refusal(tmp_path, bogor(**{key: value}, **hours))
    assert text.startswith("bogor.toml: ")
    named, _, explained = text.removeprefix("bogor.toml: ").partition(" is not right: ")
    path, _, quoted = named.partition(" = ")
    # Two values that exclude each other are told of at the later one.
    later = {"first_day=15": "last_day", "counters=20": "slot_minutes", "interview_minutes=151": "slot_minutes"}
    assert path.rpartition(".")[2].partition("[")[0] == later.get(f"{key}={value}", key)
    assert quoted == shown
    assert right in explained


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("name", "name"),
        ("code_prefix", "code_prefix"),
        ("time_zone", "time_zone"),
        ("whatsapp_number", "whatsapp_number"),
        ("retention_days", "retention_days"),
        ("first_day", "registration.first_day"),
        ("last_day", "registration.last_day"),
        ("approval", "registration.approval"),
        ("approval_minutes", "registration.approval_minutes"),
        ("one_code_per_person", "registration.one_code_per_person"),
        ("messages_per_window", "registration.messages_per_window"),
        ("window_minutes", "registration.window_minutes"),
        ("slot_minutes", "service.slot_minutes"),
        ("counters", "service.counters"),
        ("interview_minutes", "service.interview_minutes"),
        ("quota", "service.quota"),
        ("come_early_minutes", "service.come_early_minutes"),
        ("grace_minutes", "service.grace_minutes"),
        ("cooling_minutes", "service.cooling_minutes"),
        ("not_here", "service.not_here"),
        ("come_directly", "service.come_directly"),
    ],
)
def test_a_missing_value_is_named_with_what_it_is(tmp_path: Path, key: str, path: str) -> None:
    text = refusal(tmp_path, without(key))
    assert text.startswith(f"bogor.toml: {path} is missing: ")
    assert len(text) > len(f"bogor.toml: {path} is missing: ") + 10


@pytest.mark.parametrize(
    ("given", "missing"), [({"opens": '"07:30"'}, "closes"), ({"closes": '"10:00"'}, "opens")]
)  # fmt: skip
def test_registration_hours_need_both_ends(tmp_path: Path, given: dict[str, str], missing: str) -> None:
    assert refusal(tmp_path, bogor(**given)) == (
        f"bogor.toml: registration.{missing} is missing: opens and closes stand together, or neither does"
    )


def test_registration_hours_run_forwards(tmp_path: Path) -> None:
    text = refusal(tmp_path, bogor(opens='"10:00"', closes='"10:00"'))
    assert text == 'bogor.toml: registration.closes = "10:00" is not right: later than opens, 10:00'


@pytest.mark.parametrize(
    ("documents", "path", "shown"),
    [
        ([], "service.documents", "[]"),
        (['"e-KTP"', '""'], "service.documents[2]", '""'),
        (['"  "'], "service.documents[1]", '"  "'),
        (['"KK"', "7"], "service.documents[2]", "7"),
        (['"a\\nb"'], "service.documents[1]", '"a\\nb"'),
        (['"' + "d" * 81 + '"'], "service.documents[1]", '"' + "d" * 81 + '"'),
        (['"KK"'] * 9, "service.documents", '"9 texts"'),
        (['"' + "d" * 72 + '"'] * 7, "service.documents", '"504 characters together"'),
    ],
)
def test_documents_are_few_short_lines_because_they_stand_below_the_code(
    tmp_path: Path, documents: list[str], path: str, shown: str
) -> None:
    text = refusal(tmp_path, with_documents(*documents))
    assert text.startswith(f"bogor.toml: {path} = {shown} is not right: the documents to bring, a list of at most 8")


WRONG_SESSIONS = [
    ([session("mon", "08:00", "08:00")], {}, "sessions[1].ends", "later than starts, 08:00"),
    ([session("mon", "13:00", "08:00")], {}, "sessions[1].ends", "later than starts, 13:00"),
    ([session("", "08:00", "09:00")], {}, "sessions[1].weekdays = []", "a list of mon, tue"),
    ([session("mon Tue", "08:00", "09:00")], {}, 'sessions[1].weekdays[2] = "Tue"', "a list of mon, tue"),
    ([session("mon", "08:00", "24:00")], {}, 'sessions[1].ends = "24:00"', "a time such as"),
    (
        [session("mon tue", "08:00", "10:00"), session("tue", "09:30", "11:00")],
        {},
        'sessions = "tue 09:30 to 11:00"',
        "08:00 to 10:00 does",
    ),
    ([session("mon", "00:00", "10:00")], SMALL_SLOTS, "slot_minutes = 5", "mon would have 120 slots, at most 99"),
    ([session("mon", "08:00", "08:45")], {}, "slot_minutes = 30", "the session 08:00 to 08:45 has 45 minutes"),
]


@pytest.mark.parametrize(("sessions", "changes", "named", "right"), WRONG_SESSIONS, ids=[w[3] for w in WRONG_SESSIONS])
def test_a_wrong_session_is_refused(
    tmp_path: Path, sessions: list[str], changes: dict[str, str], named: str, right: str
) -> None:
    text = refusal(tmp_path, with_sessions(*sessions, **changes))
    assert text.startswith(f"bogor.toml: service.{named}")
    assert right in text


def test_sessions_that_touch_and_99_slots_a_day_are_right(tmp_path: Path) -> None:
    sessions = [session("mon", "08:00", "12:10"), session("mon", "12:10", "16:15"), session("tue", "09:00", "10:00")]
    loaded = load_office(write(tmp_path, with_sessions(*sessions, **SMALL_SLOTS)))
    assert len(loaded.slots(date(2026, 11, 23))) == 99


def test_a_day_off_is_no_overlap(tmp_path: Path) -> None:
    sessions = [session("mon", "08:00", "10:00"), session("tue", "08:00", "10:00")]
    assert len(load_office(write(tmp_path, with_sessions(*sessions))).service.sessions) == 2


def test_without_sessions_an_office_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, with_sessions()).startswith(
        "bogor.toml: service.sessions is missing: one or more [[service.sessions]]"
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (bogor(open_dates=None).replace("retention_days", "qouta = 1\nretention_days"), "qouta"),
        (bogor(approval="true\napprovals = 1"), "registration.approvals"),
        (bogor(quota="150\nkuota = 150"), "service.kuota"),
        (with_sessions(session("mon", "08:00", "09:00") + '\nend = "9"'), "service.sessions[1].end"),
        (BOGOR + "\n[closed]\n", "closed"),
    ],
    ids=["top", "registration", "service", "session", "table"],
)
def test_an_unknown_key_is_refused_with_those_that_are_known(tmp_path: Path, text: str, path: str) -> None:
    refused = refusal(tmp_path, text)
    assert refused.startswith(f"bogor.toml: {path} is not a key that means anything; known here: ")
    assert refused.rpartition("known here: ")[2].count(",") >= 2


@pytest.mark.parametrize("table", ["registration", "service", "closed_dates"])
def test_a_value_where_a_table_belongs_is_refused(tmp_path: Path, table: str) -> None:
    text = f"{table} = 7\n" + BOGOR.split(f"[{table}]", maxsplit=1)[0]
    assert refusal(tmp_path, text).startswith(f"bogor.toml: {table} = 7 is not right: a table of ")


@pytest.mark.parametrize("table", ["registration", "service"])
def test_a_missing_table_is_named(tmp_path: Path, table: str) -> None:
    text = refusal(tmp_path, BOGOR.split(f"[{table}]", maxsplit=1)[0])
    assert text.startswith(f"bogor.toml: {table} is missing: a table of ")


@pytest.mark.parametrize("key", ["2026-13-24", "24-12-2026", "20261224", "2026-W52-4", "natal"])
def test_a_closed_date_is_a_date(tmp_path: Path, key: str) -> None:
    text = refusal(tmp_path, BOGOR.replace("2026-12-24 =", f"{key} ="))
    assert text.startswith(f'bogor.toml: closed_dates.{key} = "Cuti bersama Natal" is not right: a key that is a date')


@pytest.mark.parametrize(
    ("text", "line"),
    [(bogor(quota="150 people"), BOGOR[: BOGOR.index("quota =")].count("\n") + 1), (bogor(quota="1\nquota = 2"), None)],
    ids=["bad value", "twice"],
)
def test_bad_toml_is_named_with_its_place(tmp_path: Path, text: str, line: int | None) -> None:
    refused = refusal(tmp_path, text)
    assert refused.startswith("bogor.toml: this is not TOML: ")
    assert line is None or f"line {line}" in refused


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "bogor.toml"
    path.write_bytes(b'name = "Kantor Imigrasi Caf\xe9"')
    with pytest.raises(OfficeFileError, match=r"^bogor\.toml: byte 28 is not UTF-8: save the file as UTF-8$"):
        load_office(path)


def test_the_mark_of_windows_editors_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "bogor.toml"
    path.write_bytes(b"\xef\xbb\xbf" + BOGOR.replace("\n", "\r\n").encode())
    assert load_office(path).name == "Kantor Imigrasi Bogor"


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(OfficeFileError, match=r"^bandung\.toml: there is no such file in .+; add it or correct"):
        load_office(tmp_path / "bandung.toml")


@pytest.mark.parametrize(
    "name", ["Bogor.toml", "jakarta pusat.toml", "bogor2.toml", "-bogor.toml", "../bogor.toml.toml"]
)
def test_a_file_is_named_for_its_office(tmp_path: Path, name: str) -> None:
    with pytest.raises(OfficeFileError, match="the file's name is the office's id: small letters and dashes"):
        load_office(tmp_path / name)


# What is right


def test_bogors_file_is_read_as_it_stands(tmp_path: Path) -> None:
    loaded = load_office(write(tmp_path, BOGOR))
    assert (loaded.id, loaded.name, loaded.code_prefix) == ("bogor", "Kantor Imigrasi Bogor", "BGR")
    rules = loaded.registration
    assert (rules.opens, rules.closes) == (None, None)
    assert (rules.first_day, rules.last_day, rules.approval, rules.approval_minutes) == (1, 14, True, 60)
    assert (loaded.service.come_early_minutes, loaded.service.grace_minutes, loaded.retention_days) == (30, 15, 90)
    assert loaded.service.cooling_minutes == (15, 60)
    assert loaded.service.not_here == (Case.LOST, Case.DAMAGED)
    assert loaded.service.come_directly == (Case.MIGRANT_WORKER, Case.SICK, Case.ELDERLY)
    assert (loaded.service.reminder_at, loaded.texts) == (time(18), {})
    assert [(s.starts, s.ends) for s in loaded.service.sessions] == [(time(8), time(11, 30)), (time(13), time(15))]
    assert loaded.closed_dates == {date(2026, 12, 24): "Cuti bersama Natal"}
    assert rules.one_code_per_person
    assert (rules.messages_per_window, rules.window_minutes) == (20, 10)
    assert len(loaded.service.documents) == 4


def test_an_office_without_closed_or_open_dates_is_right(tmp_path: Path) -> None:
    loaded = load_office(write(tmp_path, bogor(open_dates=None).split("# Days on which")[0]))
    assert loaded.closed_dates == {}
    assert loaded.open_dates == frozenset()


@pytest.mark.parametrize(("value", "at"), [('"12:00"', time(12)), ('"21:00"', time(21)), (None, None)])
def test_an_office_reminds_at_an_hour_of_its_own_or_nobody(tmp_path: Path, value: str | None, at: time | None) -> None:
    assert load_office(write(tmp_path, bogor(reminder_at=value))).service.reminder_at == at


def test_an_answer_may_stand_in_the_office_s_own_words(tmp_path: Path) -> None:
    text = BOGOR.replace("[texts]", '[texts]\nhelp = """\nHalo {example}\n"""')
    assert load_office(write(tmp_path, text)).texts == {"help": "Halo {example}"}


@pytest.mark.parametrize("value", ['""', '" "', "7", '["Halo"]'])
def test_what_is_no_text_is_refused(tmp_path: Path, value: str) -> None:
    said = refusal(tmp_path, BOGOR.replace("[texts]", f"[texts]\nhelp = {value}"))
    assert said.startswith("bogor.toml: texts.help = ")
    assert said.endswith("is not right: the text of this answer, as in layers/common/src/antrian/texts/id.toml")


def test_an_office_may_switch_cooling_off(tmp_path: Path) -> None:
    assert load_office(write(tmp_path, bogor(cooling_minutes="[0, 0]"))).service.cooling_minutes == (0, 0)


BATAM = {
    "name": '"Kantor Imigrasi Batam"',
    "code_prefix": '"BTM"',
    "whatsapp_number": '"0822 8886 2017"',
    "opens": '"07:30"',
    "closes": '"10:00"',
    "last_day": "3",
    "approval": "false",
}


def test_batams_way_fits(tmp_path: Path) -> None:
    """Registration from 07.30 to 10.00 WIB, up to three days ahead, no approval."""
    batam = load_office(write(tmp_path, bogor(**BATAM), "batam.toml"))
    assert not batam.registration.approval
    assert batam.accepts_registrations(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))
    assert not batam.accepts_registrations(datetime(2026, 11, 23, 3, 1, tzinfo=UTC))
    assert batam.bookable_days(datetime(2026, 11, 23, 1, tzinfo=UTC)) == [date(2026, 11, day) for day in (24, 25, 26)]


@pytest.mark.parametrize(
    ("zone", "hours_ahead"), [("Asia/Jakarta", 7), ("Asia/Pontianak", 7), ("Asia/Makassar", 8), ("Asia/Jayapura", 9)]
)
def test_offices_in_every_zone_serve_at_the_edges_of_their_day(tmp_path: Path, zone: str, hours_ahead: int) -> None:
    edges = [session("mon", "00:00", "00:30"), session("mon", "23:29", "23:59")]
    text = with_sessions(*edges, time_zone=f'"{zone}"', opens='"00:00"', closes='"23:59"', first_day="0")
    here = load_office(write(tmp_path, text))
    first, last = here.slots(date(2026, 11, 23))
    midnight = datetime(2026, 11, 22, 24 - hours_ahead, tzinfo=UTC)
    assert first.starts_at == midnight
    assert f"{here.local(last.starts_at):%d %H:%M}" == "23 23:29"
    assert here.bookable_days(midnight)[0] == date(2026, 11, 23)
    assert here.accepts_registrations(midnight)


# A folder of offices

HOLIDAYS = '{"2026-12-25": "Hari Natal", "2026-12-24": "Cuti bersama nasional"}'


def test_all_offices_of_a_folder_are_read_by_id(tmp_path: Path) -> None:
    write(tmp_path, BOGOR)
    write(tmp_path, bogor(**BATAM), "batam.toml")
    write(tmp_path, "not an office", "notes.txt")
    assert {office_id: office.code_prefix for office_id, office in load_offices(tmp_path).items()} == {
        "bogor": "BGR",
        "batam": "BTM",
    }


def test_two_offices_with_one_prefix_are_refused(tmp_path: Path) -> None:
    """The door tells by the prefix which office a code is for."""
    write(tmp_path, BOGOR)
    write(tmp_path, BOGOR, "bandung.toml")
    with pytest.raises(OfficeFileError) as caught:
        load_offices(tmp_path)
    assert str(caught.value) == (
        'bogor.toml: code_prefix = "BGR" is not right: bandung.toml has it already; choose another'
    )


def test_one_wrong_file_refuses_the_folder(tmp_path: Path) -> None:
    write(tmp_path, BOGOR)
    write(tmp_path, bogor(code_prefix='"BTM"', quota="0"), "batam.toml")
    with pytest.raises(OfficeFileError, match=r"^batam\.toml: service\.quota = 0 is not right"):
        load_offices(tmp_path)


def test_national_holidays_close_every_office_under_their_names(tmp_path: Path) -> None:
    write(tmp_path, BOGOR)
    write(tmp_path, HOLIDAYS, "holidays.json")
    assert load_offices(tmp_path)["bogor"].closure(date(2026, 12, 25)) == Closure(ClosureKind.NAMED, "Hari Natal")


def test_an_offices_own_reason_goes_before_the_holidays_name(tmp_path: Path) -> None:
    write(tmp_path, BOGOR)
    write(tmp_path, HOLIDAYS, "holidays.json")
    assert load_offices(tmp_path)["bogor"].closed_dates[date(2026, 12, 24)] == "Cuti bersama Natal"


def test_an_office_may_serve_on_a_holiday(tmp_path: Path) -> None:
    write(tmp_path, bogor(open_dates="[2026-12-25]"))
    write(tmp_path, HOLIDAYS, "holidays.json")
    assert load_offices(tmp_path)["bogor"].closure(date(2026, 12, 25)) is None


def test_where_the_office_gives_the_day_nobody_approves_one(tmp_path: Path) -> None:
    told = refusal(tmp_path, bogor(format='"name_birth_address"'))
    assert told.startswith(
        "bogor.toml: registration.approval = true is not right: false where the office gives the day"
    )


def test_an_office_may_give_the_day(tmp_path: Path) -> None:
    office = load_office(write(tmp_path, bogor(format='"name_birth_address"', approval="false", photo="true")))
    rules = office.registration
    assert (rules.format, rules.gives_the_day, rules.photo) == (Format.NAME_BIRTH_ADDRESS, True, True)
    assert not load_office(write(tmp_path, BOGOR)).registration.gives_the_day
