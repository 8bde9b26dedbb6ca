"""The Graph API over a loopback connection."""

import hashlib
import json

import pytest

from tests.unit.simulator.world import (
    BUDI,
    BUDIS_USER_ID,
    NUMBER_ID,
    OTHER_NUMBER_ID,
    OTHER_TOKEN,
    PNG,
    TOKEN,
    World,
    call,
)

TEMPLATE = {"name": "pengingat", "language": {"code": "id"}}


def test_an_accepted_message_is_answered_as_meta_answers(world: World) -> None:
    world.budi_writes()
    answer = world.send()
    assert answer.status == 200
    message_id = answer.json["messages"][0]["id"]
    assert message_id.startswith("wamid.")
    assert answer.json == {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+" + BUDI, "wa_id": BUDI}],
        "messages": [{"id": message_id}],
    }


def test_a_message_to_a_user_id_names_the_user_id(world: World) -> None:
    world.inbound(user_id=BUDIS_USER_ID, text="halo")
    answer = world.send(recipient=BUDIS_USER_ID)
    assert answer.json["contacts"] == [{"input": BUDIS_USER_ID, "user_id": BUDIS_USER_ID}]
    assert [one["recipient"] for one in world.sent(BUDIS_USER_ID)] == [BUDIS_USER_ID]


def test_a_user_id_in_to_is_accepted_and_goes_nowhere(world: World) -> None:
    assert world.send(to=BUDIS_USER_ID).status == 200
    assert world.sent() == []
    assert [one["to"] for one in world.tool("GET", "dropped").json["dropped"]] == [BUDIS_USER_ID]


@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_without_a_known_token_nothing_goes_out(world: World, token: str | None) -> None:
    world.budi_writes()
    body = {"messaging_product": "whatsapp", "to": BUDI, "type": "text", "text": {"body": "x"}}
    answer = world.graph(body, token=token)
    assert (answer.status, answer.error["code"], answer.error["type"]) == (401, 190, "OAuthException")
    assert world.sent() == []


def test_a_token_opens_its_own_number_only(world: World) -> None:
    answer = world.graph({}, number_id=OTHER_NUMBER_ID)
    assert (answer.status, answer.error["code"], answer.error["error_subcode"]) == (400, 100, 33)


def test_a_new_token_works_as_soon_as_it_is_written(world: World) -> None:
    world.budi_writes()
    (world.state_dir / "tokens.json").write_text(json.dumps({NUMBER_ID: "the next token"}))
    assert world.send().status == 401
    body = {"messaging_product": "whatsapp", "to": BUDI, "text": {"body": "x"}}
    assert world.graph(body, token="the next token").status == 200


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [("v22.0", 400, 2635), ("v27.0", 400, 100), ("v23.1", 400, 100), ("latest", 404, 2500)],
)
def test_other_versions_are_refused(world: World, version: str, status: int, code: int) -> None:
    answer = world.graph({}, version=version)
    assert (answer.status, answer.error["code"]) == (status, code)


@pytest.mark.parametrize("version", ["v23.0", "v24.0", "v25.0", "v26.0"])
def test_living_versions_are_accepted(world: World, version: str) -> None:
    world.budi_writes()
    body = {"messaging_product": "whatsapp", "to": BUDI, "text": {"body": "x"}}
    assert world.graph(body, version=version).status == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(world: World, body: bytes) -> None:
    answer = world.graph(body)
    assert (answer.status, answer.error["code"]) == (400, 100)


def test_free_text_needs_a_message_within_24_hours(world: World) -> None:
    answer = world.send()
    assert (answer.status, answer.error["code"]) == (400, 131047)
    assert answer.error["message"] == "(#131047) Re-engagement message"
    world.budi_writes()
    assert world.send().status == 200


def test_the_window_closes_by_the_simulated_clock(world: World) -> None:
    world.tool("PUT", "clock", {"now": "2026-11-23T08:00:00+07:00"})
    world.budi_writes()
    world.tool("PUT", "clock", {"now": "2026-11-24T07:59:00+07:00"})
    assert world.send().status == 200
    world.tool("PUT", "clock", {"now": "2026-11-24T08:00:30+07:00"})
    assert world.send().error["code"] == 131047
    assert world.send("template", TEMPLATE).status == 200


def test_an_old_message_that_arrives_late_does_not_open_the_window(world: World) -> None:
    world.budi_writes(timestamp=1_700_000_000)
    assert world.send().error["code"] == 131047


def test_the_window_belongs_to_one_office(world: World) -> None:
    world.inbound(**{"from": BUDI}, text="halo", office="jakarta-pusat")
    assert world.send().error["code"] == 131047
    body = {"messaging_product": "whatsapp", "to": BUDI, "text": {"body": "x"}}
    assert world.graph(body, token=OTHER_TOKEN, number_id=OTHER_NUMBER_ID).status == 200


def test_who_wrote_with_number_and_user_id_may_be_answered_under_both(world: World) -> None:
    world.inbound(**{"from": BUDI}, user_id=BUDIS_USER_ID, text="halo")
    world.tool("PUT", "clock", {"now": "2040-01-01T00:00:00Z"})
    world.inbound(**{"from": BUDI}, text="halo lagi")
    assert world.send(recipient=BUDIS_USER_ID).status == 200


def test_a_template_says_that_it_was_accepted(world: World) -> None:
    assert world.send("template", TEMPLATE).json["messages"][0]["message_status"] == "accepted"


def test_an_upload_can_be_sent_and_fetched(world: World) -> None:
    world.budi_writes()
    media_id = world.upload().json["id"]
    assert world.send("image", {"id": media_id, "caption": "Tiket"}).status == 200
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    facts = call("GET", f"{world.url}/v26.0/{media_id}", headers=bearer).json
    assert facts["mime_type"] == "image/png"
    assert facts["file_size"] == len(PNG)
    assert facts["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert facts["id"] == media_id
    assert call("GET", facts["url"], headers=bearer).content == PNG
    assert call("GET", facts["url"]).status == 401
    assert call("GET", facts["url"].replace("hash=", "hash=0"), headers=bearer).status == 404
    raw = world.tool("GET", f"media/{media_id}")
    assert (raw.content, raw.headers["content-type"]) == (PNG, "image/png")


def test_a_link_to_an_upload_works_for_five_minutes_and_an_id_for_thirty_days(world: World) -> None:
    world.budi_writes()
    media_id = world.upload().json["id"]
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    url = call("GET", f"{world.url}/v26.0/{media_id}", headers=bearer).json["url"]
    world.tool("PUT", "clock", {"now": "2100-01-01T00:00:00Z"})
    assert call("GET", url, headers=bearer).status == 404
    answer = call("GET", f"{world.url}/v26.0/{media_id}", headers=bearer)
    assert (answer.status, answer.error["code"], answer.error["error_subcode"]) == (400, 100, 33)
    world.budi_writes()
    assert world.send("image", {"id": media_id}).error["code"] == 131009


@pytest.mark.parametrize(
    ("content", "mime_type", "code"),
    [
        (PNG, "image/gif", 100),
        (PNG, "image/jpeg", 131053),
        (PNG + bytes(5 * 1024 * 1024), "image/png", 131053),
    ],
)
def test_only_true_images_of_at_most_5_mb_are_taken(world: World, content: bytes, mime_type: str, code: int) -> None:
    assert world.upload(content, mime_type).error["code"] == code


@pytest.mark.parametrize("part", ["messaging_product", "type", "file"])
def test_an_upload_must_be_complete(world: World, part: str) -> None:
    assert world.upload(without=part).error["message"] == f"(#100) The parameter {part} is required."


def test_a_message_is_marked_as_read_without_counting_as_sent(world: World) -> None:
    message_id = world.budi_writes().json["id"]
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
    assert world.graph(mark | {"typing_indicator": {"type": "text"}}).json == {"success": True}
    assert world.sent() == []
    reads = world.tool("GET", "reads").json["reads"]
    assert [(one["message_id"], one["typing_indicator"]) for one in reads] == [(message_id, True)]


def test_only_a_message_that_was_received_can_be_read(world: World) -> None:
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.never"}
    assert world.graph(mark).error["code"] == 131009


def test_a_fault_strikes_as_often_as_ordered_and_then_no_more(world: World) -> None:
    message_id = world.budi_writes().json["id"]
    world.tool("PUT", "faults", {"status": 503, "code": 131016, "times": 2})
    # Marks of reading do not spend a fault that was meant for an answer.
    world.graph({"messaging_product": "whatsapp", "status": "read", "message_id": message_id})
    first = world.send()
    assert (first.status, first.error["code"]) == (503, 131016)
    assert first.error["message"] == "(#131016) Service unavailable"
    assert world.tool("GET", "faults").json["times"] == 1
    assert world.send().status == 503
    assert world.send().status == 200
    assert len(world.sent()) == 1
    assert world.tool("GET", "faults").json == {"status": None, "code": None, "times": 0, "used": 2}


def test_a_fault_can_be_cleared(world: World) -> None:
    world.budi_writes()
    world.tool("PUT", "faults", {"status": 500, "code": 1, "times": 1000})
    world.tool("DELETE", "faults")
    assert world.send().status == 200


def test_a_fault_can_strike_one_template_alone(world: World) -> None:
    world.budi_writes()
    world.tool("PUT", "faults", {"status": 404, "code": 132001, "times": 9, "template": "pengingat"})
    assert world.send("template", TEMPLATE | {"name": "lain"}).status == 200
    assert world.send().status == 200
    assert world.send("template", TEMPLATE).error["code"] == 132001


def test_the_pair_rate_is_kept_when_asked_for(world: World) -> None:
    world.budi_writes()
    assert world.tool("PUT", "pair-rate", {"on": True}).json == {"on": True}
    answers = [world.send() for _ in range(47)]
    assert [one.status for one in answers[:45]] == [200] * 45
    assert answers[-1].error["code"] == 131056


def test_receipts_come_back_when_asked_for(world: World) -> None:
    world.budi_writes()
    world.tool("PUT", "receipts", {"on": True})
    message_id = world.send(biz_opaque_callback_data="outbox-7").json["messages"][0]["id"]
    world.webhook.wait_for(3)
    receipts = [receipt for value in world.webhook.values for receipt in value.get("statuses", [])]
    assert [one["status"] for one in receipts] == ["sent", "delivered"]
    assert {one["id"] for one in receipts} == {message_id}
    assert {one["recipient_id"] for one in receipts} == {BUDI}
    assert {one["biz_opaque_callback_data"] for one in receipts} == {"outbox-7"}
