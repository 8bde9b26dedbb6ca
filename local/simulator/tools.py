"""The tools for tests and for the chat page, under /simulator.

| request | does |
|---|---|
| `DELETE /simulator` | begins anew: forgets everything, clock included |
| `GET /simulator/health` | `{"ok": true}` |
| `GET /simulator/messages?to=` | what the offices sent, oldest first; `to` is a phone number or a user id |
| `DELETE /simulator/messages` | clears the conversations; open windows and titles of buttons stay |
| `GET /simulator/dropped?to=` | what was sent to a user id in `to`: accepted, never delivered |
| `GET /simulator/reads` | which inbound messages were marked as read, and whether with a typing indicator |
| `GET /simulator/media/<id>` | the raw bytes of an upload |
| `POST /simulator/inbound` | delivers a signed webhook: one message or `messages`; `times` copies at once |
| | a message has `text`, `photo` (`base64` and `mime_type`, with `text` as its caption), `button_id` or `content` |
| `GET PUT DELETE /simulator/faults` | lets the next sends fail: `status`, `code`, `times`, and only of one `template` |
| `GET PUT /simulator/clock` | moves the clock to an aware `now`; null goes back to real time |
| `GET PUT /simulator/receipts` | sends `statuses` back after each send while `on`; off at the start |
| `GET PUT /simulator/pair-rate` | refuses more than one message in 6 s to a person while `on`; off at the start |

Refusals are `{"error": <one sentence>}` with 400 (no JSON), 404 (unknown office or upload), 409 (nothing deployed) or
422 (everything else). `POST /simulator/inbound` answers 502 when a delivery was not taken in the end.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.simulator.clock import iso
from local.simulator.delivery import Delivery, Outcome
from local.simulator.errors import Json
from local.simulator.inbound import MOST_IN_ONE_POST, InboundError, Written, message_webhook, read_times, read_written
from local.simulator.stack import Office, Stack
from local.simulator.state import Fault, Receipts, Sent, State

STATUSES = ("sent", "delivered", "read", "failed", "played")

Handler = Callable[[Request], Awaitable[Response]]


class ToolError(Exception):
    """A tool's request that is refused, with an HTTP status and a sentence that says what would be right."""

    def __init__(self, text: str, status: int = 422) -> None:
        super().__init__(text)
        self.status = status


class Tools:
    """The tools: they play the applicant, show what was sent, and disturb the world."""

    def __init__(self, state: State, stack: Stack, delivery: Delivery) -> None:
        self._state = state
        self._stack = stack
        self._delivery = delivery

    def routes(self) -> list[BaseRoute]:
        """Return the routes of all tools."""
        table: list[tuple[str, str, Handler]] = [
            ("DELETE", "", self._begin_anew),
            ("GET", "/health", self._health),
            ("GET", "/messages", self._messages),
            ("DELETE", "/messages", self._forget),
            ("GET", "/dropped", self._dropped),
            ("GET", "/reads", self._reads),
            ("GET", "/media/{media_id}", self._media),
            ("POST", "/inbound", self._inbound),
            ("GET", "/faults", self._show_fault),
            ("PUT", "/faults", self._set_fault),
            ("DELETE", "/faults", self._clear_fault),
            ("GET", "/clock", self._show_clock),
            ("PUT", "/clock", self._set_clock),
            ("GET", "/receipts", self._show_receipts),
            ("PUT", "/receipts", self._set_receipts),
            ("GET", "/pair-rate", self._show_pair_rate),
            ("PUT", "/pair-rate", self._set_pair_rate),
        ]
        return [Route(f"/simulator{path}", _explained(handler), methods=[method]) for method, path, handler in table]

    async def _health(self, _request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def _messages(self, request: Request) -> Response:
        return JSONResponse({"messages": _shown(self._state.sent, request)})

    async def _dropped(self, request: Request) -> Response:
        return JSONResponse({"dropped": _shown(self._state.dropped, request)})

    async def _reads(self, _request: Request) -> Response:
        return JSONResponse({"reads": self._state.reads})

    async def _forget(self, _request: Request) -> Response:
        return JSONResponse({"deleted": self._state.forget()})

    async def _begin_anew(self, _request: Request) -> Response:
        self._state.begin_anew()
        return JSONResponse({"ok": True})

    async def _media(self, request: Request) -> Response:
        image = self._state.media.get(request.path_params["media_id"])
        if image is None:
            raise ToolError("no image was uploaded under this id", 404)
        return Response(image.content, media_type=image.mime_type)

    async def _inbound(self, request: Request) -> Response:
        body = await _object(request)
        office = self._office(body.pop("office", None))
        retry = body.pop("retry", True)
        if not isinstance(retry, bool):
            raise ToolError(f"retry must be true or false, not {retry!r}")
        if "messages" in body:
            times, written = self._batch(body, office)
            ids: Json = {"ids": [one.message["id"] for one in written]}
        else:
            times = read_times(body)
            written = [read_written({**body, "times": 1}, office, self._state)]
            ids = {"id": written[0].message["id"]}
        outcomes = await self._deliver(office, written, times, retry=retry)
        status = 200 if all(one.delivered for one in outcomes) else 502
        return JSONResponse({**ids, "deliveries": [one.as_json() for one in outcomes]}, status_code=status)

    def _batch(self, body: Json, office: Office) -> tuple[int, list[Written]]:
        requests = body.pop("messages")
        times = read_times(body)
        extra = set(body) - {"times"}
        if extra:
            raise ToolError(f"beside messages only office, times and retry make sense, not {', '.join(sorted(extra))}")
        if not isinstance(requests, list) or not requests or not all(isinstance(one, dict) for one in requests):
            raise ToolError("messages must be a list of one or more objects")
        written = [read_written(one, office, self._state) for one in requests]
        if sum(one.times for one in written) > MOST_IN_ONE_POST:
            raise ToolError(f"Meta puts at most {MOST_IN_ONE_POST} messages into one POST")
        return times, written

    async def _deliver(self, office: Office, written: list[Written], times: int, *, retry: bool) -> list[Outcome]:
        received = [self._state.receive(office.phone_number_id, one.person, one.message) for one in written]
        payload = message_webhook(office, written)
        # Copies go out at the same time: Meta's repeats may overtake each other, and so may these.
        outcomes = await asyncio.gather(
            *(self._delivery.deliver(office.webhook_url, office.app_secret, payload, retry=retry) for _ in range(times))
        )
        worst = next((one for one in outcomes if not one.delivered), None)
        for one in received:
            if worst is None:
                self._state.tick(one, "delivered")
            else:
                self._state.tick(one, "failed", f"HTTP {worst.status}" if worst.status else str(worst.body))
        return outcomes

    def _office(self, key: Any) -> Office:
        offices = self._stack.offices()
        if not offices:
            raise ToolError("no office is deployed yet: the stack file is absent or names none", 409)
        if key not in offices:
            raise ToolError(f"office {key!r} is not deployed; known are {', '.join(sorted(offices))}", 404)
        return offices[key]

    async def _show_fault(self, _request: Request) -> Response:
        fault = self._state.fault
        if fault is None or fault.times == 0:
            return JSONResponse({"status": None, "code": None, "times": 0, "used": fault.used if fault else 0})
        shown: Json = {"status": fault.status, "code": fault.code, "times": fault.times, "used": fault.used}
        return JSONResponse(shown | ({"template": fault.template} if fault.template else {}))

    async def _set_fault(self, request: Request) -> Response:
        body = await _object(request, "status", "code", "times", "message", "details", "subcode", "template")
        for name, least, most, default in (
            ("status", 400, 599, None),
            ("code", 0, 9_999_999, None),
            ("times", 1, 1_000_000, 1),
        ):
            value = body.setdefault(name, default)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise ToolError(f"{name} must be a whole number from {least} to {most}, not {value!r}")
        self._state.fault = Fault(**body)
        return await self._show_fault(request)

    async def _clear_fault(self, request: Request) -> Response:
        self._state.fault = None
        return await self._show_fault(request)

    async def _show_clock(self, _request: Request) -> Response:
        offset = self._state.clock.offset()
        return JSONResponse({"now": iso(self._state.clock.now()), "offset_seconds": offset})

    async def _set_clock(self, request: Request) -> Response:
        body = await _object(request, "now")
        if "now" not in body:
            raise ToolError('say {"now": "2026-11-23T08:10:00+07:00"}, or {"now": null} for real time')
        if body["now"] is None:
            self._state.clock.reset()
        else:
            self._state.clock.move_to(_aware(body["now"]))
        self._state.events.publish({"event": "clock"})
        return await self._show_clock(request)

    async def _show_receipts(self, _request: Request) -> Response:
        statuses = self._state.receipts.statuses
        return JSONResponse({"on": bool(statuses), "statuses": list(statuses)})

    async def _set_receipts(self, request: Request) -> Response:
        body = await _object(request, "on", "statuses")
        statuses = body.get("statuses", ["sent", "delivered"])
        if not isinstance(body.get("on"), bool):
            raise ToolError('say {"on": true} or {"on": false}')
        if not isinstance(statuses, list) or not statuses or not set(statuses) <= set(STATUSES):
            raise ToolError(f"statuses must be a list of {', '.join(STATUSES)}, not {statuses!r}")
        self._state.receipts = Receipts(tuple(statuses) if body["on"] else ())
        return await self._show_receipts(request)

    async def _show_pair_rate(self, _request: Request) -> Response:
        return JSONResponse({"on": self._state.pair_rate})

    async def _set_pair_rate(self, request: Request) -> Response:
        body = await _object(request, "on")
        if not isinstance(body.get("on"), bool):
            raise ToolError('say {"on": true} or {"on": false}')
        self._state.pair_rate = body["on"]
        return await self._show_pair_rate(request)


def _explained(handler: Handler) -> Handler:
    """Turn a refusal into JSON with one sentence under `error`."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except ToolError as error:
            return JSONResponse({"error": str(error)}, status_code=error.status)
        except InboundError as error:
            return JSONResponse({"error": str(error)}, status_code=422)

    return answer


async def _object(request: Request, *known: str) -> Json:
    """Return the JSON object of a request; with `known`, one that has no other fields."""
    try:
        body: Any = json.loads(await request.body())
    except ValueError as error:
        raise ToolError(f"the body must be JSON: {error}", 400) from error
    if not isinstance(body, dict):
        raise ToolError(f"the body must be a JSON object, not {type(body).__name__}", 400)
    unknown = set(body) - set(known) if known else set()
    if unknown:
        raise ToolError(f"unknown field {', '.join(sorted(unknown))}; known are {', '.join(known)}")
    return body


def _shown(messages: list[Sent], request: Request) -> list[Json]:
    # In a query string an unescaped + is a space; a phone number that was written with a plus must still be found.
    to = request.query_params.get("to", "").strip().removeprefix("+")
    return [one.as_tool() for one in messages if to in {"", one.identity}]


def _aware(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise ToolError(f"now must be ISO 8601 such as 2026-11-23T08:10:00+07:00, not {text!r}") from error
    if moment.tzinfo is None:
        raise ToolError(
            f"{text} has no time zone, and Indonesia has three: add +07:00 (WIB), +08:00 (WITA) or +09:00 (WIT)"
        )
    return moment
