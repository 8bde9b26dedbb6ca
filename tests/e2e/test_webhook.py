"""What Meta may send, and what strangers may not."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.e2e.conftest import Applicant, Stack, request, text_of


def sign(secret: str, body: bytes) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def delivery(stack: Stack, *messages: dict[str, Any], phone_number_id: str | None = None) -> bytes:
    office = stack.of("bogor")
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": phone_number_id or office["phone_number_id"]},
        "messages": list(messages),
    }
    entry = {"id": "1", "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def text(applicant: Applicant, body: str, name: str) -> dict[str, Any]:
    timestamp = str(int(applicant.stack.now().timestamp()))
    return {
        "from": applicant.phone,
        "id": f"wamid.{name}{applicant.phone}",
        "timestamp": timestamp,
        "type": "text",
        "text": {"body": body},
    }


def post(stack: Stack, body: bytes, signature: str | None = None) -> tuple[int, str]:
    office = stack.of("bogor")
    return request(
        office["webhook_url"],
        "POST",
        body,
        X_Hub_Signature_256=signature or sign(office["app_secret"], body),
        Content_Type="application/json",
    )


def test_meta_is_given_its_challenge_for_the_right_verify_token_only(stack: Stack) -> None:
    office = stack.of("bogor")
    query = f"{office['webhook_url']}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    assert request(query + office["verify_token"]) == (200, "1158201444")
    assert request(query + "wrong")[0] == 403


def test_a_wrong_signature_is_refused_and_changes_nothing(stack: Stack, budi: Applicant) -> None:
    body = delivery(stack, text(budi, f"#{budi.name}#25011987#{stack.bookable_days()[0]:%d%m%Y}", "forged"))
    for signature in (sign("not the secret", body), "sha256=", "nonsense"):
        assert post(stack, body, signature)[0] == 401
    assert "Tidak ada pendaftaran" in text_of(budi.write("#batal"))
    assert len(budi.answers()) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"not json"])
def test_a_signed_body_that_is_no_json_is_named_as_such(stack: Stack, body: bytes) -> None:
    assert post(stack, body)[0] == 400


@pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"entry": 7}', b'{"entry": [{"changes": [null]}]}'])
def test_signed_garbage_is_acknowledged(stack: Stack, body: bytes) -> None:
    assert post(stack, body)[0] == 200


def test_messages_for_an_unknown_number_are_acknowledged_and_not_answered(stack: Stack, budi: Applicant) -> None:
    assert post(stack, delivery(stack, text(budi, "halo", "elsewhere"), phone_number_id="999"))[0] == 200
    budi.write("halo")
    assert len(budi.answers()) == 1


def test_good_messages_of_a_batch_are_answered_although_others_are_broken(stack: Stack, budi: Applicant) -> None:
    siti = Applicant(stack)
    for applicant in (budi, siti):
        applicant.write("halo")  # opens the 24 hours in which WhatsApp lets us answer
    broken: list[Any] = [{"id": 7}, None, {**text(budi, "x", "b"), "timestamp": "soon"}, {"type": "text"}]
    body = delivery(stack, *broken[:2], text(budi, "halo", "first"), *broken[2:], text(siti, "halo", "second"))
    assert post(stack, body)[0] == 200
    for applicant in (budi, siti):
        assert "Selamat datang" in text_of(applicant.next_answer())
