"""A photo is fetched from where WhatsApp says it lies, and the token goes nowhere else."""

import json
from collections.abc import Callable

import pytest
import urllib3

from antrian.adapters.whatsapp import media
from antrian.adapters.whatsapp.media import LARGEST, WhatsAppMedia
from antrian.domain.message import Photo
from antrian.domain.refusals import LineDown, NoPhoto, TryLater
from tests.unit.whatsapp.loopback import Graph, serving

TOKEN = "made-up-token"
PHOTO = Photo("1037543291543634", "image/jpeg")
JPEG = b"\xff\xd8\xff made up"


@pytest.fixture
def source(http: urllib3.PoolManager, graph: Graph) -> WhatsAppMedia:
    return WhatsAppMedia(http, graph.url, "v26.0", TOKEN)


def lies_at(graph: Graph, url: str, *, then: tuple[int, bytes] = (200, JPEG)) -> None:
    """Let WhatsApp say that the photo lies there, and serve this next."""
    graph.in_turn = [(200, json.dumps({"url": url, "mime_type": "image/jpeg", "id": PHOTO.media_id}).encode()), then]


def test_a_photo_is_asked_for_and_then_fetched_with_the_token(source: WhatsAppMedia, graph: Graph) -> None:
    lies_at(graph, f"{graph.url}/attachments/?mid=1&hash=x")
    assert source.fetch(PHOTO) == JPEG
    assert [request.path for request in graph.requests] == [f"/v26.0/{PHOTO.media_id}", "/attachments/?mid=1&hash=x"]
    assert [request.headers["Authorization"] for request in graph.requests] == [f"Bearer {TOKEN}"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/photo",
        "https://lookaside.fbsbx.com.evil.example/photo",
        "https://notfbsbx.com/photo",
        "http://lookaside.fbsbx.com/photo",
        "https://lookaside.fbsbx.com:8443/photo",
        "https://lookaside.fbsbx.com@evil.example/photo",
        "ftp://lookaside.fbsbx.com/photo",
        "file:///etc/passwd",
        "//lookaside.fbsbx.com/photo",
        "https://[broken/photo",
        "https:///photo",
        "nonsense",
    ],
)
def test_the_token_goes_to_no_other_host(source: WhatsAppMedia, graph: Graph, url: str) -> None:
    lies_at(graph, url)
    with pytest.raises(NoPhoto, match="elsewhere"):
        source.fetch(PHOTO)
    assert len(graph.requests) == 1


def test_nor_to_another_port_of_the_same_machine(source: WhatsAppMedia, graph: Graph) -> None:
    with serving() as other:
        lies_at(graph, f"{other.url}/photo")
        with pytest.raises(NoPhoto, match="elsewhere"):
            source.fetch(PHOTO)
        assert other.requests == []


@pytest.mark.parametrize(
    "url", ["https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1", "https://a.whatsapp.net/b"]
)
def test_metas_own_hosts_are_asked(
    source: WhatsAppMedia, graph: Graph, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    request = urllib3.PoolManager.request

    def asks(pool: urllib3.PoolManager, method: str, where: str, **more: object) -> urllib3.BaseHTTPResponse:
        asked.append(where)
        return request(pool, method, where if where.startswith(graph.url) else f"{graph.url}/there", **more)  # type: ignore[arg-type]

    monkeypatch.setattr(urllib3.PoolManager, "request", asks)
    lies_at(graph, url)
    assert source.fetch(PHOTO) == JPEG
    assert asked[1] == url


def test_a_redirect_is_not_followed(source: WhatsAppMedia, graph: Graph) -> None:
    with serving() as other:
        graph.location = f"{other.url}/photo"
        lies_at(graph, f"{graph.url}/photo", then=(302, b""))
        with pytest.raises(TryLater):
            source.fetch(PHOTO)
        assert other.requests == []


def test_what_is_too_large_is_not_kept_and_not_even_read_to_its_end(source: WhatsAppMedia, graph: Graph) -> None:
    lies_at(graph, f"{graph.url}/photo", then=(200, b"x" * LARGEST))
    assert len(source.fetch(PHOTO)) == LARGEST
    lies_at(graph, f"{graph.url}/photo", then=(200, b"x" * (LARGEST + 1)))
    with pytest.raises(NoPhoto, match="too_large"):
        source.fetch(PHOTO)


def test_nothing_is_no_photo(source: WhatsAppMedia, graph: Graph) -> None:
    lies_at(graph, f"{graph.url}/photo", then=(200, b""))
    with pytest.raises(NoPhoto, match="empty"):
        source.fetch(PHOTO)


def test_a_photo_that_breaks_off_is_fetched_again(source: WhatsAppMedia, graph: Graph) -> None:
    lies_at(graph, f"{graph.url}/photo")
    graph.breaks_off = True
    with pytest.raises(TryLater):
        source.fetch(PHOTO)


def test_a_photo_that_only_trickles_in_is_fetched_again(
    source: WhatsAppMedia, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media, "DOWNLOAD_SECONDS", -1)
    lies_at(graph, f"{graph.url}/photo")
    with pytest.raises(TryLater, match="too slowly"):
        source.fetch(PHOTO)


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 500])
def test_a_link_that_has_aged_is_asked_for_anew(source: WhatsAppMedia, graph: Graph, status: int) -> None:
    """Also with 401: Meta has just taken the token, so one photo's link must not stop everybody's answers."""
    lies_at(graph, f"{graph.url}/photo", then=(status, b"expired"))
    with pytest.raises(TryLater):
        source.fetch(PHOTO)


def test_an_answer_without_an_address_is_asked_for_again(source: WhatsAppMedia, graph: Graph) -> None:
    graph.answer = b'{"id": "1"}'
    with pytest.raises(TryLater, match="no url"):
        source.fetch(PHOTO)


@pytest.mark.parametrize(
    ("refuse", "what"),
    [
        (lambda graph: graph.refuse(400, 100, error_subcode=33), NoPhoto),
        (lambda graph: graph.refuse(400, 100), NoPhoto),
        (lambda graph: graph.refuse(400, 131051), NoPhoto),
        (lambda graph: graph.refuse(401, 190), LineDown),
        (lambda graph: graph.refuse(400, 130429), TryLater),
        (lambda graph: graph.refuse(503, 2), TryLater),
    ],
    ids=["gone", "invalid", "unsupported", "token", "too many", "unavailable"],
)
def test_what_whatsapp_refuses_is_lost_or_waits(
    source: WhatsAppMedia, graph: Graph, refuse: Callable[[Graph], None], what: type[Exception]
) -> None:
    refuse(graph)
    with pytest.raises(what):
        source.fetch(PHOTO)
    assert len(graph.requests) == 1
