"""What applicants type, read. Ids of buttons are read in the same way."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from antrian.domain import codes
from antrian.domain.request import (
    LONGEST_NAME,
    Approval,
    Begin,
    Cancellation,
    Help,
    Misread,
    Quota,
    Registration,
    Request,
    Rescheduling,
    Status,
    Unknown,
    UnreadDay,
    normalised_name,
    read_address,
    read_date,
    read_name,
    read_request,
    shown_date,
    typed_date,
)
from tests.builders import KEY

# A busy machine is no defect.
UNHURRIED = settings(deadline=None)

BUDI = Registration("Budi", date(1987, 1, 25), date(2017, 8, 7))
CODE = codes.booking_code(KEY, "BGR", "wamid.read")


# Registering


@pytest.mark.parametrize(
    "text",
    [
        "#Budi#25011987#07082017",  # the national launch, August 2017
        "#Budi #25011987 #07082017",  # as a blog of the time shows it
        "Budi#25011987#07082017",
        "#Budi#25011987#07082017#",
        "  # Budi # 25011987 # 07082017 #  ",
        "##Budi##25011987##07082017##",
        "#Budi#25-01-1987#07-08-2017",
        "#Budi#25/1/1987#7/8/2017",
        "#Budi#25 01 1987#07 08 2017",
        "#Budi#25.01.1987#07.08.2017",
        "#Budi#25 - 1 - 1987#7. 8. 2017",
        "#Budi#2501 1987#0708 2017",
        "#Budi#25 Januari 1987#7 Agustus 2017",
        "#Budi#25 jan 1987#07 Ags. 2017",
        "#Budi\n#25011987\n#07082017",
        "#\nBudi\n#\n25011987\n#\n07082017",
        "Budi\n25011987\n07082017",
        "#Budi\n25011987\n07082017",
        "#Budi#25011987\n07082017",
        "Budi\n25-01-1987#07-08-2017",
        "#Budi#Minggu, 25-01-1987#Senin, 07-08-2017",  # as our own lists show a day
        "#Budi#25011987#hari Senin 7 Agustus 2017",
        "Nama: Budi\nTgl Lahir: 25-01-1987\nTgl layanan: 07-08-2017 (Senin)",  # as our echo shows it
        "#Nama : Budi #Tanggal lahir: 25011987 #Tgl. layanan: 07082017",
        "#Budi#25011987#07082017.",
        "#Budi#25011987#07082017\n\nTerima kasih 🙏",
        "#Budi#25011987#07082017, mohon dibantu. Terima kasih banyak ya Pak!",
        "Selamat pagi, saya mau daftar #Budi#25011987#07082017",
        "Assalamu'alaikum\n\n#Budi#25011987#07082017#",
        "#Budi#25011987#07082017\r\n",
        "＃Budi＃25011987＃07082017",  # a Chinese keyboard's hash  # noqa: RUF001
        "#Budi#２５０１１９８７#07082017",  # and its digits  # noqa: RUF001
        "#Budi\u00a0#25011987#07082017",
    ],
)
def test_a_registration_is_forgiven_how_it_is_written(text: str) -> None:
    assert read_request(text) == BUDI


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("budi santoso", "budi santoso"),
        ("BUDI   SANTOSO", "BUDI SANTOSO"),
        ("Budi\nSantoso", "Budi Santoso"),
        ("Ma'ruf", "Ma'ruf"),
        # What phones, copying and WhatsApp's formatting make of a name.
        *((f"Ma{quote}ruf", "Ma'ruf") for quote in "`\u00b4\u2018\u2019\u02bc"),
        ("Abdul\u2013Aziz", "Abdul-Aziz"),
        ("*Budi*", "Budi"),
        ("_Budi_ ~Santoso~", "Budi Santoso"),
        ("\u200eBu\u202edi\u200b", "Budi"),
        ("H. M. Yusuf, S.H.", "H. M. Yusuf, S.H."),
        ("Siti Abdul-Aziz", "Siti Abdul-Aziz"),
        ("José", "José"),
        ("Li", "Li"),
        ("N" * LONGEST_NAME, "N" * LONGEST_NAME),
        ("陳大文", "陳大文"),
    ],
)
def test_a_name_is_kept_as_it_is_written(written: str, name: str) -> None:
    assert read_request(f"#{written}#25011987#07082017") == Registration(name, BUDI.birth_date, BUDI.service_date)


@pytest.mark.parametrize(
    "written",
    [
        *("B", "B.", "12", "Budi2", "Budi😀", "-'-.,", "{name}", "> Budi", "Budi 2", "Kartini (Ibu)"),
        "N" * (LONGEST_NAME + 1),
    ],
)
def test_what_cannot_be_a_name_is_not_repeated(written: str) -> None:
    assert read_request(f"#{written}#25011987#07082017") == Misread(None, "25-01-1987", "07-08-2017")


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("#Budi#25011987", Misread("Budi", "25-01-1987", None)),
        ("Budi#25011987", Misread("Budi", "25-01-1987", None)),
        ("#Budi", Misread("Budi", None, None)),
        ("#25011987#07082017", Misread(None, "07-08-2017", None)),
        ("#Budi#250187#07082017", Misread("Budi", None, "07-08-2017")),
        ("#Budi#25 Janu 87#07082017", Misread("Budi", None, "07-08-2017")),
        ("#Budi#25011987#besok", Misread("Budi", "25-01-1987", None)),
        ("#Budi#25011987#07082017#Jalan Mawar", Misread("Budi", "25-01-1987", "07-08-2017")),
        ("#Budi 25011987 07082017", Misread(None, None, None)),
        ("#", Misread(None, None, None)),
        ("###", Misread(None, None, None)),
        ("Pagi pak #Budi#25-1-87#07082017", Misread("Budi", None, "07-08-2017")),
        ("#Budi#25011987#07082017 jam 9", Misread("Budi", "25-01-1987", None)),
        ("Siti#Bogor#25011987#07082017", Misread("Siti", None, "25-01-1987")),
        ("batal #Budi#25011987#07082017", Misread("batal", None, "25-01-1987")),
        ("#Budi#25011987#07082017 atau besok", Misread("Budi", "25-01-1987", None)),
        ("Budi#25011987#07082017#Bogor", Misread("Budi", "25-01-1987", "07-08-2017")),
        ("#halo", Misread("halo", None, None)),
        ("halo #halo", Misread("halo", None, None)),
        ("Budi\n25-01-1987", Misread("Budi", "25-01-1987", None)),
        ("Budi\n25011987\n07082017\nBogor", Misread("Budi", "25-01-1987", "07-08-2017")),
    ],
)
def test_an_attempt_that_cannot_be_read_says_what_was_understood(text: str, understood: Misread) -> None:
    assert read_request(text) == understood


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("#Budi#31021987#07082017", Misread("Budi", "31-02-1987", "07-08-2017", "birth_date")),
        ("#Budi#29022023#07082017", Misread("Budi", "29-02-2023", "07-08-2017", "birth_date")),
        ("#Budi#00000000#07082017", Misread("Budi", "00-00-0000", "07-08-2017", "birth_date")),
        ("#Budi#25/13/1987#07082017", Misread("Budi", "25-13-1987", "07-08-2017", "birth_date")),
        ("#Budi#25011987#31-04-2017", Misread("Budi", "25-01-1987", "31-04-2017", "service_date")),
        ("Budi\n31-02-1987\n07-08-2017", Misread("Budi", "31-02-1987", "07-08-2017", "birth_date")),
        ("#Budi#19870125#31042017", Misread("Budi", "19-87-0125", "31-04-2017", "birth_date")),
    ],
)
def test_a_date_that_no_calendar_has_is_named(text: str, part: Misread) -> None:
    assert read_request(text) == part


def test_a_leap_day_is_a_date() -> None:
    assert read_request("#Budi#29022000#07082017") == Registration("Budi", date(2000, 2, 29), BUDI.service_date)


def test_a_year_that_lost_its_century_is_shown_with_four_digits() -> None:
    """`23110026` is a slip for 2026: the answer must show 0026, or nobody finds it."""
    assert shown_date(date(26, 11, 23)) == "23-11-0026"
    assert typed_date(date(26, 11, 23)) == "23110026"


# Approving


@pytest.mark.parametrize(
    "text",
    [
        "00002681",
        " 0000 2681 ",
        "0000-2681",
        "0 0 0 0 2 6 8 1",
        "Kode persetujuan: *00002681*",
        "Setuju, 00002681. Terima kasih",
        "ya\n00002681",
        "Ini kodenya:\n00002681\nterima kasih",
        "00002681\n00002681",
        "#00002681",
        "#00002681#",
        "setuju #00002681",
        "Saya pilih 1. 00002681",
    ],
)
def test_an_approval_code_is_found_with_spaces_and_text_around_it(text: str) -> None:
    assert read_request(text) == Approval("00002681")


def echo(name: str, birth_date: str, service_date: str) -> str:
    return (
        f"*Kantor Imigrasi Jakarta Pusat*\nMohon periksa data Anda:\n\nNomor WA: +628129900440\nNama: {name}\n"
        f"Tgl lahir: {birth_date}\nTgl layanan: {service_date}\n\nKode persetujuan: *00002681*\n\n"
        "Jika benar, ketuk *Setuju* atau balas dengan kode itu sebelum 09.00 WIB."
    )


@pytest.mark.parametrize("day", ["Selasa, 18-07-2017", "18-07-2017 (Selasa)", "18 Juli 2017"])
def test_an_echo_that_is_sent_back_approves_what_it_says(day: str) -> None:
    shown = Registration("Ahmad", date(1967, 11, 20), date(2017, 7, 18))
    assert read_request(echo("Ahmad", "20-11-1967", day)) == Approval("00002681", shown)
    # Which of two numbers of eight digits is the code nobody knows; then it registers.
    assert read_request(echo("Ahmad", "20-11-1967", "18072017")) == shown


def test_an_echo_that_cannot_be_read_any_more_approves_nothing() -> None:
    assert read_request(echo("Ahmad", "20-13-1967", "18-07-2017")) == Misread(
        "Ahmad", "20-13-1967", "18-07-2017", "birth_date"
    )


@pytest.mark.parametrize(
    "text",
    [
        *("0000268", "000026810", "081234567890", "+62 812-3456-7890", "0812 3456 7890", "1 00002681 2"),
        "00002681 atau 00002682",
        "٠٠٠٠٢٦٨١",
    ],
)
def test_other_digits_are_no_approval_code(text: str) -> None:
    assert read_request(text) == Unknown()


@pytest.mark.parametrize("text", ["Apakah tanggal 23-11-2026 buka?", "7 Agustus, 07.08.2017", "31-02-2026 itu"])
def test_a_date_in_a_question_is_no_approval_code(text: str) -> None:
    assert read_request(text) == Unknown()


def test_eight_digits_in_one_piece_approve_even_where_they_are_a_date_as_well() -> None:
    assert read_request("Kode: 25011987") == Approval("25011987")


# Cancelling


@pytest.mark.parametrize(
    "text",
    [
        "#batal",
        "batal",
        "#BATAL",
        "# Batal #",
        "#batal!",
        "Batal.",
        "#batalkan",
        "batalin",
        "#batal pendaftaran",
        "#batal\n",
        "#cancel",
    ],
)
def test_cancelling_takes_the_word_alone(text: str) -> None:
    assert read_request(text) == Cancellation(None)


@pytest.mark.parametrize("text", ["#batal {}", "batal {}", "#batal#{}#", "#Batal\n{}", "batalkan {}"])
def test_cancelling_takes_a_booking_code(text: str) -> None:
    assert read_request(text.format(CODE)) == Cancellation(CODE)
    assert read_request(text.format(codes.shown(CODE).lower())) == Cancellation(CODE)


@pytest.mark.parametrize(
    "text", ["Batal nya gimana ya?", "batal atau tidak terserah", "pembatalan", "Batalyon 7", "apa bisa batal"]
)
def test_a_sentence_that_only_mentions_it_cancels_nothing(text: str) -> None:
    assert read_request(text) == Unknown()


# Another day

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        "#ubah#24112026",
        "#ubah #24112026#",
        "ubah 24112026",
        "#UBAH#24-11-2026",
        "# Ubah # 24/11/2026",
        "#ubah 24 11 2026.",
        "#ubah#24 - 11 - 2026",
        "#ubah24112026",
        "#ubah: 24.11.2026",
        "#ubah\n24112026",
        "*#ubah#24112026*",
        "ubah ke 24112026",
    ],
)
def test_another_day_is_forgiven_its_form(text: str) -> None:
    assert read_request(text) == Rescheduling(TUESDAY)


@pytest.mark.parametrize("text", ["#ubah#24112026#{}", "#Ubah # 24-11-2026 # {} #"])
def test_another_day_takes_a_booking_code(text: str) -> None:
    assert read_request(text.format(CODE)) == Rescheduling(TUESDAY, CODE)
    assert read_request(text.format(codes.shown(CODE).lower())) == Rescheduling(TUESDAY, CODE)


@pytest.mark.parametrize(
    "text", ["#ubah", "ubah", "Ubah!", "#ubah#besok", "#ubah jadwal ke senin", "#ubah#24112026#BGR"]
)
def test_another_day_that_cannot_be_read_is_told_so(text: str) -> None:
    assert read_request(text) == UnreadDay()


def test_a_day_that_is_in_no_calendar_is_told_as_it_was_written() -> None:
    assert read_request("#ubah#31112026") == UnreadDay("31-11-2026")


def test_nobody_is_registered_under_the_name_of_the_command() -> None:
    """Somebody mixes the two formats up."""
    assert read_request("#ubah#25011987#24112026") == UnreadDay()


@pytest.mark.parametrize("text", ["ubah jadwal gimana ya?", "apa bisa ubah hari", "perubahan"])
def test_a_sentence_that_only_mentions_it_moves_nothing(text: str) -> None:
    assert read_request(text) == Unknown()


# Asking


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        *((text, Status()) for text in ("#status", "Status", "# STATUS #", "status?", "tiket")),
        *((text, Quota()) for text in ("#kuota", "KUOTA", " kuota. ")),
        *((text, Help()) for text in ("#bantuan", "Bantuan", "help", "menu")),
        *((text, Begin()) for text in ("#daftar", "Daftar", "daftar!", "daftar antrian", "Daftar lagi")),
        ("#daftar#23112026", Begin(date(2026, 11, 23))),
        ("daftar 23 November 2026", Begin(date(2026, 11, 23))),
        ("#daftar#31112026", Begin()),
    ],
)
def test_a_command_is_forgiven_case_spaces_and_a_missing_hash(text: str, asked: Request) -> None:
    assert read_request(text) == asked


@pytest.mark.parametrize(
    "text", ["status saya gimana", "kuota berapa ya", "daftar dokumen", "mau daftar", "bantuan dong kak", "statusnya"]
)
def test_a_sentence_that_only_mentions_a_command_is_none(text: str) -> None:
    assert read_request(text) == Unknown()


@pytest.mark.parametrize("text", ["#daftar#Budi#25011987#07082017", "daftar\nBudi\n25011987\n07082017"])
def test_a_registration_may_stand_behind_the_word(text: str) -> None:
    assert read_request(text) == BUDI


def test_a_person_may_be_called_like_a_command() -> None:
    assert read_request("#Status#25011987#07082017") == Registration("Status", BUDI.birth_date, BUDI.service_date)


@pytest.mark.parametrize(("text", "name"), [("#Budi", "Budi"), (" *Budi*  Santoso ", "Budi Santoso"), ("12", None)])
def test_a_name_alone_is_read(text: str, name: str | None) -> None:
    assert read_name(text) == name


@pytest.mark.parametrize(
    ("text", "day"),
    [("#25011987.", date(1987, 1, 25)), ("25 Agt 1987", None), ("31-02-1987", "31-02-1987"), ("besok", None)],
)
def test_a_date_alone_is_read(text: str, day: date | str | None) -> None:
    assert read_date(text) == day


@pytest.mark.parametrize(("text", "address"), [("Jl. Merdeka 10", "Jl. Merdeka 10"), ("10", None), ("a" * 500, None)])
def test_an_address_alone_is_read(text: str, address: str | None) -> None:
    assert read_address(text) == address


# Anything else


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "  \n ",
        "Selamat pagi",
        "Berapa biaya paspor?",
        "👍",
        "1",
        "saya setuju kok",
        "tidak setuju",
        "pagi\nmau tanya\nterima kasih",
    ],
)
def test_everything_else_is_unknown(text: str | None) -> None:
    assert read_request(text) == Unknown()


# Whatever people write

SPACES = st.sampled_from(["", "", " ", "  ", "\u00a0", "\t", "\n", " \r\n"])
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
FORMATS = ["{d:02}{m:02}{y:04}", "{d:02}-{m:02}-{y:04}", "{d}/{m}/{y}", "{d:02} {m:02} {y}", "{d:02}.{m:02}.{y}"]
FORMATS += ["{d} - {m} - {y}", "{d:02}{m:02} {y}"]
LETTERS = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzéÉüñ陳")
OTHER_CASES: list[Callable[[str], str]] = [str, str.upper, str.lower, str.title]
CASES = st.sampled_from(OTHER_CASES)
WORDS = st.text(LETTERS, min_size=2, max_size=12)


@st.composite
def written_registrations(draw: st.DrawFn) -> tuple[Registration, str]:
    """Draw a registration and one of the ways in which people write it."""
    words = draw(st.lists(WORDS, min_size=1, max_size=4))
    assume(words[0].casefold() not in {"batal", "batalkan", "ubah", "daftar"})
    born, service_date = draw(DAYS), draw(DAYS)
    asked = Registration(" ".join(words), born, service_date)
    dates = [draw(st.sampled_from(FORMATS)).format(d=day.day, m=day.month, y=day.year) for day in (born, service_date)]
    changed_case = draw(CASES)
    name = changed_case(draw(st.sampled_from([" ", "  ", "\n", " \n"])).join(words))
    parts = [draw(SPACES) + part + draw(SPACES) for part in (name, *dates)]
    return asked, draw(st.sampled_from(["", "#", " # ", "\n#", "##"])) + "#".join(parts) + draw(
        st.sampled_from(["", "#", " #", "\n#\n", "##"])
    )


@UNHURRIED
@given(written_registrations())
def test_a_registration_reads_the_same_in_whatever_way_it_is_written(case: tuple[Registration, str]) -> None:
    asked, text = case
    read = read_request(text)
    assert isinstance(read, Registration)
    assert (read.birth_date, read.service_date) == (asked.birth_date, asked.service_date)
    assert normalised_name(read.name) == normalised_name(asked.name)
    assert read.name.casefold() == asked.name.casefold()


@UNHURRIED
@given(name=WORDS, birth=DAYS, day=DAYS, first=st.sampled_from(["#", "\n", "\n#\n"]), second=st.sampled_from("#\n"))
def test_a_line_break_stands_for_a_hash(name: str, birth: date, day: date, first: str, second: str) -> None:
    assume(name.casefold() not in {"batal", "batalkan", "ubah", "daftar"})
    text = f"{name}{first}{typed_date(birth)}{second}{shown_date(day)}"
    assert read_request(text) == Registration(name, birth, day)


@UNHURRIED
@given(st.one_of(st.text(), st.text("#0123456789 .-/\nbatalBudi"), st.from_regex(r"#?\w+#[\d./ -]+#[\d./ -]+#?")))
@example("\ud83d#\ud83d#\ud83d")
@example("batal" + "#" * 5000)
@example("1 " * 5000)
@example("#" * 4096)
def test_any_text_can_be_read(text: str) -> None:
    read = read_request(text)
    assert isinstance(read, Request)
    assert read_request(text) == read
    if isinstance(read, Registration | Misread) and read.name is not None:
        assert 2 <= len(read.name) <= LONGEST_NAME
        assert not set(read.name) & set("*_~`{}#\n\r\t")
    if isinstance(read, Approval) and read.code is not None:
        assert len(read.code) == 8
        assert read.code.isascii()
        assert read.code.isdigit()


@UNHURRIED
@given(DAYS)
def test_a_date_is_shown_and_typed_in_ways_that_read_as_itself(day: date) -> None:
    for written in (shown_date(day), typed_date(day)):
        assert read_request(f"#Budi#{written}#{written}") == Registration("Budi", day, day)


# Who is the same person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Budi Santoso", "BUDI  SANTOSO"),
        ("Budi Santoso", "budi santoso."),
        ("Abdul-Aziz", "Abdul Aziz"),
        ("José", "Jose"),
        ("Héctor", "Hector"),
        ("Ma'ruf", "Ma’ruf"),  # noqa: RUF001
        ("Straße", "STRASSE"),
    ],
)
def test_two_spellings_are_one_person(one: str, other: str) -> None:
    assert normalised_name(one) == normalised_name(other)


def test_two_names_are_two_persons() -> None:
    assert normalised_name("Budi Santoso") != normalised_name("Budi Santosa")


@UNHURRIED
@given(st.lists(WORDS, min_size=1, max_size=4), CASES)
def test_neither_case_nor_spaces_make_another_person(words: list[str], changed_case: Callable[[str], str]) -> None:
    assert normalised_name(changed_case("  ".join(words)) + " .") == normalised_name(" ".join(words))


@pytest.mark.parametrize("text", ["Setuju", "setuju.", "#SETUJU", " setuju! ", "Ya, setuju", "setuju pak."])
def test_the_word_on_the_button_approves_as_the_button_does(text: str) -> None:
    assert read_request(text) == Approval(None)
