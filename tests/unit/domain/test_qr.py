"""The QR code's text: what is written is read back, and nothing else is taken for ours."""

import base64
from datetime import date

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from antrian.domain import codes, qr
from tests.builders import KEY

CODE = "BGR7K3M92QX"
DAY = date(2026, 11, 23)
SIGNATURE = bytes(range(64))
TEXT = qr.signed(qr.unsigned(CODE, DAY), SIGNATURE)

PREFIXES = st.text(codes.ALPHABET, min_size=3, max_size=3)
CODES = st.builds(codes.booking_code, st.just(KEY), PREFIXES, st.text())
DAYS = st.dates(date(2020, 1, 1), date(2999, 12, 31))
SIGNATURES = st.binary(min_size=64, max_size=64)


def test_it_names_office_code_and_day_before_the_signature() -> None:
    assert qr.unsigned(CODE, DAY) == "ANTRIAN1.BGR.7K3M92QX.20261123"
    assert TEXT == (
        "ANTRIAN1.BGR.7K3M92QX.20261123."
        "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPSAIJCEMSCKJRHFAUSUKZMFUXC6MBRGIZTINJWG44DSOR3HQ6T4PY"
    )


@given(CODES, DAYS, SIGNATURES)
def test_what_is_written_is_read_back(code: str, day: date, signature: bytes) -> None:
    content = qr.unsigned(code, day)
    assert qr.read(qr.signed(content, signature)) == qr.Qr(code, day, content.encode(), signature)


@given(CODES, DAYS, SIGNATURES)
def test_it_fits_a_qr_code_that_cheap_phones_read(code: str, day: date, signature: bytes) -> None:
    drawn = segno.make(qr.signed(qr.unsigned(code, day), signature), error="m", micro=False)
    assert (drawn.mode, drawn.version) == ("alphanumeric", 6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        CODE,
        "https://example.org/ANTRIAN1.BGR.7K3M92QX.20261123",
        qr.unsigned(CODE, DAY),
        TEXT.replace("ANTRIAN1", "ANTRIAN2"),
        TEXT.lower(),
        TEXT + "\n",
        " " + TEXT,
        TEXT[:-1],
        TEXT + "A",
        TEXT[:-1] + "Z",  # the same 64 bytes, written as we do not write them
        TEXT.replace(".20261123.", ".20261323."),
        TEXT.replace(".20261123.", ".00000101."),
        TEXT.replace(".20261123.", ".2026112٣."),
        TEXT.replace(".7K3M92QX.", ".7K3M92Q."),
        TEXT.replace(".7K3M92QX.", ".7K3M92QI."),
        TEXT.replace(".BGR.", ".BOR."),
        TEXT.replace(".BGR.7", ".BGR7."),
        TEXT.replace(TEXT[-103:], base64.b32encode(bytes(48)).decode().rstrip("=")),
    ],
)
def test_what_is_not_in_this_form_is_some_other_qr_code(text: str) -> None:
    assert qr.read(text) is None


@given(st.text())
def test_no_text_is_a_fault(text: str) -> None:
    assert qr.read(text) is None
