"""The chat page and what feeds it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from local.simulator.stack import Stack
from local.simulator.state import State

STATIC = Path(__file__).parent / "static"
HEARTBEAT_SECONDS = 15.0

# Nothing on the page comes from elsewhere, and nothing on it may run that is not a file of this folder.
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'"


class ChatPage:
    """The routes of the chat page: the phone, its history, and its live events."""

    def __init__(self, state: State, stack: Stack) -> None:
        self._state = state
        self._stack = stack

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the page."""
        return [
            Route("/", self._page, methods=["GET"]),
            Route("/simulator/offices", self._offices, methods=["GET"]),
            Route("/simulator/conversation", self._conversation, methods=["GET"]),
            Route("/simulator/events", self._events, methods=["GET"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]

    async def _page(self, _request: Request) -> Response:
        headers = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return FileResponse(STATIC / "index.html", media_type="text/html; charset=utf-8", headers=headers)

    async def _offices(self, _request: Request) -> Response:
        # Without secrets: every tab of the browser may learn whatever the page knows.
        offices = [
            {
                "office": one.key,
                "display_phone_number": one.display_phone_number,
                "timezone": one.timezone,
                "gives_the_day": one.gives_the_day,
            }
            for one in self._stack.offices().values()
        ]
        return JSONResponse({"offices": offices})

    async def _conversation(self, request: Request) -> Response:
        partner = _partner(request, "with")
        if not partner:
            return JSONResponse({"error": "say ?with=<phone or user id>"}, status_code=422)
        items = [one.as_json() for one in self._state.conversation(self._number_id(request), partner)]
        return JSONResponse({"items": items})

    async def _events(self, request: Request) -> Response:
        partner = _partner(request, "to")
        number_id = self._number_id(request)

        async def stream() -> AsyncIterator[str]:
            identities = self._state.known_as(partner)
            events = self._state.events.listen(
                phone_number_id=number_id, identities=identities, heartbeat=HEARTBEAT_SECONDS
            )
            async for event in events:
                yield ": still here\n\n" if event is None else f"data: {json.dumps(event)}\n\n"

        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)

    def _number_id(self, request: Request) -> str | None:
        """Return the number id of the office in the query; None stands for all offices."""
        key = request.query_params.get("office")
        if not key:
            return None
        office = self._stack.offices().get(key)
        return office.phone_number_id if office else ""


def _partner(request: Request, name: str) -> str:
    return request.query_params.get(name, "").strip().removeprefix("+")
