"""Signatures change their clothes between KMS and browsers, and arrive as the same two numbers."""

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import example, given
from hypothesis import strategies as st

from antrian.adapters.signing import der_of, raw_of

NUMBERS = st.integers(0, 2**256 - 1) | st.integers(0, 2**17) | st.integers(1, 256).map(lambda bits: 2**bits - 1)


def raw(r: int, s: int) -> bytes:
    return r.to_bytes(32) + s.to_bytes(32)


@given(NUMBERS, NUMBERS)
@example(0, 2**256 - 1)
@example(127, 128)
@example(255, 256)
def test_der_is_written_and_read_as_others_write_and_read_it(r: int, s: int) -> None:
    assert decode_dss_signature(der_of(raw(r, s))) == (r, s)
    assert raw_of(encode_dss_signature(r, s)) == raw(r, s)


GOOD = encode_dss_signature(2**255, 5)


@pytest.mark.parametrize(
    "der",
    [
        b"",
        GOOD[:1],
        GOOD[:3],
        GOOD[:-1],
        GOOD + b"\0",
        b"\x31" + GOOD[1:],
        GOOD[:1] + b"\x81" + GOOD[1:],
        GOOD[:2] + b"\x03" + GOOD[3:],
        b"\x30\x06\x02\x01\x81\x02\x01\x05",  # a negative number
        b"\x30\x07\x02\x02\x00\x05\x02\x01\x05",  # a zero too many
        b"\x30\x06\x02\x01\x05\x02\x02\x05",
        encode_dss_signature(2**256, 5),
        encode_dss_signature(5, 2**256),
    ],
)
def test_what_is_no_signature_of_this_curve_in_der_is_refused(der: bytes) -> None:
    with pytest.raises(ValueError, match="not a signature on P-256 in DER"):
        raw_of(der)


@given(st.binary(max_size=80))
def test_whatever_is_read_is_written_the_same_again(der: bytes) -> None:
    try:
        read = raw_of(der)
    except ValueError:
        return
    assert der_of(read) == der
