"""Meta's rules for bodies, without a server."""

from collections.abc import Callable
from typing import Any

import pytest

from local.simulator.errors import GraphError
from local.simulator.limits import check_message, check_product, check_read, recipient_of

PLAIN = {"messaging_product": "whatsapp", "to": "+628110000001"}


def text(body: Any = "Halo", **more: Any) -> dict[str, Any]:
    return PLAIN | {"type": "text", "text": {"body": body, **more}}


def image(**content: Any) -> dict[str, Any]:
    return PLAIN | {"type": "image", "image": content}


def button(number: int = 1, title: str | None = None, **reply: Any) -> dict[str, Any]:
    return {"type": "reply", "reply": {"id": f"id-{number}", "title": title or f"Tombol {number}", **reply}}


def buttons(*several: Any, body: Any = "Pilih", **more: Any) -> dict[str, Any]:
    action = {"buttons": list(several)}
    return PLAIN | {
        "type": "interactive",
        "interactive": {"type": "button", "body": {"text": body}, "action": action, **more},
    }


def row(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"id-{number}", "title": f"Baris {number}", **more}


def a_list(*sections: Any, body: str = "Pilih", label: str = "Buka", **more: Any) -> dict[str, Any]:
    action = {"button": label, "sections": list(sections)}
    return PLAIN | {
        "type": "interactive",
        "interactive": {"type": "list", "body": {"text": body}, "action": action, **more},
    }


def section(*rows: Any, title: str = "Bagian") -> dict[str, Any]:
    return {"title": title, "rows": list(rows)}


def template(*parameters: Any, **more: Any) -> dict[str, Any]:
    content = {"name": "pengingat", "language": {"code": "id"}, **more}
    if parameters:
        content["components"] = [{"type": "body", "parameters": list(parameters)}]
    return PLAIN | {"type": "template", "template": content}


def quick_reply(payload: str) -> dict[str, Any]:
    parameters = [{"type": "payload", "payload": payload}]
    return template(components=[{"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": parameters}])


def word(value: Any = "Budi", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **more}


def refusal(body: dict[str, Any], check: Callable[[dict[str, Any]], object]) -> GraphError:
    with pytest.raises(GraphError) as caught:
        check(body)
    return caught.value


def check(body: dict[str, Any]) -> None:
    check_message(body, lambda media_id: media_id == "777")


ACCEPTED = {
    "the longest text": text("a" * 4096),
    "a preview": text(preview_url=True),
    "text without a type": {key: value for key, value in text().items() if key != "type"},
    "an image by id": image(id="777", caption="a" * 1024),
    "an image by link": image(link="https://example.org/x.png"),
    "three buttons": buttons(button(1), button(2), button(3, "Dua puluh huruf ini!")),
    "the longest button id": buttons(button(id="x" * 256), body="a" * 1024),
    "header and footer": buttons(button(), header={"type": "text", "text": "a" * 60}, footer={"text": "a" * 60}),
    "an image above buttons": buttons(button(), header={"type": "image", "image": {"id": "777"}}),
    "ten rows in two sections": a_list(section(*map(row, range(5))), section(*map(row, range(5, 10)))),
    "the longest row": a_list(section({"id": "x" * 200, "title": "a" * 24, "description": "a" * 72}, title="a" * 24)),
    "the longest list": a_list(section(row()), body="a" * 4096, label="a" * 20),
    "one section without a title": a_list({"rows": [row()]}),
    "a template without parameters": template(),
    "a template with positions": template(word(), word("08.30")),
    "a template with names": template(word(parameter_name="nama"), word("08.30", parameter_name="jam")),
    "the longest payload of a template's button": quick_reply("x" * 128),
    "the longest callback data": text() | {"biz_opaque_callback_data": "x" * 512},
}

REFUSED = {
    "no text": (PLAIN | {"type": "text"}, 131008),
    "empty text": (text(""), 100),
    "blank text": (text(" \n"), 100),
    "text that is no string": (text(7), 100),
    "text of 4,097": (text("a" * 4097), 100),
    "an unknown key in a text": (text(bold=True), 100),
    "an unknown type": (PLAIN | {"type": "hologram"}, 100),
    "a type that the queue never sends": (PLAIN | {"type": "audio", "audio": {"id": "1"}}, 131051),
    "an image that was not uploaded": (image(id="778"), 131009),
    "an image by id and link": (image(id="777", link="https://example.org/x.png"), 100),
    "an image by neither": (image(caption="x"), 100),
    "a link that is none": (image(link="x.png"), 100),
    "a caption of 1,025": (image(id="777", caption="a" * 1025), 100),
    "no buttons": (buttons(), 131009),
    "four buttons": (buttons(*map(button, range(4))), 131009),
    "a title of 21": (buttons(button(1, "a" * 21)), 131009),
    "an empty title": (buttons(button(1, " ")), 131009),
    "a button id of 257": (buttons(button(id="x" * 257)), 131009),
    "one id on two buttons": (buttons(button(1), button(1, "Lain")), 131009),
    "one title on two buttons": (buttons(button(1, "Ya"), button(2, "Ya")), 131009),
    "a button body of 1,025": (buttons(button(), body="a" * 1025), 131009),
    "a body that is missing": (buttons(button(), body=None), 131008),
    "a footer of 61": (buttons(button(), footer={"text": "a" * 61}), 131009),
    "a header of 61": (buttons(button(), header={"type": "text", "text": "a" * 61}), 131009),
    "a header of video": (buttons(button(), header={"type": "video", "video": {}}), 131009),
    "a header image that was not uploaded": (buttons(button(), header={"type": "image", "image": {"id": "1"}}), 131009),
    "an interactive type that is not simulated": (
        PLAIN | {"type": "interactive", "interactive": {"type": "flow"}},
        131009,
    ),
    "a list without rows": (a_list(section()), 131009),
    "eleven rows": (a_list(section(*map(row, range(6))), section(*map(row, range(6, 11)))), 131009),
    "one id on two rows": (a_list(section(row(1)), section(row(1))), 131009),
    "a row title of 25": (a_list(section(row(title="a" * 25))), 131009),
    "a row description of 73": (a_list(section(row(description="a" * 73))), 131009),
    "a row id of 201": (a_list(section(row(id="x" * 201))), 131009),
    "a list button of 21": (a_list(section(row()), label="a" * 21), 131009),
    "two sections without titles": (a_list({"rows": [row(1)]}, {"rows": [row(2)]}), 131008),
    "an image above a list": (a_list(section(row()), header={"type": "image", "image": {"id": "777"}}), 131009),
    "a template without a name": (template(name=""), 100),
    "a template with a name that Meta does not allow": (template(name="Pengingat Besok"), 132001),
    "a template without a language": (template(language={}), 131008),
    "a parameter of a template without a value": (template(word("")), 100),
    "a line break in a parameter": (template(word("a\nb")), 100),
    "names and positions together": (template(word(parameter_name="nama"), word()), 132012),
    "a payload of 129": (quick_reply("x" * 129), 100),
    "callback data of 513": (text() | {"biz_opaque_callback_data": "x" * 513}, 100),
    "a group": (text() | {"recipient_type": "group"}, 100),
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_whatsapp_allows_passes(name: str) -> None:
    check(ACCEPTED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_what_whatsapp_refuses_is_refused_with_its_code(name: str) -> None:
    body, code = REFUSED[name]
    assert refusal(body, check).code == code


@pytest.mark.parametrize(
    ("fields", "identity", "is_phone", "dropped"),
    [
        ({"to": "+628110000001"}, "628110000001", True, False),
        ({"to": "628110000001"}, "628110000001", True, False),
        ({"recipient": "ID.13491208655302741918"}, "ID.13491208655302741918", False, False),
        ({"recipient": "ID.ENT.13491208655302741918"}, "ID.ENT.13491208655302741918", False, False),
        ({"to": "+628110000001", "recipient": "ID.1"}, "628110000001", True, False),
        ({"to": "ID.13491208655302741918"}, "ID.13491208655302741918", False, True),
    ],
)
def test_the_recipient_is_read_as_meta_reads_it(
    fields: dict[str, str], identity: str, is_phone: bool, dropped: bool
) -> None:
    recipient = recipient_of(fields)
    assert (recipient.identity, recipient.is_phone, recipient.dropped) == (identity, is_phone, dropped)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, 100),
        ({"to": ""}, 100),
        ({"to": "0811 0000 001"}, 131009),
        ({"to": "++628110000001"}, 131009),
        ({"recipient": "628110000001"}, 131009),
        ({"recipient": "id.1"}, 131009),
    ],
)
def test_a_recipient_that_is_none_is_refused(fields: dict[str, str], code: int) -> None:
    assert refusal(fields, recipient_of).code == code


@pytest.mark.parametrize("fields", [{}, {"messaging_product": "messenger"}])
def test_the_product_must_be_whatsapp(fields: dict[str, str]) -> None:
    assert refusal(fields, check_product).code == 100


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "delivered", "message_id": "wamid.1"},
        {"status": "read"},
        {"status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "voice"}},
    ],
)
def test_a_read_mark_must_be_complete(fields: dict[str, Any]) -> None:
    assert refusal(fields, check_read).code == 100


def test_the_error_body_is_metas() -> None:
    body = refusal(buttons(button(1, "a" * 21)), check).body()
    trace = body["error"].pop("fbtrace_id")
    assert trace
    assert body == {
        "error": {
            "message": "(#131009) Parameter value is not valid",
            "type": "OAuthException",
            "code": 131009,
            "error_data": {
                "messaging_product": "whatsapp",
                "details": "Button title length invalid. Min length: 1, Max length: 20",
            },
        }
    }
