import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antrian.adapters.whatsapp.signature import verify

SECRET = "test_app_secret"
BODY = b'{"object":"whatsapp_business_account","entry":[]}'
SIGNATURE = "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def signed(body: bytes, secret: str) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_the_published_vector_is_accepted() -> None:
    assert verify(BODY, SIGNATURE, [SECRET])


@pytest.mark.parametrize("secrets", [["new", SECRET], [SECRET, "old"], (SECRET, ""), ["", SECRET]])
def test_any_of_several_secrets_will_do(secrets: list[str]) -> None:
    assert verify(BODY, SIGNATURE, secrets)


def test_another_secret_does_not() -> None:
    assert not verify(BODY, SIGNATURE, ["another", "and_another"])


def test_one_changed_byte_is_noticed() -> None:
    assert not verify(BODY + b" ", SIGNATURE, [SECRET])


def test_a_body_that_is_no_text_can_be_signed() -> None:
    assert verify(b"\xff\x00\xfe", signed(b"\xff\x00\xfe", SECRET), [SECRET])


def test_nobody_gets_in_without_any_secret() -> None:
    assert not verify(BODY, SIGNATURE, [])


def test_an_empty_secret_opens_nothing() -> None:
    assert not verify(BODY, signed(BODY, ""), ["", ""])


def test_a_lone_secret_is_not_taken_for_its_letters() -> None:
    assert not verify(BODY, signed(BODY, "t"), SECRET)
    assert verify(BODY, SIGNATURE, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        "sha256",
        SIGNATURE.removeprefix("sha256="),
        SIGNATURE.replace("sha256", "sha1"),
        SIGNATURE[:-1],
        SIGNATURE + "0",
        SIGNATURE + "\n",
        "sha256=" + "é" * 64,
        "sha256=\ud800",
        "sha256=" + "\x00" * 64,
    ],
)
def test_a_malformed_header_is_a_wrong_signature(header: str | None) -> None:
    assert not verify(BODY, header, [SECRET])


@given(body=st.binary(), header=st.none() | st.text(st.characters()) | st.text(st.characters()).map("sha256=".__add__))
def test_no_header_raises_and_none_is_guessed(body: bytes, header: str | None) -> None:
    assert verify(body, header, [SECRET]) is False


@given(body=st.binary(), secret=st.text(min_size=1))
def test_what_is_signed_is_accepted(body: bytes, secret: str) -> None:
    assert verify(body, signed(body, secret), ["other", secret])
