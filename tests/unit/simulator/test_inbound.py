"""Webhooks: their shape, their signature, repeats, batches, retries."""

import base64
import hashlib
import hmac
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from local.simulator.delivery import sign
from tests.unit.simulator.world import BUDI, BUDIS_USER_ID, NUMBER_ID, PNG, SECRET, TOKEN, World, call

BUTTONS = {
    "type": "button",
    "body": {"text": "Setuju?"},
    "action": {"buttons": [{"type": "reply", "reply": {"id": "approve:1", "title": "Ya, setuju"}}]},
}
DAYS = {
    "type": "list",
    "body": {"text": "Hari apa?"},
    "action": {
        "button": "Pilih",
        "sections": [{"rows": [{"id": "day:1", "title": "Senin", "description": "sisa 3"}]}],
    },
}


def test_the_signature_is_metas() -> None:
    body = b'{"object":"whatsapp_business_account","entry":[]}'
    assert sign("test_app_secret", body) == "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"


def test_every_delivery_is_signed_over_its_raw_bytes(world: World) -> None:
    world.budi_writes('Selamat siang, Pak é 😀 "#" \\ /')
    body = world.webhook.bodies[0]
    assert world.webhook.signatures == ["sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()]
    assert world.webhook.messages[0]["text"]["body"] == 'Selamat siang, Pak é 😀 "#" \\ /'


def test_a_text_stands_in_the_webhook_as_meta_writes_it(world: World) -> None:
    answer = world.inbound(
        **{"from": "+" + BUDI}, user_id=BUDIS_USER_ID, name="Budi", text="#batal", id="wamid.1", timestamp=7
    )
    assert answer.status == 200
    assert answer.json == {"id": "wamid.1", "deliveries": [{"status": 200, "body": {"seen": True}, "tries": 1}]}
    (body,) = world.webhook.bodies
    message = {
        "from": BUDI,
        "from_user_id": BUDIS_USER_ID,
        "id": "wamid.1",
        "timestamp": "7",
        "type": "text",
        "text": {"body": "#batal"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "628111100333", "phone_number_id": NUMBER_ID},
        "contacts": [{"profile": {"name": "Budi"}, "wa_id": BUDI, "user_id": BUDIS_USER_ID}],
        "messages": [message],
    }
    change = {"value": value, "field": "messages"}
    assert json.loads(body) == {
        "object": "whatsapp_business_account",
        "entry": [{"id": "100000000000001", "changes": [change]}],
    }


def test_who_has_no_visible_number_leaves_no_number_in_the_webhook(world: World) -> None:
    world.inbound(user_id=BUDIS_USER_ID, text="halo")
    (value,) = world.webhook.values
    assert "from" not in value["messages"][0]
    assert "wa_id" not in value["contacts"][0]


def test_a_message_without_a_timestamp_is_of_now_by_the_simulated_clock(world: World) -> None:
    world.tool("PUT", "clock", {"now": "2030-01-01T00:00:00Z"})
    world.budi_writes()
    assert 0 <= int(world.webhook.messages[0]["timestamp"]) - 1_893_456_000 < 60


def test_a_tapped_button_carries_its_title_and_its_message(world: World) -> None:
    world.budi_writes()
    shown = world.send("interactive", BUTTONS).json["messages"][0]["id"]
    world.inbound(**{"from": BUDI}, button_id="approve:1")
    tapped = world.webhook.messages[-1]
    assert tapped["interactive"] == {"type": "button_reply", "button_reply": {"id": "approve:1", "title": "Ya, setuju"}}
    assert tapped["context"] == {"from": "628111100333", "id": shown}


def test_a_button_keeps_its_title_when_the_messages_were_cleared(world: World) -> None:
    world.budi_writes()
    world.send("interactive", BUTTONS)
    world.tool("DELETE", "messages")
    world.inbound(**{"from": BUDI}, button_id="approve:1")
    assert world.webhook.messages[-1]["interactive"]["button_reply"]["title"] == "Ya, setuju"


def test_a_chosen_row_is_a_list_reply(world: World) -> None:
    world.budi_writes()
    world.send("interactive", DAYS)
    world.inbound(**{"from": BUDI}, button_id="day:1")
    reply = {"id": "day:1", "title": "Senin", "description": "sisa 3"}
    assert world.webhook.messages[-1]["interactive"] == {"type": "list_reply", "list_reply": reply}


def test_a_quick_reply_of_a_template_is_a_button(world: World) -> None:
    component = {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "cancel:1"}],
    }
    world.send("template", {"name": "pengingat", "language": {"code": "id"}, "components": [component]})
    world.inbound(**{"from": BUDI}, button_id="cancel:1")
    assert world.webhook.messages[-1]["button"]["payload"] == "cancel:1"


def test_a_button_that_was_never_shown_is_delivered_all_the_same(world: World) -> None:
    assert world.inbound(**{"from": BUDI}, button_id="forged").status == 200
    assert world.webhook.messages[-1]["interactive"]["button_reply"]["id"] == "forged"


def test_any_other_content_is_passed_on_as_given(world: World) -> None:
    world.inbound(**{"from": BUDI}, content={"type": "sticker", "sticker": {"id": "1", "mime_type": "image/webp"}})
    assert world.webhook.messages[-1]["sticker"] == {"id": "1", "mime_type": "image/webp"}


def test_a_message_is_delivered_as_often_as_asked(world: World) -> None:
    answer = world.budi_writes(times=5)
    assert len(answer.json["deliveries"]) == 5
    assert len(set(world.webhook.bodies)) == 1
    assert len(world.webhook.bodies) == 5


def test_a_batch_is_one_post_that_keeps_the_order(world: World) -> None:
    texts = [(BUDI, "satu"), (BUDI, "dua"), ("628110000002", "tiga"), (BUDI, "empat")]
    answer = world.inbound(messages=[{"from": phone, "text": text} for phone, text in texts])
    assert len(answer.json["ids"]) == 4
    assert len(world.webhook.bodies) == 1
    assert [one["text"]["body"] for one in world.webhook.messages] == ["satu", "dua", "tiga", "empat"]
    assert [one["id"] for one in world.webhook.messages] == answer.json["ids"]


def test_a_batch_may_hold_one_message_several_times_and_go_out_several_times(world: World) -> None:
    answer = world.inbound(messages=[{"from": BUDI, "text": "satu", "times": 3}], times=2)
    assert len(answer.json["deliveries"]) == 2
    assert len(world.webhook.messages) == 6
    assert len({one["id"] for one in world.webhook.messages}) == 1


def test_a_batch_of_a_thousand_is_one_post(world: World) -> None:
    written = [{"from": f"62812{number:07}", "text": f"#{number}"} for number in range(1_000)]
    assert world.inbound(messages=written).status == 200
    assert len(world.webhook.messages) == 1_000
    assert world.inbound(messages=[*written, {"from": BUDI, "text": "x"}]).status == 422


@pytest.mark.parametrize("trouble", [500, 503, 429])
def test_a_failed_delivery_is_tried_again(world: World, trouble: int) -> None:
    world.webhook.answers = [trouble, trouble]
    answer = world.budi_writes()
    assert answer.status == 200
    assert answer.json["deliveries"][0]["tries"] == 3


def test_after_five_tries_it_is_given_up_and_shown(world: World) -> None:
    world.webhook.answers = [500] * 9
    answer = world.budi_writes()
    assert answer.status == 502
    assert answer.json["deliveries"] == [{"status": 500, "body": "out of order", "tries": 5}]


def test_what_is_refused_is_not_tried_again(world: World) -> None:
    world.webhook.answers = [401]
    answer = world.budi_writes()
    assert (answer.status, answer.json["deliveries"][0]["tries"]) == (502, 1)


def test_retries_can_be_switched_off(world: World) -> None:
    world.webhook.answers = [500]
    assert world.budi_writes(retry=False).json["deliveries"][0]["tries"] == 1


def test_a_receiver_that_is_not_there_is_reported(world: World) -> None:
    stack = json.loads((world.state_dir / "stack.json").read_text())
    stack["offices"]["bogor"]["webhook_url"] = "http://127.0.0.1:1/"
    (world.state_dir / "stack.json").write_text(json.dumps(stack))
    answer = world.budi_writes()
    assert answer.status == 502
    assert answer.json["deliveries"][0]["status"] is None
    assert "refused" in answer.json["deliveries"][0]["body"]


def test_many_people_write_at_the_same_time(world: World) -> None:
    # The receiver answers nobody until 16 are waiting: deliveries that stood in line would break the barrier.
    world.webhook.together = threading.Barrier(16)
    with ThreadPoolExecutor(64) as people:
        answers = list(people.map(lambda n: world.inbound(**{"from": f"62812{n:07}"}, text="halo"), range(64)))
    assert [one.status for one in answers] == [200] * 64
    assert len(world.webhook.messages) == 64


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": "x"}, "from, user_id, or both"),
        ({"from": "0811-x", "text": "x"}, "7 to 15 digits"),
        ({"user_id": "budi", "text": "x"}, "user_id must look like"),
        ({"from": BUDI}, "exactly one of text, photo, button_id and content"),
        ({"from": BUDI, "text": "x", "button_id": "y"}, "exactly one of"),
        ({"from": BUDI, "text": ""}, "non-empty"),
        ({"from": BUDI, "text": "x", "times": 0}, "times must be"),
        ({"from": BUDI, "text": "x", "times": True}, "times must be"),
        ({"from": BUDI, "text": "x", "timestamp": "kemarin"}, "timestamp must be"),
        ({"from": BUDI, "text": "x", "id": ""}, "id must be"),
        ({"from": BUDI, "text": "x", "form": "y"}, "unknown field form"),
        ({"from": BUDI, "content": {"sticker": {}}}, "content must be"),
        ({"from": BUDI, "text": "x", "retry": "no"}, "retry must be"),
        ({"messages": []}, "list of one or more"),
        ({"messages": [{"from": BUDI, "text": "x"}], "from": BUDI}, "not from"),
    ],
)
def test_a_request_that_makes_no_sense_says_why(world: World, fields: dict[str, Any], says: str) -> None:
    answer = world.inbound(**fields)
    assert answer.status == 422
    assert says in answer.error
    assert world.webhook.bodies == []


def test_an_unknown_office_names_the_known_ones(world: World) -> None:
    answer = world.budi_writes(office="bandung")
    assert answer.status == 404
    assert "known are bogor, jakarta-pusat" in answer.error


# Photos


PHOTO = {"base64": base64.b64encode(PNG).decode(), "mime_type": "image/png"}


def test_a_photo_stands_in_the_webhook_with_its_caption_and_can_be_fetched_with_the_token(world: World) -> None:
    assert world.inbound(**{"from": BUDI}, photo=PHOTO, text="Budi#25011987#Jl. Merdeka").status == 200
    (message,) = world.webhook.messages
    image = message["image"]
    assert message["type"] == "image"
    assert (image["mime_type"], image["caption"]) == ("image/png", "Budi#25011987#Jl. Merdeka")
    assert image["sha256"] == base64.b64encode(hashlib.sha256(PNG).digest()).decode()
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    url = call("GET", f"{world.url}/v26.0/{image['id']}", headers=bearer).json["url"]
    assert call("GET", url).status == 401
    assert call("GET", url, headers=bearer).content == PNG


def test_a_document_is_no_image_and_may_have_no_caption(world: World) -> None:
    pdf = {**PHOTO, "mime_type": "application/pdf"}
    assert world.inbound(**{"from": BUDI}, photo=pdf).status == 200
    (message,) = world.webhook.messages
    assert message["type"] == "document"
    assert "caption" not in message["document"]


def test_what_an_applicant_sent_can_be_fetched_for_a_week(world: World) -> None:
    world.inbound(**{"from": BUDI}, photo=PHOTO)
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    url = f"{world.url}/v26.0/{world.webhook.messages[0]['image']['id']}"
    now = datetime.fromisoformat(world.tool("GET", "clock").json["now"])
    for days, status in ((6, 200), (8, 400)):
        world.tool("PUT", "clock", {"now": (now + timedelta(days=days)).isoformat()})
        assert call("GET", url, headers=bearer).status == status


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"photo": "x"}, "photo must be"),
        ({"photo": {"base64": "!"}}, "base64"),
        ({"photo": {"base64": 7}}, "base64"),
        ({"photo": {**PHOTO, "mime_type": "png"}}, "mime_type"),
        ({"photo": {**PHOTO, "caption": "x"}}, "photo must be"),
        ({"photo": PHOTO, "text": 7}, "photo must be"),
        ({"photo": PHOTO, "button_id": "x"}, "beside photo only text"),
    ],
)
def test_a_photo_that_cannot_be_is_refused(world: World, wrong: dict[str, Any], word: str) -> None:
    answer = world.inbound(**{"from": BUDI}, **wrong)
    assert answer.status == 422
    assert word in answer.json["error"]
