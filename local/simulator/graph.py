"""The Graph API as Meta serves it: messages, uploads, links to uploads, and templates."""

import asyncio
import json
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.simulator import limits
from local.simulator.delivery import Delivery
from local.simulator.errors import GraphError, Json, invalid, missing
from local.simulator.inbound import status_webhook
from local.simulator.limits import Recipient
from local.simulator.stack import ACCOUNT_ID, Office, Stack
from local.simulator.state import Sent, State, new_message_id

logger = logging.getLogger(__name__)

OLDEST_VERSION = 23
NEWEST_VERSION = 26
DOWNLOAD_PATH = "/whatsapp_business/attachments/"

Handler = Callable[[Request], Awaitable[Response]]


class GraphApi:
    """The Graph API that answers the deployed functions in Meta's place."""

    def __init__(self, state: State, stack: Stack, delivery: Delivery) -> None:
        self._state = state
        self._stack = stack
        self._delivery = delivery
        # The event loop keeps only weak references to tasks; without this set a receipt could vanish halfway.
        self._receipts: set[asyncio.Task[None]] = set()

    def routes(self) -> list[BaseRoute]:
        """Return the routes; they must come last, because the version stands where other paths have their name."""
        return [
            Route(DOWNLOAD_PATH, _as_meta(self._download), methods=["GET"]),
            Route("/{version}/{number_id}/messages", _as_meta(self._messages), methods=["POST"]),
            Route("/{version}/{number_id}/media", _as_meta(self._upload), methods=["POST"]),
            Route("/{version}/{account_id}/message_templates", _as_meta(self._submit_template), methods=["POST"]),
            Route("/{version}/{account_id}/message_templates", _as_meta(self._list_templates), methods=["GET"]),
            Route("/{version}/{media_id}", _as_meta(self._media), methods=["GET"]),
        ]

    async def _messages(self, request: Request) -> Response:
        number_id = self._authorised_number(request)
        body = await _json_body(request)
        # A read mark is no send: it must not use up a fault that a test ordered for the next answer.
        if "status" in body:
            limits.check_product(body)
            return self._mark_read(number_id, body)
        fault = self._state.fault
        if fault and fault.strikes(body):
            raise GraphError(
                fault.code, fault.details, message=fault.message, status=fault.status, subcode=fault.subcode
            )
        limits.check_product(body)
        recipient = limits.recipient_of(body)
        limits.check_message(body, lambda media_id: self._has_image(number_id, media_id))
        self._check_window(number_id, recipient, body)
        if self._state.is_too_fast(number_id, recipient.identity):
            raise GraphError(131056, "Too many messages sent to this person from this number in a short time")
        return self._accept(number_id, recipient, body)

    def _accept(self, number_id: str, recipient: Recipient, body: Json) -> Response:
        now = self._state.clock.now()
        is_template = body.get("type") == "template"
        shown = self._state.templates.shown(ACCOUNT_ID, body["template"]) if is_template else None
        message = Sent(
            new_message_id(recipient.identity, inbound=False), number_id, recipient.identity, now, body, shown
        )
        if recipient.dropped:
            self._state.dropped.append(message)
        else:
            self._state.send(message)
            self._start_receipts(message, recipient)
        contact = {"input": recipient.given, "wa_id" if recipient.is_phone else "user_id": recipient.identity}
        accepted: Json = {"id": message.id}
        if is_template:
            accepted["message_status"] = "accepted"
        return JSONResponse({"messaging_product": "whatsapp", "contacts": [contact], "messages": [accepted]})

    def _check_window(self, number_id: str, recipient: Recipient, body: Json) -> None:
        # Meta tells this in two ways: mostly it accepts the send and reports 131047 in a `failed` status, sometimes it
        # refuses at once. The simulator always refuses at once, so that a test sees the reason where it sent.
        if body.get("type") == "template" or recipient.dropped:
            return
        if not self._state.window_is_open(number_id, recipient.identity):
            raise GraphError(
                131047,
                "Message failed to send because more than 24 hours have passed since the customer last replied"
                " to this number.",
            )

    def _mark_read(self, number_id: str, body: Json) -> Response:
        received = self._state.received.get(limits.check_read(body))
        if received is None or received.phone_number_id != number_id:
            raise invalid(f"message_id {body['message_id']} is no message that this number received")
        self._state.read(received, typing="typing_indicator" in body)
        return JSONResponse({"success": True})

    def _start_receipts(self, message: Sent, recipient: Recipient) -> None:
        # Decided now, because a test may have switched receipts off again by the time the task runs.
        statuses = self._state.receipts.statuses
        if not statuses:
            return
        office = self._stack.office_of(message.phone_number_id)
        if office is None:
            logger.warning("no receipts for %s: no office in the stack file has this number id", message.id)
            return
        task = asyncio.create_task(self._deliver_receipts(office, message, recipient, statuses))
        self._receipts.add(task)
        task.add_done_callback(self._receipts.discard)

    async def _deliver_receipts(
        self, office: Office, message: Sent, recipient: Recipient, statuses: tuple[str, ...]
    ) -> None:
        for status in statuses:
            payload = status_webhook(office, message, status, recipient, self._state.clock.now())
            await self._delivery.deliver(office.webhook_url, office.app_secret, payload, retry=True)

    async def _upload(self, request: Request) -> Response:
        number_id = self._authorised_number(request)
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise missing("messaging_product")
        async with request.form() as form:
            limits.check_product(dict(form))
            if not form.get("type"):
                raise missing("type")
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise missing("file")
            # Meta takes the type from the part of the file itself, whatever the field `type` says.
            image = self._state.media.put(
                number_id, (file.content_type or "").split(";")[0], await file.read(), self._state.clock.now()
            )
        return JSONResponse({"id": image.id})

    async def _submit_template(self, request: Request) -> Response:
        _check_version(request)
        self._token_owner(request)
        kept = self._state.templates.submit(request.path_params["account_id"], await _json_body(request))
        return JSONResponse(kept)

    async def _list_templates(self, request: Request) -> Response:
        _check_version(request)
        self._token_owner(request)
        found = self._state.templates.found(request.path_params["account_id"], request.query_params.get("name", ""))
        return JSONResponse({"data": found, "paging": {"cursors": {"before": "MAZDZD", "after": "MjQZD"}}})

    async def _media(self, request: Request) -> Response:
        _check_version(request)
        self._token_owner(request)
        media_id = request.path_params["media_id"]
        now = self._state.clock.now()
        image = self._state.media.get(media_id, now)
        if image is None:
            raise _no_such_object(media_id, "get")
        link = request.url.replace(path=DOWNLOAD_PATH, query=urlencode(self._state.media.link_query(image.id, now)))
        return JSONResponse(
            {
                "messaging_product": "whatsapp",
                "url": str(link),
                "mime_type": image.mime_type,
                "sha256": image.sha256,
                "file_size": len(image.content),
                "id": image.id,
            }
        )

    async def _download(self, request: Request) -> Response:
        self._token_owner(request)
        query = request.query_params
        image = self._state.media.follow(
            query.get("mid", ""), query.get("ext", ""), query.get("hash", ""), self._state.clock.now()
        )
        if image is None:
            return Response(status_code=404)
        return Response(image.content, media_type=image.mime_type)

    def _has_image(self, number_id: str, media_id: str) -> bool:
        image = self._state.media.get(media_id, self._state.clock.now())
        return image is not None and image.phone_number_id == number_id

    def _authorised_number(self, request: Request) -> str:
        """Return the number id of the path, once version and token have passed."""
        _check_version(request)
        owner = self._token_owner(request)
        number_id: str = request.path_params["number_id"]
        if number_id not in owner:
            raise _no_such_object(number_id, "post")
        return number_id

    def _token_owner(self, request: Request) -> set[str]:
        """Return the number ids that the bearer token may use."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise GraphError(190, message="Invalid OAuth access token - Cannot parse access token", status=401)
        owner = {number for number, known in self._stack.tokens().items() if known == token.strip()}
        if not owner:
            raise GraphError(
                190,
                message="Error validating access token: The session is invalid because the token is not known.",
                status=401,
                subcode=463,
            )
        return owner


def _as_meta(handler: Handler) -> Handler:
    """Let a refusal leave as Meta's error body."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except GraphError as error:
            logger.info("%s %s refused: %s", request.method, request.url.path, error)
            return JSONResponse(error.body(), status_code=error.status)

    return answer


def _check_version(request: Request) -> None:
    version = request.path_params["version"]
    if not re.fullmatch(r"v[0-9]{1,3}\.[0-9]", version):
        raise GraphError(2500, message=f"Unknown path components: {request.url.path}", status=404)
    major = int(version[1:].partition(".")[0])
    if major < OLDEST_VERSION:
        raise GraphError(
            2635,
            message="(#2635) You are calling a deprecated version of the Ads API. "
            f"Please update to the latest version: v{NEWEST_VERSION}.0.",
        )
    if major > NEWEST_VERSION or not version.endswith(".0"):
        raise GraphError(100, message=f"(#100) Unknown API version {version}; the latest is v{NEWEST_VERSION}.0.")


async def _json_body(request: Request) -> Json:
    try:
        body: Any = json.loads(await request.body())
    except ValueError as error:
        raise GraphError(100, f"The body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise GraphError(100, "The body must be a JSON object")
    return body


def _no_such_object(object_id: str, verb: str) -> GraphError:
    return GraphError(
        100,
        message=f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation. Please read the Graph API documentation at"
        " https://developers.facebook.com/docs/graph-api",
        subcode=33,
        kind="GraphMethodException",
    )
