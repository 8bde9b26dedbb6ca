"""GET /scanner: the page with its office's settings, its files, and what surrounds them."""

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import boto3
import pytest

from checkin import handler as checkin
from checkin import page
from tests.integration.stack import Context, Logs, Stack, write_office

pytestmark = pytest.mark.filterwarnings("ignore:No application metrics to publish")

SCRIPT = b"console.log('Antrian');\n"
WASM = bytes(range(256))
FILES = {
    "index.html": b'<script type="application/json" id="settings">@settings@</script>',
    "sw.js": b"self.addEventListener('fetch', () => {});\n",
    "manifest.webmanifest": b'{"name": "Antrian"}',
    "icon.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "app-2K7QX3M9.js": SCRIPT,
    "zxing_reader-XWMUL2TJ.wasm": WASM,
}


@pytest.fixture(autouse=True)
def built(stack: Stack, tmp_path: Path) -> None:
    """Provide a page as the layer brings it."""
    folder = tmp_path / "antrian_scanner"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content, mtime=0))


def get(path: str, **headers: str) -> dict[str, Any]:
    """Ask as a browser does, without a token, and return what goes to the API."""
    request = {
        "version": "2.0",
        "routeKey": f"GET {path}",
        "rawPath": path,
        "headers": {"accept-encoding": "gzip, br", **{key.replace("_", "-"): text for key, text in headers.items()}},
        "requestContext": {"http": {"method": "GET", "path": path}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    answer = checkin.handler(request, Context())
    return {**answer, "headers": {name.lower(): text for name, text in answer["headers"].items()}}


def content(answer: dict[str, Any]) -> bytes:
    """Return what a browser makes of an answer."""
    assert answer["isBase64Encoded"] is True
    raw = base64.b64decode(answer["body"])
    return gzip.decompress(raw) if answer["headers"].get("content-encoding") == "gzip" else raw


def settings() -> dict[str, Any]:
    """Return what the page is told."""
    found = re.fullmatch(rb"<script[^>]*>(.*)</script>", content(get("/scanner")))
    assert found
    told: dict[str, Any] = json.loads(found[1])
    return told


def test_the_page_knows_its_office_and_the_names_of_the_others() -> None:
    told = settings()
    assert told["office"] == "Kantor Imigrasi Contoh"
    assert told["prefix"] == "CTH"
    assert told["offices"] == {"CTH": "Kantor Imigrasi Contoh", "BGR": "Kantor Imigrasi Bogor"}
    assert told["time_zone"] == "Asia/Jakarta"


def test_the_page_knows_the_key_that_signs_its_office_s_qr_codes(stack: Stack) -> None:
    key = boto3.client("kms").get_public_key(KeyId=stack.environment["SIGNING_KEY_ID"])
    assert base64.b64decode(settings()["public_key"]) == key["PublicKey"]


def test_the_page_knows_where_the_staff_signs_in() -> None:
    told = settings()
    assert told["client_id"] == "made-up-client"
    assert told["cognito_url"] == "https://cognito-idp.ap-southeast-3.amazonaws.com"


@pytest.mark.parametrize(
    ("endpoint", "cognito"),
    [
        ("http://127.0.0.1:4566/", "http://127.0.0.1:4566"),
        ("https://vpce.example.org", "https://cognito-idp.ap-southeast-3.amazonaws.com"),
    ],
)
def test_only_an_emulator_on_this_machine_signs_in_instead_of_cognito(
    endpoint: str, cognito: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ = settings()  # the key is asked for at moto's
    page.filled_document.cache_clear()
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    assert settings()["cognito_url"] == cognito
    assert f"connect-src 'self' {cognito};" in get("/scanner")["headers"]["content-security-policy"]


def test_no_setting_can_end_the_element_that_it_stands_in(stack: Stack) -> None:
    name = "</script><script>alert(1)</script> & <!--"
    write_office(stack.offices, "contoh", "CTH", name=name)
    assert settings()["office"] == name
    raw = content(get("/scanner"))
    assert raw.count(b"<") == FILES["index.html"].count(b"<")
    assert b"&" not in raw


@pytest.mark.parametrize("path", ["/scanner", *(f"/scanner/{name}" for name in FILES if name != "index.html")])
def test_everything_goes_out_with_the_strict_headers(path: str) -> None:
    headers = get(path)["headers"]
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self' https://cognito-idp.ap-southeast-3.amazonaws.com",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"] == "camera=(self)"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert int(headers["strict-transport-security"].removeprefix("max-age=")) >= 31_536_000


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/scanner", "text/html; charset=utf-8"),
        ("/scanner/sw.js", "text/javascript; charset=utf-8"),
        ("/scanner/manifest.webmanifest", "application/manifest+json"),
        ("/scanner/icon.svg", "image/svg+xml"),
        ("/scanner/zxing_reader-XWMUL2TJ.wasm", "application/wasm"),
    ],
)
def test_each_file_says_what_it_is(path: str, kind: str) -> None:
    assert get(path)["headers"]["content-type"] == kind


@pytest.mark.parametrize(("name", "raw"), [("app-2K7QX3M9.js", SCRIPT), ("zxing_reader-XWMUL2TJ.wasm", WASM)])
def test_files_go_out_compressed_and_to_who_cannot_read_that_as_they_are(name: str, raw: bytes) -> None:
    compressed, plain = get(f"/scanner/{name}"), get(f"/scanner/{name}", accept_encoding="br")
    assert compressed["headers"]["content-encoding"] == "gzip"
    assert "content-encoding" not in plain["headers"]
    assert content(compressed) == content(plain) == raw
    assert compressed["headers"]["vary"] == plain["headers"]["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", ["app-2K7QX3M9.js", "zxing_reader-XWMUL2TJ.wasm"])
def test_what_has_its_hash_in_its_name_is_fetched_once(name: str) -> None:
    assert get(f"/scanner/{name}")["headers"]["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/scanner", "/scanner/sw.js", "/scanner/manifest.webmanifest", "/scanner/icon.svg"])
def test_everything_else_is_asked_for_again_and_sent_only_when_it_has_changed(path: str) -> None:
    first = get(path)
    assert (first["statusCode"], first["headers"]["cache-control"]) == (200, "no-cache")
    again = get(path, if_none_match=first["headers"]["etag"])
    assert (again["statusCode"], again["body"]) == (304, "")
    for name in ("content-security-policy", "content-type", "etag"):  # a browser takes them from the newest answer
        assert again["headers"][name] == first["headers"][name]
    assert get(path, if_none_match='W/"00000000000000000000000000000000"')["statusCode"] == 200


def test_another_setting_makes_another_document(stack: Stack) -> None:
    before = get("/scanner")["headers"]["etag"]
    write_office(stack.offices, "contoh", "CTH", name="Kantor Imigrasi Lain")
    stack.forget()
    page.filled_document.cache_clear()
    assert get("/scanner", if_none_match=before)["statusCode"] == 200


def test_the_service_worker_may_serve_the_page_that_lies_above_it() -> None:
    assert get("/scanner/sw.js")["headers"]["service-worker-allowed"] == "../scanner"
    assert "service-worker-allowed" not in get("/scanner/icon.svg")["headers"]


@pytest.mark.parametrize(
    "name",
    ["index.html", "index.html.gz", "sw.js.gz", "app.js", "..", "%2e%2e", "..%2Fantrian_offices%2Fbogor.toml", "page"],
)
def test_what_the_build_did_not_make_is_not_served(name: str, logs: Logs) -> None:
    answer = get(f"/scanner/{name}")
    assert answer["statusCode"] == 404
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert json.loads(answer["body"])["code"] == "file_unknown"
    assert logs.messages() == ["file_unknown"]
