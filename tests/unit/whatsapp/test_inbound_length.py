"""How much of what strangers write is read: as much as WhatsApp lets stand there, counted as it counts."""

from collections.abc import Callable

import pytest

from antrian.adapters.whatsapp.inbound import read
from antrian.domain.message import Message, Photo
from tests.unit.whatsapp.builders import Json, message, messages

Build = Callable[[str], Json]


def reply(kind: str, id_: str) -> Json:
    return message(kind="interactive", interactive={"type": kind, kind: {"id": id_}})


def read_back(item: Json) -> Message:
    (addressed,) = read(messages(item)).messages
    return addressed.message


@pytest.mark.parametrize(
    ("written", "most"),
    [
        (lambda text: message(text={"body": text}), 4096),
        (lambda text: message(kind="edit", edit={"message": {"type": "text", "text": {"body": text}}}), 4096),
        (lambda text: message(kind="image", image={"id": "1", "caption": text}), 1024),
        (lambda text: message(kind="video", video={"id": "1", "caption": text}), 1024),
        (lambda text: message(kind="document", document={"id": "1", "caption": text}), 1024),
    ],
)
def test_of_words_that_are_too_long_only_that_is_kept(written: Build, most: int) -> None:
    for longest in ("a" * most, "😀" * (most // 2)):
        fits, too_long = read_back(written(longest)), read_back(written(f"{longest}a"))
        assert (fits.text, fits.too_long) == (longest, False)
        assert (too_long.text, too_long.too_long) == (None, True)


def test_a_photo_is_kept_below_which_too_much_is_written() -> None:
    image = {"id": "1", "mime_type": "image/jpeg", "caption": "a" * 1025}
    assert read_back(message(kind="image", image=image)).photo == Photo("1", "image/jpeg")


@pytest.mark.parametrize(
    ("tapped", "most"),
    [
        (lambda id_: message(kind="button", button={"payload": id_}), 256),
        (lambda id_: reply("button_reply", id_), 256),
        (lambda id_: reply("list_reply", id_), 200),
    ],
)
def test_an_id_that_is_too_long_for_a_button_is_not_ours(tapped: Build, most: int) -> None:
    assert read_back(tapped("a" * most)).button == "a" * most
    too_long = read_back(tapped("a" * (most + 1)))
    assert (too_long.button, too_long.too_long) == (None, False)
