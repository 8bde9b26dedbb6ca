import inspect
import json
import logging
import traceback
from email import message_from_bytes

import pytest
import urllib3

from antrian.adapters.whatsapp.client import BRIEF_TIMEOUT, Client, addressed
from antrian.adapters.whatsapp.errors import AccessRefused, NotThisWay, OurFault, Retry, TemplateOnly
from antrian.domain.message import Sender
from tests.unit.whatsapp.builders import NUMBER_ID, PHONE, USER_ID
from tests.unit.whatsapp.loopback import Graph, serving

TOKEN = "made-up-token"
HELLO = {**addressed(Sender(phone=PHONE)), "type": "text", "text": {"body": "Selamat pagi, Anda"}}


@pytest.fixture
def client(http: urllib3.PoolManager, graph: Graph) -> Client:
    return Client(http, graph.url, "v26.0", NUMBER_ID, TOKEN, timeout=urllib3.Timeout(connect=5, read=5))


def test_a_phone_number_goes_into_to_with_a_plus() -> None:
    expected = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": f"+{PHONE}"}
    assert addressed(Sender(phone=PHONE)) == expected
    assert addressed(Sender(phone=PHONE, user_id=USER_ID)) == expected


def test_a_user_id_goes_into_recipient_and_to_is_left_out() -> None:
    expected = {"messaging_product": "whatsapp", "recipient_type": "individual", "recipient": USER_ID}
    assert addressed(Sender(user_id=USER_ID)) == expected


def test_a_message_is_sent_as_it_is_and_its_id_returned(client: Client, graph: Graph) -> None:
    assert client.send(HELLO) == "wamid.out"
    (request,) = graph.requests
    assert request.path == f"/v26.0/{NUMBER_ID}/messages"
    assert request.json == HELLO
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert request.headers["Content-Type"] == "application/json"


def test_half_a_surrogate_pair_does_not_stop_a_message(client: Client, graph: Graph) -> None:
    client.send({**HELLO, "text": {"body": "\ud83d"}})
    assert graph.requests[0].json["text"]["body"] == "\ud83d"


def test_a_slash_at_the_end_of_the_base_url_does_no_harm(http: urllib3.PoolManager, graph: Graph) -> None:
    Client(http, f"{graph.url}/graph/", "v26.0", NUMBER_ID, TOKEN).send(HELLO)
    assert graph.requests[0].path == f"/graph/v26.0/{NUMBER_ID}/messages"


def test_a_file_keeps_its_type_where_its_name_does_not_tell(client: Client, graph: Graph) -> None:
    graph.answer = b'{"id": "1"}'
    client.upload(b"", "application/x-ticket")
    assert graph.requests[0].body.count(b"application/x-ticket") == 2


def test_a_file_is_uploaded_as_a_form_and_its_id_returned(client: Client, graph: Graph) -> None:
    graph.answer = b'{"id": "4490709327384033"}'
    content = b"\x89PNG\r\n\x1a\n\x00\xff--"
    assert client.upload(content, "image/png") == "4490709327384033"
    (request,) = graph.requests
    assert request.path == f"/v26.0/{NUMBER_ID}/media"
    assert request.headers["Authorization"] == f"Bearer {TOKEN}"
    form = message_from_bytes(b"Content-Type: " + request.headers["Content-Type"].encode() + b"\r\n\r\n" + request.body)
    fields = {part.get_param("name", header="content-disposition"): part for part in form.get_payload()}  # type: ignore[union-attr]
    assert fields["messaging_product"].get_payload() == "whatsapp"  # type: ignore[union-attr]
    assert fields["type"].get_payload() == "image/png"  # type: ignore[union-attr]
    assert fields["file"].get_content_type() == "image/png"  # type: ignore[union-attr]
    assert fields["file"].get_filename() == "file.png"  # type: ignore[union-attr]
    assert content in request.body


def test_a_message_is_marked_as_read_with_the_dots_of_typing(client: Client, graph: Graph) -> None:
    graph.answer = b'{"success": true}'
    client.mark_read("wamid.in")
    (request,) = graph.requests
    assert request.path == f"/v26.0/{NUMBER_ID}/messages"
    assert request.json == {
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": "wamid.in",
        "typing_indicator": {"type": "text"},
    }


def test_a_mark_that_is_refused_or_gets_no_answer_is_told(client: Client, graph: Graph) -> None:
    graph.refuse(400, 131009)
    with pytest.raises(OurFault):
        client.mark_read("wamid.old")
    graph.hangs_up = True
    with pytest.raises(Retry):
        client.mark_read("wamid.in")


def test_nobody_waits_long_for_a_mark() -> None:
    assert (BRIEF_TIMEOUT.connect_timeout, BRIEF_TIMEOUT.read_timeout) == (1, 2)


def test_a_wrong_number_id_is_no_fault_of_the_message(client: Client, graph: Graph) -> None:
    graph.refuse(400, 100, "Unsupported post request. Object with ID '1' does not exist", error_subcode=33)
    with pytest.raises(AccessRefused):
        client.send(HELLO)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, 131047, TemplateOnly),
        (400, 131026, NotThisWay),
        (400, 100, OurFault),
        (400, 987654, OurFault),
        (401, 190, AccessRefused),
        (500, 131000, Retry),
        (500, 3, AccessRefused),
        (200, 131056, Retry),
        (400, "131047", Retry),
        (401, True, AccessRefused),
        (401, None, AccessRefused),
    ],
)
def test_a_refusal_is_raised_by_its_code(
    client: Client, graph: Graph, status: int, code: object, kind: type[Exception]
) -> None:
    graph.refuse(status, code)
    with pytest.raises(kind) as raised:
        client.send(HELLO)
    assert type(raised.value) is kind
    with pytest.raises(kind):
        client.upload(b"", "image/png")


def test_a_refusal_tells_its_details_rather_than_its_message(client: Client, graph: Graph) -> None:
    graph.refuse(400, 100, "(#100) Invalid parameter", error_data={"details": "The body is too long"})
    with pytest.raises(OurFault) as raised:
        client.send(HELLO)
    assert str(raised.value) == "code 100, HTTP 400: The body is too long"


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
@pytest.mark.parametrize("answer", [b"", b"<html>", b"[]", b'{"error": "no"}', b"\xff", b"[" * 100_000])
def test_a_refusal_that_cannot_be_read_is_asked_again(client: Client, graph: Graph, status: int, answer: bytes) -> None:
    graph.status, graph.answer = status, answer
    with pytest.raises(Retry):
        client.send(HELLO)


def test_a_redirect_is_not_followed(client: Client, graph: Graph) -> None:
    graph.status, graph.location = 307, graph.url
    with pytest.raises(Retry):
        client.send(HELLO)
    assert len(graph.requests) == 1


UNREADABLE = [
    b"",
    b"<html>",
    b"[]",
    b'"no"',
    b"{}",
    b'{"messages": []}',
    b'{"messages": [{"id": 7}]}',
    b'{"messages": [{"id": ""}]}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("answer", UNREADABLE)
def test_an_accepted_message_is_never_sent_again_for_the_sake_of_its_id(
    client: Client, graph: Graph, answer: bytes
) -> None:
    graph.answer = answer
    assert client.send(HELLO) is None
    assert len(graph.requests) == 1


def test_an_acceptance_that_breaks_off_is_an_acceptance(client: Client, graph: Graph) -> None:
    graph.breaks_off = True
    assert client.send(HELLO) is None


def test_a_refusal_that_breaks_off_is_asked_again(client: Client, graph: Graph) -> None:
    graph.refuse(400, 100)
    graph.breaks_off = True
    with pytest.raises(Retry):
        client.send(HELLO)


@pytest.mark.parametrize("answer", UNREADABLE)
def test_a_file_whose_id_is_unknown_is_uploaded_again(client: Client, graph: Graph, answer: bytes) -> None:
    graph.answer = answer
    with pytest.raises(Retry):
        client.upload(b"", "image/png")


def test_silence_ends_in_a_retry_after_the_read_timeout(http: urllib3.PoolManager, graph: Graph) -> None:
    graph.hangs = True
    impatient = Client(http, graph.url, "v26.0", NUMBER_ID, TOKEN, timeout=urllib3.Timeout(connect=5, read=0.05))
    with pytest.raises(Retry, match="ReadTimeoutError") as raised:
        impatient.send(HELLO)
    assert (raised.value.code, raised.value.status) == (None, None)
    assert len(graph.requests) == 1


def test_without_a_word_the_timeouts_are_three_and_ten_seconds() -> None:
    timeout = inspect.signature(Client).parameters["timeout"].default
    assert (timeout.connect_timeout, timeout.read_timeout) == (3, 10)


def test_a_connection_that_is_hung_up_is_tried_again_by_the_queue_and_not_here(client: Client, graph: Graph) -> None:
    graph.hangs_up = True
    with pytest.raises(Retry):
        client.send(HELLO)
    assert len(graph.requests) == 1


def test_a_refused_connection_is_a_retry(http: urllib3.PoolManager) -> None:
    with serving() as gone:
        url = gone.url
    with pytest.raises(Retry, match="NewConnectionError"):
        Client(http, url, "v26.0", NUMBER_ID, TOKEN).send(HELLO)


def test_a_token_that_was_pasted_with_a_newline_works(http: urllib3.PoolManager, graph: Graph) -> None:
    assert Client(http, graph.url, "v26.0", NUMBER_ID, f" {TOKEN}\n").send(HELLO) == "wamid.out"
    assert graph.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", ["", "  ", "made up", "made\nup", "rahasiaé"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(http: urllib3.PoolManager, token: str) -> None:
    with pytest.raises(ValueError, match="token") as raised:
        Client(http, "https://graph.facebook.com", "v26.0", NUMBER_ID, token)
    assert not token.strip() or token not in str(raised.value)


def test_a_base_url_without_a_scheme_is_refused(http: urllib3.PoolManager) -> None:
    with pytest.raises(ValueError, match="must start with https"):
        Client(http, "graph.facebook.com", "v26.0", NUMBER_ID, TOKEN)


def test_neither_token_nor_phone_number_is_told_to_anyone(
    client: Client, graph: Graph, caplog: pytest.LogCaptureFixture
) -> None:
    told = [repr(client), str(client)]
    with caplog.at_level(logging.DEBUG):
        client.send(HELLO)
        graph.refuse(401, 190, f"Malformed access token {TOKEN} for +{PHONE} and {USER_ID}")
        with pytest.raises(AccessRefused) as refused:
            client.send(HELLO)
        graph.hangs_up = True
        with pytest.raises(Retry) as hung_up:
            client.send(HELLO)
    for error in (refused.value, hung_up.value):
        told += [repr(error), json.dumps(error.args), *traceback.format_exception(error)]
    told.append(caplog.text)
    assert "Malformed access token" in str(refused.value)
    assert all(told)
    for secret in (TOKEN, PHONE, USER_ID):
        assert not [text for text in told if secret in text]
