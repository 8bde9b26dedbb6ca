"""What is made plain before anybody reads it: white space, marks, and the length that is read at all."""

import unicodedata
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.domain import codes
from antrian.domain.cases import Case, cases_in
from antrian.domain.office import Format
from antrian.domain.plain_text import plain_text
from antrian.domain.request import TooLong, read_address, read_date, read_name, read_request
from tests.builders import KEY

CODE = codes.booking_code(KEY, "BGR", "wamid.read")
COMMANDS = ["daftar", "baru", "batal", "#ubah", "ke", "setuju", "pak"]
VALUES = ["Budi", "25011987", "25-01-1987", "7 Agustus 2017", "Senin,", "00002681", "nama:", "Jl. Merdeka", "hilang"]
PIECES = st.sampled_from(["#", "#", " ", " ", "\n", ".", "-", ",", "!", "1", *COMMANDS, *VALUES, CODE])
BLANKS = st.text(" \t\u00a0", max_size=4)


# A busy machine is no defect.
@settings(deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join), st.data())
def test_much_white_space_reads_as_one_blank_or_one_line_break(text: str, data: st.DataObject) -> None:
    def stretched(c: str) -> str:
        more = data.draw(st.sampled_from(["\n", "\r\n", "\n \n"])) if c == "\n" else ""
        return f"{data.draw(BLANKS)}{c}{more}{data.draw(BLANKS)}" if c.isspace() else c

    wide = "".join(map(stretched, text))
    for read in (read_request, read_name, read_date, read_address, cases_in):
        assert read(wide) == read(text)
    assert read_request(wide, Format.NAME_BIRTH_ADDRESS) == read_request(text, Format.NAME_BIRTH_ADDRESS)


@given(st.text(st.characters(exclude_characters="\u02bb\u02bc")))  # letters that stand for quotes
def test_nothing_but_white_space_and_marks_is_lost_by_it(text: str) -> None:
    letters = [c for c in unicodedata.normalize("NFKC", text) if c.isalnum()]
    assert [c for c in plain_text(text) if c.isalnum()] == letters


@pytest.mark.parametrize("mark", ["\u0301", "\u0323\u0301", "\u0344"])
def test_a_letter_keeps_its_marks_and_not_any_number_of_them(mark: str) -> None:
    assert read_name(f"Bude{mark}") == unicodedata.normalize("NFKC", f"Bude{mark}")
    name = read_name(f"Bude{mark * 1000}")
    assert name is not None
    assert len(name) <= len("Bude") + 30


@pytest.mark.parametrize(
    "text", [f"#batal{{}}{CODE}", "#Budi#25011987#07082017{}!", "ya{}setuju", f"#ubah#24112026{{}}#{CODE}"]
)
def test_what_is_longer_than_whatsapps_texts_is_read_in_no_part(text: str) -> None:
    longest = text.format(" " * (4096 - len(text) + 2))
    assert read_request(longest) == read_request(text.format(" "))
    assert read_request(f"{longest} ") == TooLong()


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (read_name, "Budi", "Budi"),
        (read_date, "25-01-1987", date(1987, 1, 25)),
        (read_address, "Jl. Merdeka", "Jl. Merdeka"),
        (cases_in, "hilang", [Case.LOST]),
    ],
)
def test_nobody_reads_what_is_too_long(read: Callable[[str], object], text: str, meaning: object) -> None:
    most = 4096 - len(text)
    assert read(text + " " * most) == meaning
    assert not read(text + " " * (most + 1))
