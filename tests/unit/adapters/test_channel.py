"""Answers as WhatsApp messages: what reaches the Graph API, and what its refusals become."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from antrian.adapters.whatsapp import errors
from antrian.adapters.whatsapp.channel import WhatsAppChannel
from antrian.adapters.whatsapp.client import Client
from antrian.domain import codes, qr
from antrian.domain.delivery import Button, Rendered, Row, Template
from antrian.domain.message import Sender
from antrian.domain.refusals import LineDown, TryLater, Undeliverable, WindowClosed
from local.simulator.limits import check_message
from tests.builders import BUDI, KEY, MONDAY

CODE = codes.booking_code(KEY, "BGR", "wamid.ticket")
SIGNED = qr.signed(qr.unsigned(CODE, MONDAY), bytes(range(64)))
MODULES = 41  # a QR code of version 6, which a signed text needs
TEXT = Rendered("Selamat pagi")
TICKET = Rendered("Terdaftar", qr=SIGNED)
TEMPLATE = Template("antrian_hangus", "id", ("Budi", "BGR-7K3M-92QX"))
ADDRESS = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "+628110000001"}


class RecordingClient(Client):
    """A client that keeps what would go to WhatsApp, and refuses where a test says so."""

    def __init__(self, *, refuse_send: Exception | None = None, refuse_upload: Exception | None = None) -> None:
        self.bodies: list[dict[str, object]] = []
        self.uploads: list[tuple[bytes, str]] = []
        self.marks: list[str] = []
        self.answer: str | None = "wamid.out"
        self._refuse_send = refuse_send
        self._refuse_upload = refuse_upload

    def send(self, body: Mapping[str, object]) -> str | None:
        if self._refuse_send:
            raise self._refuse_send
        self.bodies.append(dict(body))
        return self.answer

    def mark_read(self, message_id: str) -> None:
        self.marks.append(message_id)

    def upload(self, content: bytes, mime_type: str) -> str:
        if self._refuse_upload:
            raise self._refuse_upload
        self.uploads.append((content, mime_type))
        return "4490709327384033"


@pytest.fixture
def client() -> RecordingClient:
    """Provide a line that takes everything."""
    return RecordingClient()


@pytest.fixture
def channel(client: RecordingClient) -> WhatsAppChannel:
    """Provide the channel on it."""
    return WhatsAppChannel(client)


def test_a_text_is_sent_as_a_text(channel: WhatsAppChannel, client: RecordingClient) -> None:
    assert channel.send(BUDI, TEXT, "wamid.in") == "wamid.out"
    assert client.bodies == [
        {**ADDRESS, "type": "text", "text": {"body": "Selamat pagi"}, "biz_opaque_callback_data": "wamid.in"}
    ]
    assert client.uploads == []


def test_buttons_are_sent_below_the_text_in_their_order(channel: WhatsAppChannel, client: RecordingClient) -> None:
    buttons = (Button("00002681", "Setuju"), Button(f"#batal {CODE}", "Batalkan"))
    channel.send(BUDI, Rendered("Mohon periksa", buttons), "wamid.in")
    (body,) = client.bodies
    assert body == {
        **ADDRESS,
        "type": "interactive",
        "interactive": {
            "type": "button",
            "body": {"text": "Mohon periksa"},
            "action": {
                "buttons": [
                    {"type": "reply", "reply": {"id": "00002681", "title": "Setuju"}},
                    {"type": "reply", "reply": {"id": f"#batal {CODE}", "title": "Batalkan"}},
                ]
            },
        },
        "biz_opaque_callback_data": "wamid.in",
    }


def test_a_list_is_sent_below_the_text_with_its_rows_in_their_order(
    channel: WhatsAppChannel, client: RecordingClient
) -> None:
    rows = (Row("#daftar#23112026", "Senin, 23-11-2026", "4 tempat"), Row("#daftar#24112026", "Selasa", "1 tempat"))
    channel.send(BUDI, Rendered("Masih ada tempat", rows=rows, rows_title="Pilih hari"), "wamid.in")
    (body,) = client.bodies
    assert body == {
        **ADDRESS,
        "type": "interactive",
        "interactive": {
            "type": "list",
            "body": {"text": "Masih ada tempat"},
            "action": {
                "button": "Pilih hari",
                "sections": [
                    {
                        "rows": [
                            {"id": "#daftar#23112026", "title": "Senin, 23-11-2026", "description": "4 tempat"},
                            {"id": "#daftar#24112026", "title": "Selasa", "description": "1 tempat"},
                        ]
                    }
                ],
            },
        },
        "biz_opaque_callback_data": "wamid.in",
    }
    check_message(body, lambda _: False)


def test_a_ticket_is_one_message_an_image_with_its_caption(channel: WhatsAppChannel, client: RecordingClient) -> None:
    assert channel.send(BUDI, TICKET, "wamid.in") == "wamid.out"
    assert client.bodies == [
        {
            **ADDRESS,
            "type": "image",
            "image": {"id": "4490709327384033", "caption": "Terdaftar"},
            "biz_opaque_callback_data": "wamid.in",
        }
    ]
    assert [mime_type for _, mime_type in client.uploads] == ["image/png"]


def decoded(png: bytes) -> list[str]:
    with Image.open(io.BytesIO(png)) as image:
        return [barcode.text for barcode in zxingcpp.read_barcodes(image.convert("L"))]


@given(
    st.builds(codes.booking_code, st.just(KEY), st.text(codes.ALPHABET, min_size=3, max_size=3), st.text()),
    st.binary(min_size=64, max_size=64),
)
@settings(max_examples=25, deadline=None)
def test_the_image_decodes_to_exactly_the_signed_text(code: str, signature: bytes) -> None:
    client = RecordingClient()
    signed = qr.signed(qr.unsigned(code, MONDAY), signature)
    WhatsAppChannel(client).send(BUDI, Rendered("Terdaftar", qr=signed), "wamid.in")
    ((png, _),) = client.uploads
    assert decoded(png) == [signed]


def test_the_image_is_sharp_has_its_quiet_zone_and_is_small(channel: WhatsAppChannel, client: RecordingClient) -> None:
    channel.send(BUDI, TICKET, "wamid.in")
    ((png, _),) = client.uploads
    with Image.open(io.BytesIO(png)) as image:
        grey = image.convert("L")
    left, top, right, bottom = ImageChops.invert(grey).getbbox() or (0, 0, 0, 0)
    assert 300 <= grey.width == grey.height <= 600
    module = (right - left) // MODULES
    assert min(left, top, grey.width - right, grey.height - bottom) >= 4 * module > 0
    assert grey.getpixel((0, 0)) == 255
    assert len(png) < 5_000


def test_a_cracked_screen_still_shows_the_code(channel: WhatsAppChannel, client: RecordingClient) -> None:
    channel.send(BUDI, TICKET, "wamid.in")
    ((png, _),) = client.uploads
    with Image.open(io.BytesIO(png)) as image:
        cracked = image.convert("L")
    cracked.paste(255, (cracked.width // 2, cracked.height // 2, cracked.width // 2 + 36, cracked.height // 2 + 36))
    output = io.BytesIO()
    cracked.save(output, "PNG")
    assert decoded(output.getvalue()) == [SIGNED]


def test_a_template_names_its_parameters_in_order(channel: WhatsAppChannel, client: RecordingClient) -> None:
    assert channel.send_template(BUDI, TEMPLATE, "expired:CTH1") == "wamid.out"
    assert client.bodies == [
        {
            **ADDRESS,
            "type": "template",
            "template": {
                "name": "antrian_hangus",
                "language": {"code": "id"},
                "components": [
                    {
                        "type": "body",
                        "parameters": [{"type": "text", "text": "Budi"}, {"type": "text", "text": "BGR-7K3M-92QX"}],
                    }
                ],
            },
            "biz_opaque_callback_data": "expired:CTH1",
        }
    ]


def test_a_template_s_buttons_bring_what_they_send_back(channel: WhatsAppChannel, client: RecordingClient) -> None:
    channel.send_template(BUDI, replace(TEMPLATE, buttons=(Button(f"#batal {CODE}", "Batalkan"),)), "w")
    template = client.bodies[0]["template"]
    assert isinstance(template, dict)
    assert template["components"][1:] == [
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": f"#batal {CODE}"}],
        }
    ]


def test_that_a_message_was_seen_is_shown_by_its_id(channel: WhatsAppChannel, client: RecordingClient) -> None:
    channel.show_seen("wamid.in")
    assert client.marks == ["wamid.in"]
    assert client.bodies == []


def test_who_hides_the_number_is_reached_by_user_id(channel: WhatsAppChannel, client: RecordingClient) -> None:
    channel.send(Sender(user_id="ID.13491208655302741918"), TEXT, "wamid.in")
    assert client.bodies[0]["recipient"] == "ID.13491208655302741918"
    assert "to" not in client.bodies[0]


def test_an_accepted_message_without_an_id_is_sent_all_the_same(
    channel: WhatsAppChannel, client: RecordingClient
) -> None:
    client.answer = None
    assert channel.send(BUDI, TEXT, "wamid.in") == ""
    assert channel.send_template(BUDI, TEMPLATE, "wamid.in") == ""


# Refusals


def test_a_closed_window_is_told_apart_so_that_a_template_can_go() -> None:
    channel = WhatsAppChannel(RecordingClient(refuse_send=errors.TemplateOnly(131047, 400, "re-engage")))
    with pytest.raises(WindowClosed):
        channel.send(BUDI, TEXT, "wamid.in")


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (errors.NotThisWay(131026, 400, "to +628110000001"), "NotThisWay:131026"),
        (errors.OurFault(131009, 400, "to +628110000001"), "OurFault:131009"),
        (errors.OurFault(None, 404, "to +628110000001"), "OurFault:None"),
    ],
)
def test_what_will_never_go_out_is_undeliverable_and_names_no_person(refusal: errors.GraphError, told: str) -> None:
    sending = WhatsAppChannel(RecordingClient(refuse_send=refusal))
    ways: list[Callable[[], str]] = [
        lambda: sending.send(BUDI, TEXT, "w"),
        lambda: sending.send_template(BUDI, TEMPLATE, "w"),
    ]
    for send in ways:
        with pytest.raises(Undeliverable) as caught:
            send()
        assert str(caught.value) == told
        assert caught.value.ours is isinstance(refusal, errors.OurFault)
    uploading = WhatsAppChannel(RecordingClient(refuse_upload=refusal))
    with pytest.raises(Undeliverable) as caught:
        uploading.send(BUDI, TICKET, "w")
    assert str(caught.value) == told


@pytest.mark.parametrize(
    ("refusal", "told", "this_recipient_only"),
    [
        (errors.Retry(131016, 503, "busy"), TryLater, False),
        (errors.Retry(131056, 400, "pair rate"), TryLater, True),
        (errors.AccessRefused(190, 401, "expired token"), LineDown, None),
    ],
)
def test_what_has_to_come_again_says_whether_everybody_waits(
    refusal: errors.GraphError, told: type[Exception], this_recipient_only: bool | None
) -> None:
    for client in (RecordingClient(refuse_send=refusal), RecordingClient(refuse_upload=refusal)):
        with pytest.raises(told, match=re.escape(str(refusal))) as caught:
            WhatsAppChannel(client).send(BUDI, TICKET, "wamid.in")
        assert caught.value.__cause__ is refusal
        assert getattr(caught.value, "this_recipient_only", None) is this_recipient_only


def test_a_failed_upload_sends_no_message() -> None:
    client = RecordingClient(refuse_upload=errors.Retry(None, 503, "busy"))
    with pytest.raises(TryLater):
        WhatsAppChannel(client).send(BUDI, TICKET, "wamid.in")
    assert client.bodies == []
