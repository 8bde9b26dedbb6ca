import copy
import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from antrian.adapters.whatsapp.inbound import Addressed, Inbound, Skipped, Status, read
from antrian.domain import fallbacks
from antrian.domain.message import Message, Photo, Sender
from antrian.domain.notice import Notice
from tests.builders import office
from tests.fakes import FakeClock
from tests.unit.usecases.world import World
from tests.unit.whatsapp.builders import (
    AT,
    NUMBER_ID,
    PHONE,
    USER_ID,
    Json,
    body,
    change,
    contact,
    message,
    messages,
    receipt,
    sent_by,
)

SENT_AT = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
OTHER_PHONE = "6289999999999"
OTHER_USER = "ID.999"

REASONS = {
    "not_an_object",
    "not_a_list",
    "other_field",
    "error",
    "no_number_id",
    "system",
    "group",
    "bad_id",
    "bad_timestamp",
    "no_sender",
    "no_status",
    "duplicate",
}


def only(inbound: Inbound) -> Message:
    (addressed,) = inbound.messages
    return addressed.message


def test_a_text_is_read_whole() -> None:
    expected = Message("wamid.1", Sender(phone=PHONE), SENT_AT, "text", text="#Budi#25011987#23112026")
    inbound = read(messages(message(text={"body": "#Budi#25011987#23112026"})))
    assert inbound == Inbound(messages=[Addressed(NUMBER_ID, expected)])


@pytest.mark.parametrize("reply", ["button_reply", "list_reply"])
def test_a_tapped_button_or_row_gives_its_id(reply: str) -> None:
    tapped = {"type": reply, reply: {"id": "approve:00002681", "title": "Setuju"}}
    read_back = only(read(messages(message(kind="interactive", interactive=tapped))))
    assert (read_back.type, read_back.button, read_back.text) == ("interactive", "approve:00002681", None)


def test_the_quick_reply_of_a_template_gives_its_payload() -> None:
    read_back = only(read(messages(message(kind="button", button={"payload": "cancel", "text": "Batal"}))))
    assert (read_back.type, read_back.button, read_back.text) == ("button", "cancel", None)


@pytest.mark.parametrize(
    "interactive",
    [
        None,
        [],
        {},
        {"type": "nfm_reply", "nfm_reply": {"id": "flow", "response_json": "{}"}},
        {"type": "button_reply"},
        {"type": "button_reply", "button_reply": []},
        {"type": "button_reply", "button_reply": {"id": ""}},
        {"type": "list_reply", "button_reply": {"id": "approve"}},
        {"type": ["button_reply"], "button_reply": {"id": "approve"}},
    ],
)
def test_an_interactive_message_without_an_id_is_kept_without_a_button(interactive: Json) -> None:
    read_back = only(read(messages(message(kind="interactive", interactive=interactive))))
    assert (read_back.type, read_back.button, read_back.text) == ("interactive", None, None)


@pytest.mark.parametrize(
    "kind",
    [
        "sticker",
        "audio",
        "reaction",
        "location",
        "contacts",
        "order",
        "unsupported",
        "revoke",
        "request_welcome",
        "from_the_future",
    ],
)
def test_every_other_type_is_kept_with_its_name_alone(kind: str) -> None:
    content = {"caption": "keterangan", "text": {"body": "x"}, "body": "x", "payload": "x", "id": "1"}
    fields: dict[str, Json] = {kind: content, "text": {"body": "x"}}
    read_back = only(read(messages(message(kind=kind, **fields))))
    assert (read_back.type, read_back.button, read_back.text) == (kind, None, None)


@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_the_caption_of_a_picture_is_what_was_typed(kind: str) -> None:
    content: dict[str, Json] = {kind: {"id": "1", "caption": "#Budi#25011987#23112026"}}
    read_back = only(read(messages(message(kind=kind, **content))))
    assert (read_back.type, read_back.text) == (kind, "#Budi#25011987#23112026")


@pytest.mark.parametrize("kind", ["image", "document"])
def test_a_picture_and_a_document_are_photos_of_their_type(kind: str) -> None:
    content: dict[str, Json] = {kind: {"id": "1037543291543634", "mime_type": "Image/JPEG; charset=binary"}}
    assert only(read(messages(message(kind=kind, **content)))).photo == Photo("1037543291543634", "image/jpeg")


@pytest.mark.parametrize("kind", ["video", "sticker", "audio"])
def test_a_film_and_a_sticker_are_no_photos(kind: str) -> None:
    content: dict[str, Json] = {kind: {"id": "1037543291543634", "mime_type": "image/webp"}}
    assert only(read(messages(message(kind=kind, **content)))).photo is None


@pytest.mark.parametrize("media_id", [None, "", 7, "a/b", "../messages", "1?x=2", "1#x", "%2e", "x" * 300])
def test_an_id_that_is_no_part_of_a_path_is_no_photo(media_id: Json) -> None:
    content: Json = {"id": media_id, "mime_type": "image/jpeg"}
    assert only(read(messages(message(kind="image", image=content)))).photo is None


@pytest.mark.parametrize("mime_type", [None, 7, ""])
def test_a_photo_may_have_no_type(mime_type: Json) -> None:
    found = only(read(messages(message(kind="image", image={"id": "1", "mime_type": mime_type}))))
    assert found.photo == Photo("1", "")


@pytest.mark.parametrize("content", [None, {}, {"id": "1"}, {"caption": 7}, "keterangan"])
def test_a_picture_may_have_no_caption(content: Json) -> None:
    assert only(read(messages(message(kind="image", image=content)))).text is None


@pytest.mark.parametrize(
    "edited",
    [
        {"type": "text", "text": {"body": "#Budi#25011987#23112026"}},
        {"type": "image", "image": {"id": "1", "caption": "#Budi#25011987#23112026"}, "context": {"id": "M0"}},
    ],
)
def test_an_edited_message_says_what_it_says_now(edited: Json) -> None:
    edit = {"original_message_id": "wamid.0", "message": edited}
    read_back = only(read(messages(message(kind="edit", edit=edit))))
    assert (read_back.id, read_back.type, read_back.text) == ("wamid.1", "edit", "#Budi#25011987#23112026")


@pytest.mark.parametrize(
    "edit",
    [
        None,
        7,
        {},
        {"original_message_id": "wamid.0"},
        {"message": []},
        {"message": {"type": "text"}},
        {"message": {"type": ["text"], "text": {"body": "x"}}},
        {"message": {"type": "edit", "edit": {"message": {"type": "text", "text": {"body": "x"}}}}},
        {"message": {"type": "reaction", "reaction": {"emoji": "x"}}},
    ],
)
def test_an_edit_that_does_not_say_what_the_message_says_now_has_no_text(edit: Json) -> None:
    read_back = only(read(messages(message(kind="edit", edit=edit))))
    assert (read_back.type, read_back.text) == ("edit", None)


# WhatsApp's own notices: the message, what it says of the account, who it was, who it is.
MOVES: dict[str, tuple[dict[str, Json], dict[str, Json], Sender, Sender]] = {
    "another number": (
        {"from": PHONE},
        {"type": "user_changed_number", "wa_id": OTHER_PHONE},
        Sender(PHONE),
        Sender(OTHER_PHONE),
    ),
    "another number and user id": (
        {"from": PHONE},
        {"type": "user_changed_number", "wa_id": OTHER_PHONE, "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(PHONE, USER_ID),
        Sender(OTHER_PHONE, OTHER_USER),
    ),
    "hidden numbers": (
        {"from": None},
        {"type": "user_changed_number", "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(None, USER_ID),
        Sender(None, OTHER_USER),
    ),
    "a new number that is hidden": (
        {"from": PHONE},
        {"type": "user_changed_number", "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(PHONE, USER_ID),
        Sender(None, OTHER_USER),
    ),
    "the user id at the message": (
        {"from": None, "from_user_id": USER_ID},
        {"type": "user_changed_number", "wa_id": OTHER_PHONE, "user_id": OTHER_USER},
        Sender(None, USER_ID),
        Sender(OTHER_PHONE, OTHER_USER),
    ),
    "another user id alone": (
        {"from": PHONE, "from_user_id": OTHER_USER},
        {"type": "user_changed_user_id", "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(PHONE, USER_ID),
        Sender(PHONE, OTHER_USER),
    ),
    "another user id and number": (
        {"from": PHONE},
        {"type": "user_changed_user_id", "wa_id": OTHER_PHONE, "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(PHONE, USER_ID),
        Sender(OTHER_PHONE, OTHER_USER),
    ),
    "empty ids": (
        {"from": "", "from_user_id": ""},
        {"type": "user_changed_user_id", "wa_id": "", "user_id": OTHER_USER, "previous_user_id": USER_ID},
        Sender(None, USER_ID),
        Sender(None, OTHER_USER),
    ),
}


@pytest.mark.parametrize("case", MOVES)
def test_a_notice_tells_who_somebody_was_and_who_he_is(case: str) -> None:
    ids, system, before, after = MOVES[case]
    (addressed,) = read(messages(message(kind="system", system=system, **ids))).messages
    assert addressed.message == Message("wamid.1", before, SENT_AT, "system", moved_to=after)


@pytest.mark.parametrize(
    "system",
    [
        None,
        [],
        {},
        {"type": "customer_identity_changed", "body": "User identity changed"},
        {"type": ["user_changed_number"], "wa_id": OTHER_PHONE},
        {"type": "user_changed_number", "wa_id": "budi"},
        {"type": "from_the_future", "wa_id": OTHER_PHONE, "user_id": OTHER_USER},
    ],
)
def test_a_notice_that_says_of_nobody_that_he_goes_by_other_ids_is_set_aside(system: Json) -> None:
    assert read(messages(message(kind="system", system=system))) == Inbound(skipped=[Skipped("system", "system")])


def test_a_notice_about_a_group_is_set_aside() -> None:
    system = {"type": "user_changed_number", "wa_id": OTHER_PHONE}
    inbound = read(messages(message(kind="system", system=system, group_id="g")))
    assert inbound == Inbound(skipped=[Skipped("group", "system")])


@pytest.mark.parametrize("kind", [None, 7, "", "a b", "x" * 65, "gambar\n"])
def test_a_type_that_is_no_word_is_called_unknown(kind: Json) -> None:
    assert only(read(messages({**message(), "type": kind}))).type == "unknown"


def test_a_text_may_be_empty_or_missing() -> None:
    assert only(read(messages(message(text={"body": ""})))).text == ""
    assert only(read(messages(message(text={})))).text is None
    assert only(read(messages(message(text="x")))).text is None


def test_half_a_surrogate_pair_is_replaced_and_whole_ones_are_kept() -> None:
    assert only(read(messages(message(text={"body": "a\ud83db😀"})))).text == "a\ufffdb😀"


# Who wrote: each case is what the message says, what the contacts say, who it is.
LINKS: dict[str, tuple[dict[str, Json], Json, Sender]] = {
    "a phone alone": (sent_by(PHONE), None, Sender(PHONE)),
    "a user id alone": (sent_by(None, USER_ID), None, Sender(None, USER_ID)),
    "both": (sent_by(PHONE, USER_ID), None, Sender(PHONE, USER_ID)),
    "a plus sign": (sent_by(f"+{PHONE}"), None, Sender(PHONE)),
    "an empty phone": (sent_by("", USER_ID), None, Sender(None, USER_ID)),
    "an empty user id": (sent_by(PHONE, ""), None, Sender(PHONE)),
    "a phone that is no number": (sent_by("budi", USER_ID), None, Sender(None, USER_ID)),
    "a phone in other digits": (sent_by("٦٢٨", USER_ID), None, Sender(None, USER_ID)),
    "a user id that no key could hold": (sent_by(PHONE, "ID. 1"), None, Sender(PHONE)),
    "linked by phone": (sent_by(PHONE), [contact(PHONE, USER_ID)], Sender(PHONE, USER_ID)),
    "linked by user id": (sent_by(None, USER_ID), [contact(PHONE, USER_ID)], Sender(PHONE, USER_ID)),
    "known only from the one contact": (sent_by(), [contact(PHONE, USER_ID)], Sender(PHONE, USER_ID)),
    "the one contact adds a user id": (sent_by(PHONE), [contact(None, USER_ID)], Sender(PHONE, USER_ID)),
    "the one contact adds a phone": (sent_by(None, USER_ID), [contact(PHONE)], Sender(PHONE, USER_ID)),
    "the one contact has empty ids": (sent_by(PHONE), [contact("", "")], Sender(PHONE)),
    "the one contact has another phone": (sent_by(PHONE), [contact(OTHER_PHONE, USER_ID)], Sender(PHONE)),
    "the one contact has another user id": (
        sent_by(None, USER_ID),
        [contact(PHONE, OTHER_USER)],
        Sender(None, USER_ID),
    ),
    "found among several": (
        sent_by(PHONE),
        [contact(OTHER_PHONE, OTHER_USER), contact(PHONE, USER_ID)],
        Sender(PHONE, USER_ID),
    ),
    "found among several by user id": (
        sent_by(None, USER_ID),
        [contact(OTHER_PHONE, OTHER_USER), contact(PHONE, USER_ID)],
        Sender(PHONE, USER_ID),
    ),
    "not among several": (
        sent_by(PHONE),
        [contact(OTHER_PHONE, OTHER_USER), contact(None, USER_ID)],
        Sender(PHONE),
    ),
    "one phone with two user ids": (
        sent_by(PHONE),
        [contact(PHONE, USER_ID), contact(PHONE, OTHER_USER)],
        Sender(PHONE),
    ),
    "one user id with two phones": (
        sent_by(PHONE),
        [contact(PHONE, USER_ID), contact(OTHER_PHONE, USER_ID)],
        Sender(PHONE),
    ),
    "one of two contacts is broken": (sent_by(PHONE), [contact(None, USER_ID), 7], Sender(PHONE)),
    "the only contact is broken": (sent_by(PHONE), [7], Sender(PHONE)),
    "contacts are no list": (sent_by(PHONE), {"wa_id": PHONE, "user_id": USER_ID}, Sender(PHONE)),
}


@pytest.mark.parametrize("case", LINKS)
def test_phone_and_user_id_are_linked_only_when_they_are_one_person(case: str) -> None:
    item, contacts, sender = LINKS[case]
    assert only(read(messages(item, contacts=contacts))).sender == sender


def test_one_contact_beside_two_messages_is_only_who_it_says() -> None:
    inbound = read(messages(sent_by(PHONE, n=1), sent_by(OTHER_PHONE, n=2), contacts=[contact(PHONE, USER_ID)]))
    assert [item.message.sender for item in inbound.messages] == [Sender(PHONE, USER_ID), Sender(OTHER_PHONE)]


def test_one_contact_beside_two_anonymous_messages_is_neither() -> None:
    inbound = read(messages(sent_by(n=1), sent_by(n=2), contacts=[contact(PHONE, USER_ID)]))
    assert inbound == Inbound(skipped=[Skipped("no_sender", "text")] * 2)


def test_contacts_of_one_change_say_nothing_about_another() -> None:
    linked = change(messages=[sent_by(PHONE, n=1)], contacts=[contact(PHONE, USER_ID)])
    inbound = read(body(linked, change(messages=[sent_by(PHONE, n=2)])))
    assert [item.message.sender for item in inbound.messages] == [Sender(PHONE, USER_ID), Sender(PHONE)]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (message(kind="system", system={"type": "user_changed_number"}), "system"),
        (message(group_id="Y2FwaV9ncm91cDo"), "group"),
        (message(id=None), "bad_id"),
        (message(id=""), "bad_id"),
        (message(id=7), "bad_id"),
        (message(id="x" * 257), "bad_id"),
        (message(id="wamid. 1"), "bad_id"),
        (message(id="wamid.\ud800"), "bad_id"),
        (message(id="wamid.é"), "bad_id"),
        (message(id="wamid.\x00"), "bad_id"),
        (message(timestamp=None), "bad_timestamp"),
        (message(timestamp=""), "bad_timestamp"),
        (message(timestamp="besok"), "bad_timestamp"),
        (message(timestamp="-795399200"), "bad_timestamp"),
        (message(timestamp="179539920.5"), "bad_timestamp"),
        (message(timestamp="١٧٩٥٣٩٩٢٠٠"), "bad_timestamp"),
        (message(timestamp=AT + "000"), "bad_timestamp"),
        (message(timestamp="9" * 5000), "bad_timestamp"),
        (message(timestamp="0999999999"), "bad_timestamp"),
        (message(timestamp=10**5000), "bad_timestamp"),
        (message(timestamp=int(AT) * 1000), "bad_timestamp"),
        (message(timestamp=1795399200.0), "bad_timestamp"),
        (message(timestamp=True), "bad_timestamp"),
        (sent_by(), "no_sender"),
        (sent_by("", ""), "no_sender"),
        (sent_by("1" * 16), "no_sender"),
        (sent_by(None, "x" * 257), "no_sender"),
    ],
)
def test_what_cannot_be_used_is_set_aside_with_its_reason_and_costs_no_sibling(
    item: dict[str, Json], reason: str
) -> None:
    inbound = read(messages(message(98), item, message(99)))
    assert inbound.skipped == [Skipped(reason, item["type"])]
    assert [found.message.id for found in inbound.messages] == ["wamid.98", "wamid.99"]


def test_an_id_may_have_256_characters() -> None:
    assert only(read(messages(message(id="x" * 256)))).id == "x" * 256


def test_a_timestamp_may_be_a_number() -> None:
    assert only(read(messages(message(timestamp=int(AT))))).sent_at == SENT_AT


def test_an_empty_group_id_is_no_group() -> None:
    assert only(read(messages(message(group_id="")))).id == "wamid.1"


@pytest.mark.parametrize("junk", [None, 7, "x", True, 1.5, [], ["x"]])
def test_junk_at_any_level_is_set_aside_and_costs_no_sibling(junk: Json) -> None:
    good = {"messages": [message(1)], "statuses": [receipt(1)], "contacts": [contact(PHONE, USER_ID)]}
    noisy = copy.deepcopy(good)
    for items in noisy.values():
        items[:] = [junk, *items, junk]
    noisy_body = body(junk, change(**noisy), {"field": "messages", "value": junk}, junk)
    noisy_body["entry"] = [junk, {"changes": junk}, *noisy_body["entry"], junk]
    inbound = read(noisy_body)
    quiet = read(body(change(**good)))
    assert (len(quiet.messages), len(quiet.statuses)) == (1, 1)
    assert (inbound.messages, inbound.statuses) == (quiet.messages, quiet.statuses)
    assert inbound.skipped.count(Skipped("not_an_object", "messages")) == 2
    assert inbound.skipped.count(Skipped("not_an_object", "changes")) >= 2
    assert inbound.skipped.count(Skipped("not_an_object", "value")) == 1
    assert inbound.skipped.count(Skipped("not_an_object", "entry")) == 2


@pytest.mark.parametrize("level", ["messages", "statuses", "contacts", "errors"])
def test_a_level_that_is_no_list_is_set_aside(level: str) -> None:
    good = {"messages": [message(1)], "statuses": [receipt(1)]}
    inbound = read(body(change(**{**good, level: {"0": message(2)}}), change(messages=[message(3)])))
    assert inbound.skipped == [Skipped("not_a_list", level)]
    assert inbound.messages[-1].message.id == "wamid.3"


@pytest.mark.parametrize("junk", [None, 7, "x", [], [{}], True])
def test_a_body_that_is_no_object_is_set_aside(junk: Json) -> None:
    assert read(junk) == Inbound(skipped=[Skipped("not_an_object", "body")])


@pytest.mark.parametrize(("name", "called"), [("calls", "calls"), (None, "unknown"), (["messages"], "unknown")])
def test_a_change_about_something_else_is_set_aside(name: Json, called: str) -> None:
    inbound = read(body({**change(messages=[message(1)]), "field": name}, change(messages=[message(2)])))
    assert inbound.skipped == [Skipped("other_field", called)]
    assert only(inbound).id == "wamid.2"


@pytest.mark.parametrize("metadata", [None, [], {}, {"phone_number_id": ""}, {"phone_number_id": 7}])
def test_without_the_number_it_came_to_nothing_is_kept(metadata: Json) -> None:
    inbound = read(body(change(messages=[message()], statuses=[receipt()], metadata=metadata)))
    assert inbound == Inbound(skipped=[Skipped("no_number_id", "text"), Skipped("no_number_id", "delivered")])


def test_every_list_is_walked_in_order() -> None:
    first = body(change(messages=[message(1), message(2)]), change(messages=[message(3)]))
    second = body(change(messages=[message(4)], statuses=[receipt(5)]))
    inbound = read({"entry": first["entry"] + second["entry"]})
    assert [item.message.text for item in inbound.messages] == ["Pesan 1", "Pesan 2", "Pesan 3", "Pesan 4"]
    assert [status.message_id for status in inbound.statuses] == ["wamid.5"]


def test_a_message_that_is_repeated_is_kept_once() -> None:
    inbound = read(
        body(change(messages=[message(1), message(1, text={"body": "lain"})]), change(messages=[message(1)]))
    )
    assert only(inbound).text == "Pesan 1"
    assert inbound.skipped == [Skipped("duplicate", "text")] * 2


def test_a_broken_twin_does_not_displace_a_message() -> None:
    assert only(read(messages(message(1, timestamp="0"), message(1)))).id == "wamid.1"


def test_the_same_id_at_another_number_is_another_message() -> None:
    other = change(messages=[message(1)], metadata={"phone_number_id": "222"})
    inbound = read(body(other, change(messages=[message(1)])))
    assert [item.phone_number_id for item in inbound.messages] == ["222", NUMBER_ID]


def test_an_error_that_stands_alone_is_told_by_its_code() -> None:
    inbound = read(
        body(change(errors=[{"code": 130429, "title": "Rate limit hit"}, {"code": "x"}, {"code": 10**5000}]))
    )
    assert inbound == Inbound(skipped=[Skipped("error", "130429")])


def test_a_receipt_is_read_whole() -> None:
    item = receipt(7, "failed", errors=[{"code": 131047}, {"code": 131026}, {}, 7], biz_opaque_callback_data="outbox-1")
    expected = Status(NUMBER_ID, "wamid.7", "failed", SENT_AT, (131047, 131026), "outbox-1")
    assert read(body(change(statuses=[item]))) == Inbound(statuses=[expected])


@pytest.mark.parametrize("status", ["sent", "delivered", "read", "failed", "played", "from_the_future"])
def test_a_receipt_needs_no_recipient_and_may_be_of_a_new_kind(status: str) -> None:
    inbound = read(body(change(statuses=[receipt(7, status, recipient_id=None)])))
    assert inbound.statuses == [Status(NUMBER_ID, "wamid.7", status, SENT_AT)]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (receipt(id=None), "bad_id"),
        (receipt(id="x" * 257), "bad_id"),
        (receipt(timestamp="x"), "bad_timestamp"),
        (receipt(recipient_type="group"), "group"),
        (receipt(group_id="Y2FwaV9ncm91cDo"), "group"),
    ],
)
def test_a_receipt_that_cannot_be_used_costs_no_sibling(item: dict[str, Json], reason: str) -> None:
    inbound = read(body(change(statuses=[receipt(98), item, receipt(99)])))
    assert inbound.skipped == [Skipped(reason, "delivered")]
    assert [status.message_id for status in inbound.statuses] == ["wamid.98", "wamid.99"]


@pytest.mark.parametrize("status", [None, "", 7, {}, "two words"])
def test_a_receipt_must_say_what_happened(status: Json) -> None:
    assert read(body(change(statuses=[{**receipt(), "status": status}]))) == Inbound(
        skipped=[Skipped("no_status", "unknown")]
    )


def test_a_receipt_that_is_repeated_is_kept_once_and_another_of_the_same_message_too() -> None:
    inbound = read(body(change(statuses=[receipt(1, "sent"), receipt(1, "read"), receipt(1, "sent")])))
    assert [status.status for status in inbound.statuses] == ["sent", "read"]


# Four bytes each: with a prefix they are longer than a key of the table may be.
@pytest.mark.parametrize("callback_data", ["", 7, None, "x" * 513, "😀" * 511])
def test_callback_data_that_is_not_ours_is_none(callback_data: Json) -> None:
    (status,) = read(body(change(statuses=[receipt(biz_opaque_callback_data=callback_data)]))).statuses
    assert status.callback_data is None


@pytest.mark.parametrize("notice", Notice)
def test_no_message_passes_for_a_notice_of_ours(notice: Notice) -> None:
    inbound = read(messages(message(kind="text", id=f"{notice}:CTH00000000")))
    (id_,) = [addressed.message.id for addressed in inbound.messages]
    assert id_ == f"inbound:{notice}:CTH00000000"
    assert Notice.of(id_) is None


def test_what_is_set_aside_tells_nothing_of_its_sender() -> None:
    private = message(kind=PHONE + " Budi", id="", text={"body": "Budi"})
    assert read(messages(private)).skipped == [Skipped("bad_id", "unknown")]


def test_a_thousand_messages_with_bad_ones_among_them_are_all_read() -> None:
    items = [message(n, timestamp="x" if n % 10 == 0 else AT) for n in range(1000)]
    inbound = read(messages(*items, contacts=[contact(f"62811{n}", f"ID.{n}") for n in range(1000)]))
    assert (len(inbound.messages), len(inbound.skipped)) == (900, 100)


# Any JSON at all.

TEXT = st.text(st.characters())  # with lone surrogates, which JSON can escape
KEYS = st.sampled_from(
    [
        "entry",
        "changes",
        "field",
        "value",
        "metadata",
        "phone_number_id",
        "contacts",
        "wa_id",
        "user_id",
        "messages",
        "statuses",
        "errors",
        "code",
        "from",
        "from_user_id",
        "id",
        "timestamp",
        "type",
        "text",
        "body",
        "interactive",
        "button_reply",
        "button",
        "payload",
        "group_id",
        "status",
        "edit",
        "message",
        "system",
        "previous_user_id",
    ]
)
WORDS = st.sampled_from(
    [
        "messages",
        "text",
        "interactive",
        "button",
        "button_reply",
        "edit",
        "system",
        "user_changed_number",
        PHONE,
        USER_ID,
        AT,
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXT, inner, max_size=6),
    max_leaves=25,
)


def assert_fit_for_use(inbound: Inbound) -> None:
    for addressed in inbound.messages:
        assert 0 < len(addressed.message.id) <= 256
        assert addressed.message.sent_at.tzinfo is UTC
        assert addressed.message.sender.key
        json.dumps(dataclasses.astuple(addressed), default=str, ensure_ascii=False).encode()
    for status in inbound.statuses:
        json.dumps(dataclasses.astuple(status), default=str, ensure_ascii=False).encode()
    for skipped in inbound.skipped:
        assert skipped.reason in REASONS
        assert skipped.type.isascii()
        assert len(skipped.type) <= 64


@given(JSON)
def test_any_json_is_read(value: Json) -> None:
    assert_fit_for_use(read(value))


def full_body() -> dict[str, Json]:
    tapped = {"type": "button_reply", "button_reply": {"id": "approve", "title": "Setuju"}}
    failed = receipt(11, "failed", errors=[{"code": 131047}], biz_opaque_callback_data="outbox-1")
    built = body(
        change(messages=[message(1)], contacts=[contact(PHONE, USER_ID)]),
        change(
            messages=[sent_by(PHONE, n=2), message(3, "interactive", interactive=tapped), sent_by(None, OTHER_USER, 4)],
            contacts=[contact(PHONE, USER_ID), contact(OTHER_PHONE, OTHER_USER)],
        ),
        change(statuses=[receipt(10), failed]),
    )
    more = body(change(messages=[message(5), message(6, "image", image={"id": "1"})], errors=[{"code": 1}]))
    edit = {"original_message_id": "wamid.1", "message": {"type": "text", "text": {"body": "Pesan 7"}}}
    moved = {"type": "user_changed_number", "wa_id": OTHER_PHONE, "user_id": OTHER_USER, "previous_user_id": USER_ID}
    last = body(change(messages=[message(7, "edit", edit=edit), message(8, "system", system=moved)]))
    built["entry"] += more["entry"] + last["entry"]
    return built


def places(value: Json) -> list[tuple[Json, Json]]:
    """List every (container, key) below a value."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [place for key in keys for place in [(value, key), *places(value[key])]]


def mutate(value: Json, data: st.DataObject) -> None:
    container, key = data.draw(st.sampled_from(places(value)))
    if data.draw(st.booleans()):
        container[key] = data.draw(JSON)
    else:
        del container[key]


@given(st.data())
def test_a_valid_body_that_was_damaged_anywhere_is_read(data: st.DataObject) -> None:
    damaged = full_body()
    for _ in range(data.draw(st.integers(1, 4))):
        if places(damaged):
            mutate(damaged, data)
    assert_fit_for_use(read(damaged))


@given(st.data())
def test_the_siblings_of_a_damaged_message_survive_unchanged(data: st.DataObject) -> None:
    damaged = full_body()
    values = [a_change["value"] for entry in damaged["entry"] for a_change in entry["changes"]]
    siblings = data.draw(st.sampled_from([value["messages"] for value in values if "messages" in value]))
    position = data.draw(st.integers(0, len(siblings) - 1))
    victim = siblings[position]["id"]
    if data.draw(st.booleans()):
        siblings[position] = data.draw(JSON)
    else:
        mutate(siblings[position], data)
    expected = read(full_body())
    inbound = read(damaged)
    assert [m for m in expected.messages if m.message.id != victim] == [
        m for m in inbound.messages if m in expected.messages and m.message.id != victim
    ]
    assert inbound.statuses == expected.statuses


@given(st.data())
def test_the_siblings_of_a_damaged_change_survive_unchanged(data: st.DataObject) -> None:
    damaged = full_body()
    damaged["entry"][0]["changes"][1] = data.draw(JSON)
    inbound = read(damaged)
    kept = {item.message.id for item in inbound.messages} & {f"wamid.{n}" for n in range(1, 9)}
    assert kept == {"wamid.1", "wamid.5", "wamid.6", "wamid.7", "wamid.8"}
    assert inbound.statuses == read(full_body()).statuses


# What Meta and others have published, read where it lies.

MOVED = {"user_changed_number", "user_changed_user_id"}
PUBLISHED = Path(__file__).parents[3].parent / "shared" / "payloads"
FILES = sorted(PUBLISHED.glob("*/*.json"))
ABSENT = pytest.param(None, id="absent", marks=pytest.mark.skip(reason="no published payloads beside this repository"))


def published(path: Path) -> tuple[list[dict[str, Json]], list[dict[str, Json]], dict[str, Json]]:
    """Return the messages and statuses that count in a published body, and its first value."""
    values = [
        a_change["value"]
        for entry in json.loads(path.read_bytes())["entry"]
        for a_change in entry["changes"]
        if a_change["field"] == "messages"
    ]
    found = [item for value in values for item in value.get("messages", [])]
    return found, [item for value in values for item in value.get("statuses", [])], (values or [{}])[0]


@pytest.mark.parametrize("path", FILES or [ABSENT], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_published_body_is_read_to_the_last_message(path: Path) -> None:
    inbound = read(json.loads(path.read_bytes()))
    found, statuses, value = published(path)
    assert_fit_for_use(inbound)

    expected = [item for item in found if item["type"] != "system" or item["system"]["type"] in MOVED]
    assert [(item.message.id, item.message.type) for item in inbound.messages] == [
        (item["id"], item["type"]) for item in expected
    ]
    for read_back, item in zip(inbound.messages, expected, strict=True):
        reply = item.get("interactive", {})
        tapped = reply.get("button_reply") or reply.get("list_reply") or {}
        assert read_back.phone_number_id == value["metadata"]["phone_number_id"]
        assert read_back.message.sent_at.timestamp() == int(item["timestamp"])
        said = item["edit"]["message"] if item["type"] == "edit" else item
        content = said.get(said["type"])
        words = (content.get("body") or content.get("caption")) if isinstance(content, dict) else None
        assert read_back.message.text == (None if item["type"] == "system" else words)
        assert read_back.message.button == item.get("button", {}).get("payload", tapped.get("id"))
        if item["type"] == "system":
            assert read_back.message.moved_to == Sender(item["system"]["wa_id"])
            assert read_back.message.sender == Sender(item["from"])
            continue
        (known,) = value["contacts"]
        if item["from"] == known["wa_id"]:
            assert read_back.message.sender == Sender(known["wa_id"], known.get("user_id"))
        elif item["from"].isdecimal():
            assert read_back.message.sender == Sender(item["from"])

    to_people = [item for item in statuses if item.get("recipient_type") != "group"]
    assert [(item.message_id, item.status) for item in inbound.statuses] == [
        (item["id"], item["status"]) for item in to_people
    ]
    if not found and not statuses:
        assert [item.reason for item in inbound.skipped] == ["other_field"]


@pytest.mark.parametrize("path", FILES or [ABSENT], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_published_body_gets_the_answer_of_the_table(path: Path) -> None:
    """Nothing that was published is a request of ours."""
    for addressed in read(json.loads(path.read_bytes())).messages:
        world = World(office(), FakeClock(addressed.message.sent_at))
        world.reception.receive(addressed.message)
        answered = [outgoing.answer.kind for outgoing in world.outbox.answers.values()]
        is_notice = addressed.message.moved_to is not None
        expected = None if is_notice else fallbacks.answer_to(addressed.message.type)
        assert answered == ([expected] if expected else [])


def test_the_published_bodies_hold_what_applicants_do() -> None:
    if not FILES:
        pytest.skip("no published payloads beside this repository")
    types = {item.message.type for path in FILES for item in read(json.loads(path.read_bytes())).messages}
    assert types >= {
        "text",
        "interactive",
        "button",
        "image",
        "audio",
        "reaction",
        "location",
        "edit",
        "revoke",
        "system",
    }
