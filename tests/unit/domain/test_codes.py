"""Booking codes survive phones read aloud, cracked screens and quick fingers; approval codes are eight digits."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from antrian.domain.codes import (
    ALPHABET,
    approval_code,
    booking_code,
    check_character,
    person_key,
    read_booking_code,
    shown,
)
from tests.builders import KEY

# A busy machine is no defect.
UNHURRIED = settings(deadline=None)

PREFIXES = st.text(ALPHABET, min_size=3, max_size=3)
CODES = st.builds(booking_code, st.just(KEY), PREFIXES, st.text())


@pytest.mark.parametrize(
    ("payload", "check"),
    [
        ("G123498654321", "H"),  # the worked example of ISBT 128, which numbers blood donations with this check
        ("W000098123456", "N"),
        ("0", "1"),
    ],
)
def test_the_check_character_is_that_of_iso_7064_mod_37_2(payload: str, check: str) -> None:
    assert check_character(payload) == check


@UNHURRIED
@given(PREFIXES, st.text(), st.integers(0, 9))
def test_a_booking_code_has_the_offices_prefix_and_reads_as_itself(prefix: str, message_id: str, attempt: int) -> None:
    code = booking_code(KEY, prefix, message_id, attempt)
    assert len(code) == 11
    assert code.startswith(prefix)
    assert set(code) <= set(ALPHABET)
    assert read_booking_code(code) == code
    assert read_booking_code(shown(code)) == code


@UNHURRIED
@given(CODES)
def test_every_wrong_character_is_found_out(code: str) -> None:
    for position, right in enumerate(code):
        for wrong in ALPHABET.replace(right, ""):
            assert read_booking_code(code[:position] + wrong + code[position + 1 :]) is None


@UNHURRIED
@given(CODES)
def test_every_swap_of_neighbours_is_found_out(code: str) -> None:
    for position, (one, other) in enumerate(pairwise(code)):
        if one != other:
            assert read_booking_code(code[:position] + other + one + code[position + 2 :]) is None


def test_every_swap_of_neighbours_is_found_out_before_whatever_follows() -> None:
    """Exhaustive where examples are too few: a check that misses one swap in six hundred passes for perfect."""
    for lead in ALPHABET:
        for one in ALPHABET:
            for other in ALPHABET:
                if one != other:
                    assert check_character(lead + one + other) != check_character(lead + other + one)


@UNHURRIED
@given(CODES, st.data())
def test_reading_forgives_case_spaces_dashes_and_look_alikes(code: str, data: st.DataObject) -> None:
    written = "".join(
        data.draw(st.sampled_from(["", "", " ", "-", "\n", " - "]))
        + data.draw(st.sampled_from([character, *{"0": "Oo", "1": "IiLl"}.get(character, "")]))
        for character in code
    )
    assert read_booking_code(data.draw(st.sampled_from([written, written.lower()]))) == code


@pytest.mark.parametrize(
    "text", ["", "BGR", "halo", "0" * 10, "0" * 12, "https://contoh.id/x", "UUUUUUUUUUU", "\u0660" * 11]
)
def test_what_is_no_code_is_read_as_none(text: str) -> None:
    assert read_booking_code(text) is None


@UNHURRIED
@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    code = read_booking_code(text)
    assert code is None or read_booking_code(code) == code


def test_a_code_is_shown_in_the_groups_in_which_people_read_it() -> None:
    assert shown("BGR7K3M92QX") == "BGR-7K3M-92QX"


def test_the_same_message_makes_the_same_codes_and_another_message_others() -> None:
    assert booking_code(KEY, "BGR", "wamid.1") == booking_code(KEY, "BGR", "wamid.1")
    assert approval_code(KEY, "wamid.1") == approval_code(KEY, "wamid.1")
    assert booking_code(KEY, "BGR", "wamid.1") != booking_code(KEY, "BGR", "wamid.2")
    assert approval_code(KEY, "wamid.1") != approval_code(KEY, "wamid.2")


def test_another_key_or_attempt_makes_another_code() -> None:
    code = booking_code(KEY, "BGR", "wamid.1")
    assert booking_code(b"another key", "BGR", "wamid.1") != code
    assert booking_code(KEY, "BGR", "wamid.1", attempt=1) != code
    assert approval_code(b"another key", "wamid.1") != approval_code(KEY, "wamid.1")


def test_codes_do_not_collide_by_their_making() -> None:
    made = {booking_code(KEY, "BGR", f"wamid.{number}") for number in range(5000)}
    assert len(made) == 5000
    assert {code[position] for code in made for position in range(3, 10)} == set(ALPHABET)


@UNHURRIED
@given(st.text())
def test_an_approval_code_is_eight_digits(message_id: str) -> None:
    code = approval_code(KEY, message_id)
    assert len(code) == 8
    assert set(code) <= set("0123456789")


def test_a_person_is_known_by_name_and_birth_date_and_shows_neither() -> None:
    key = person_key(KEY, "budi santoso", "1987-01-25")
    assert key == person_key(KEY, "budi santoso", "1987-01-25")
    assert len({key, person_key(KEY, "budi santosa", "1987-01-25"), person_key(KEY, "budi santoso", "1987-01-26")}) == 3
    assert person_key(b"another key", "budi santoso", "1987-01-25") != key
    assert "budi" not in key
    assert "1987" not in key
