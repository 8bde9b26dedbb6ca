"""What an applicant writes at an office that asks for the address and gives the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antrian.domain.office import Format
from antrian.domain.request import (
    LONGEST_ADDRESS,
    LONGEST_NAME,
    Cancellation,
    Misread,
    Registration,
    Request,
    Unknown,
    read_request,
)

BORN = date(1987, 1, 25)
BUDI = Registration("Budi Santoso", BORN, None, "Jl. Merdeka No. 10, Batam")


def read(text: str) -> Request:
    return read_request(text, Format.NAME_BIRTH_ADDRESS)


@pytest.mark.parametrize(
    "text",
    [
        "Budi Santoso#25011987#Jl. Merdeka No. 10, Batam",
        "#Budi Santoso#25011987#Jl. Merdeka No. 10, Batam",
        "#Budi Santoso # 25-01-1987 # Jl. Merdeka No. 10, Batam #",
        "  Budi  Santoso#25/1/1987#Jl. Merdeka\nNo. 10,   Batam",
        "Budi Santoso\n25 01 1987\nJl. Merdeka No. 10, Batam",
        "*Budi Santoso*#25.01.1987#_Jl. Merdeka No. 10, Batam_",
        "#\nBudi Santoso\n25011987\nJl. Merdeka\nNo. 10, Batam",
        "Nama: Budi Santoso\nTgl lahir: 25-01-1987\nAlamat: Jl. Merdeka No. 10, Batam",
        "Selamat pagi pak #Budi Santoso#25011987#Jl. Merdeka No. 10, Batam",
    ],
)
def test_it_is_forgiven_its_form(text: str) -> None:
    assert read(text) == BUDI


def test_anything_may_stand_in_an_address() -> None:
    address = "Perum. Taman Raya Blok A#12/RT 03-RW 04, 29432 (pagar hijau)"
    assert read(f"Budi Santoso#25011987#{address}") == Registration("Budi Santoso", BORN, None, address)


@pytest.mark.parametrize("address", ["", "23112026", "No. 10", "12/34", "J" * (LONGEST_ADDRESS + 1), "𠮷" * 61])
def test_what_is_no_address_is_told_with_what_was_understood(address: str) -> None:
    """Also a day: whoever writes as at the other offices is told what is asked for here."""
    assert read(f"#Budi Santoso#25011987#{address}") == Misread("Budi Santoso", "25-01-1987", None)


@pytest.mark.parametrize("address", ["Batam", "J" * LONGEST_ADDRESS, "𠮷" * (LONGEST_ADDRESS // 2)])
def test_an_address_may_be_short_or_long(address: str) -> None:
    assert read(f"Budi Santoso#25011987#{address}") == Registration("Budi Santoso", BORN, None, address)


def test_a_registration_with_the_longest_name_and_address_fits_into_a_button() -> None:
    longest = f"#{'𠮷' * LONGEST_NAME}#25011987#{'J' * LONGEST_ADDRESS}"
    assert isinstance(read(longest), Registration)
    assert len(longest.encode("utf-16-le")) // 2 <= 256


def test_a_birth_date_that_is_in_no_calendar_is_named() -> None:
    part = Misread("Budi Santoso", "31-02-1987", None, "birth_date", "Jl. Merdeka")
    assert read("Budi Santoso#31021987#Jl. Merdeka") == part


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("Budi Santoso#25011987", Misread("Budi Santoso", "25-01-1987", None)),
        ("Budi Santoso\n25011987", Misread("Budi Santoso", "25-01-1987", None)),
        ("#Budi Santoso", Misread("Budi Santoso", None, None)),
        ("B4di#25011987#Jl. Merdeka", Misread(None, "25-01-1987", None, None, "Jl. Merdeka")),
        ("#", Misread(None, None, None)),
    ],
)
def test_an_attempt_that_cannot_be_read_says_what_was_understood(text: str, understood: Misread) -> None:
    assert read(text) == understood


@pytest.mark.parametrize("text", ["Selamat pagi", "12345678", "nomor saya 08123456789", "foto KTP saya", ""])
def test_everything_else_is_unknown(text: str) -> None:
    """Also eight digits: where nobody approves, they are no approval code."""
    assert read(text) == Unknown()


def test_commands_are_read_as_everywhere() -> None:
    assert read("#batal") == Cancellation(None)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    read(text)


@given(st.text(max_size=80), st.text(max_size=20))
def test_what_is_read_as_an_address_is_one_line_and_not_longer_than_may_be(text: str, name: str) -> None:
    asked = read(f"Budi{name}#25011987#{text}")
    if isinstance(asked, Registration):
        assert asked.address is not None
        assert asked.address == " ".join(asked.address.split())
        assert asked.service_date is None
