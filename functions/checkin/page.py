"""The scanner page: the document with the office's settings in it, and the files that were built from `scanner/`.

The layer holds each file compressed, and it goes out like this, because every browser takes gzip.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path, PurePath

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from antrian.domain.outcomes import CheckinOutcome
from antrian.runtime import runtime
from checkin.problem import Problem

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call] # Powertools lacks the annotation

DOCUMENT = "index.html"
SERVICE_WORKER = "sw.js"
# esbuild's hash of the content: a file with such a name never changes.
HASHED = re.compile(r"-[A-Z0-9]{8}\.\w+$")
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


@router.get("/scanner")
def document() -> Response[bytes]:
    """Return the page."""
    return _answer(DOCUMENT, filled_document())


@router.get("/scanner/<name>")
def file(name: str) -> Response[bytes]:
    """Return a file that the page asks for."""
    if name == DOCUMENT or name not in files():
        raise Problem(HTTPStatus.NOT_FOUND, CheckinOutcome.FILE_UNKNOWN, "the page has no such file")
    return _answer(name, files()[name].read_bytes())


@cache
def files() -> Mapping[str, Path]:
    """Return the path of each compressed file of the page, by name. Nothing else can be asked for."""
    return {path.name.removesuffix(".gz"): path for path in runtime().scanner_page.iterdir()}


@cache
def filled_document() -> bytes:
    """Return the document with the settings in it, compressed."""
    settings = {
        "office": runtime().office.name,
        "prefix": runtime().office.code_prefix,
        "offices": {office.code_prefix: office.name for office in runtime().offices.values()},
        "time_zone": runtime().office.zone.key,
        "public_key": base64.b64encode(runtime().signing_key.public_key).decode(),
        "cognito_url": runtime().cognito_url,
        "client_id": runtime().user_pool_client_id,
    }
    # The settings stand inside a script element, which none of them may end. JSON in ASCII holds no line separators.
    text = re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", json.dumps(settings))
    template = gzip.decompress(files()[DOCUMENT].read_bytes())
    return gzip.compress(template.replace(b"@settings@", text.encode()), mtime=0)


def _answer(name: str, compressed: bytes) -> Response[bytes]:
    asked = router.current_event.headers
    headers = {
        **HEADERS,
        "Content-Security-Policy": _content_security_policy(),
        "Content-Type": CONTENT_TYPES[PurePath(name).suffix],
    }
    if HASHED.search(name):
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        tag = f'"{hashlib.sha256(compressed).hexdigest()[:32]}"'
        # Weak, because it is the same for the file whether it is sent compressed or not.
        headers |= {"Cache-Control": "no-cache", "ETag": f"W/{tag}"}
        if tag in asked.get("if-none-match", ""):
            return Response(int(HTTPStatus.NOT_MODIFIED), body=b"", headers=headers)
    if name == SERVICE_WORKER:
        headers["Service-Worker-Allowed"] = "../scanner"
    if "gzip" not in asked.get("accept-encoding", ""):
        return Response(int(HTTPStatus.OK), body=gzip.decompress(compressed), headers=headers)
    return Response(int(HTTPStatus.OK), body=compressed, headers={**headers, "Content-Encoding": "gzip"})


def _content_security_policy() -> str:
    # Sent with each file, because a worker has the policy that came with its script.
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' data:",
            f"connect-src 'self' {runtime().cognito_url}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )
