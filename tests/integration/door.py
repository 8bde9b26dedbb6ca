"""Calls of the door's API, as API Gateway makes them."""

import base64
import gzip
import json
from typing import Any

from antrian.domain import codes
from checkin import handler as checkin
from tests.builders import KEY
from tests.integration.stack import Context

NONCE = "nonce-0001"
DEVICE = "device-1"
OFFICER = "[officer]"
SUPERVISOR = "[supervisor]"


def code_of(number: int, prefix: str = "CTH") -> str:
    """Return a booking code that fits, the same for the same number."""
    return codes.booking_code(KEY, prefix, f"wamid.door{number}")


def request(
    method: str,
    path: str,
    body: object = None,
    *,
    sub: str = "officer-1",
    groups: str | None = OFFICER,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return an HTTP API request of an account in these groups."""
    claims = {"sub": sub} if groups is None else {"sub": sub, "cognito:groups": groups}
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "headers": {"content-type": "application/json", **(headers or {})},
        "queryStringParameters": query or {},
        "requestContext": {
            "http": {"method": method, "path": path},
            "stage": "$default",
            "authorizer": {"jwt": {"claims": claims, "scopes": None}},
        },
        "body": body if isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def answer(method: str, path: str, body: object = None, **asked: Any) -> dict[str, Any]:
    """Call the function and return its answer, the body as it was before it was compressed."""
    response: dict[str, Any] = checkin.handler(request(method, path, body, **asked), Context())
    if response.get("isBase64Encoded"):
        response["body"] = gzip.decompress(base64.b64decode(response["body"])).decode()
    return response


def call(method: str, path: str, body: object = None, **asked: Any) -> tuple[int, dict[str, Any]]:
    """Call the function, and return status and content. A refusal is problem+json."""
    response = answer(method, path, body, **asked)
    status, content = response["statusCode"], json.loads(response["body"])
    refused = {"type": "about:blank", "status": status}
    if status >= 400:
        assert response["headers"]["Content-Type"] == "application/problem+json"
        assert content.items() >= refused.items()
        assert content["title"]
        assert content["detail"]
    return status, content


def scan(code: str, nonce: str = NONCE, *, more: dict[str, Any] | None = None, **asked: Any) -> dict[str, Any]:
    """Type a code at the door, with more in the body where a test says so, and return the decision."""
    body = {"code": code, "nonce": nonce, "device": DEVICE, **(more or {})}
    status, content = call("POST", "/checkins", body, **asked)
    assert status == 200, content
    return content


def undo(nonce: str = NONCE, *, device: str = DEVICE, **asked: Any) -> tuple[int, dict[str, Any]]:
    """Take a check-in back, and return status and content."""
    return call("DELETE", f"/checkins/{nonce}", {"reason": "salah pindai", "device": device}, **asked)
