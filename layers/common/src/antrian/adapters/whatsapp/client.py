"""Requests to the Graph API over urllib3: messages, media, and signs that a message was seen.

Each call is tried once: the queue in front retries, because only it can wait. For the errors see `errors`.
"""

import json
from collections.abc import Mapping
from typing import Final

import urllib3
from urllib3.exceptions import HTTPError

from antrian.adapters.whatsapp.errors import Retry, classify
from antrian.domain.message import Sender

TIMEOUT: Final = urllib3.Timeout(connect=3, read=10)
"""Seconds to wait for a connection, and for each part of the answer."""
BRIEF_TIMEOUT: Final = urllib3.Timeout(connect=1, read=2)
"""The same for requests for which no answer should have to wait."""
JSON: Final = "application/json"


def addressed(sender: Sender) -> dict[str, object]:
    """Return the fields of a message body that address it to this sender.

    They hold the phone number where it is known, else the user id. The user id belongs into `recipient`: for one in
    `to`, Meta answers 200 and drops the message.
    """
    to = {"to": f"+{sender.phone}"} if sender.phone else {"recipient": sender.user_id}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to}


class Node:
    """A node of the Graph API: a phone number, a business account, or a photo.

    `base_url` is Meta's (see `graph`) or a simulator's, `version` that of `graph` or the office's own. Raises
    ValueError when the URL or the token cannot be right.
    """

    def __init__(
        self,
        http: urllib3.PoolManager,
        base_url: str,
        version: str,
        node_id: str,
        access_token: str,
        *,
        timeout: urllib3.Timeout = TIMEOUT,
    ) -> None:
        if not base_url.startswith(("https://", "http://")):
            raise ValueError(f"the base URL of the Graph API must start with https:// or http://, not {base_url!r}")
        # A pasted secret often ends in a newline, or holds one. http.client refuses such a header and quotes it in full
        # in its exception, so it is refused here, unquoted.
        token = access_token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ValueError("the access token must be printable ASCII without spaces (it is not shown here)")
        self._http = http
        self._timeout = timeout
        self._url = f"{base_url.rstrip('/')}/{version}/{node_id}"
        self._token = token

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._url!r})"

    def _post(
        self, path: str, body: bytes, content_type: str = JSON, *, timeout: urllib3.Timeout | None = None
    ) -> object:
        """Return the answer to an accepted request as JSON, None when it cannot be read. Raises GraphError."""
        return self._request("POST", path, {"Content-Type": content_type}, body, timeout)

    def _get(self, path: str) -> object:
        """Return the answer as JSON, None when it cannot be read. Raises GraphError."""
        return self._request("GET", path, {}, None, None)

    def _request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, timeout: urllib3.Timeout | None
    ) -> object:
        response = self._open(method, f"{self._url}/{path}" if path else self._url, headers, body, timeout)
        try:
            answer: object = json.loads(response.read())
        except (HTTPError, ValueError, RecursionError):
            answer = None
        refusal = answer.get("error") if isinstance(answer, dict) else None
        if 200 <= response.status < 300 and not isinstance(refusal, dict):
            return answer
        detail = (
            text_at(refusal, "error_data", "details") or text_at(refusal, "message") or "the answer could not be read"
        ).replace(self._token, "[…]")
        raise classify(response.status, _number_at(refusal, "code"), detail, _number_at(refusal, "error_subcode"))

    def _open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: urllib3.Timeout | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """Return the response to a request with the token, its body not read yet. Raises Retry."""
        try:
            # Not preloaded: an answer whose body breaks off still has a status, and 200 means accepted.
            return self._http.request(
                method,
                url,
                body=body,
                headers={"Authorization": f"Bearer {self._token}", **(headers or {})},
                timeout=timeout or self._timeout,
                retries=False,  # this also follows no redirects, which would carry the token elsewhere
                preload_content=False,
            )
        except HTTPError as error:
            # The connection was refused, broken or too slow. A request that timed out may have been accepted, but a
            # message that comes twice is better than none.
            raise Retry(None, None, type(error).__name__) from error


class Client(Node):
    """The office's phone number, which is the node, and which sends."""

    def send(self, body: Mapping[str, object]) -> str | None:
        """Send one message and return WhatsApp's id for it.

        `body` is the whole message as the Graph API takes it (see `addressed`). Returns None when Meta accepted the
        message but its answer could not be read. Raises GraphError.
        """
        answer = self._post("messages", json.dumps(dict(body)).encode())
        # The status was a 2xx, so the message is on its way. No idempotency key would make a second send harmless: to
        # retry for the sake of an id would tell the applicant everything twice, and cost twice. So None is returned.
        # The receipts bring the id later, with biz_opaque_callback_data.
        return text_at(answer, "messages", 0, "id")

    def upload(self, content: bytes, mime_type: str) -> str:
        """Upload a file and return its media id, good for 30 days.

        Raises GraphError. It is Retry also when Meta accepted the file but its answer could not be read: a second
        upload harms nobody.
        """
        form, content_type = urllib3.encode_multipart_formdata(
            {
                "messaging_product": "whatsapp",
                "type": mime_type,
                "file": (f"file.{mime_type.rpartition('/')[2]}", content, mime_type),
            }
        )
        media_id = text_at(self._post("media", form, content_type), "id")
        if media_id is None:
            raise Retry(None, 200, "the upload was accepted, but its answer has no id")
        return media_id

    def mark_read(self, message_id: str) -> None:
        """Show the sender of a message that it was read, and for up to 25 seconds that somebody is typing.

        Waits for seconds only. Raises GraphError.
        """
        body = {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message_id,
            "typing_indicator": {"type": "text"},
        }
        self._post("messages", json.dumps(body).encode(), timeout=BRIEF_TIMEOUT)


def text_at(value: object, *path: str | int) -> str | None:
    """Return the non-empty string at this path of a JSON value, None when there is none."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and len(value) > step:
            value = value[step]
        else:
            return None
    return value if isinstance(value, str) and value else None


def _number_at(value: object, key: str) -> int | None:
    """Return the whole number at a key of a JSON object, None when there is none."""
    number = value.get(key) if isinstance(value, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
