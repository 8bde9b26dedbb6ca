"""Live events for the chat page."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from local.simulator.errors import Json

# A page that is not looked at stops reading; its oldest events are dropped, and it reloads when it comes back.
BACKLOG = 1_000


@dataclass(eq=False, slots=True)
class _Listener:
    phone_number_id: str | None
    identities: frozenset[str]
    queue: "asyncio.Queue[Json | None]" = field(default_factory=lambda: asyncio.Queue(BACKLOG))


class Events:
    """The live events, handed to the pages that show their conversation. Use it from the event loop only."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()
        self._closed = False

    def publish(self, event: Json, *, phone_number_id: str | None = None, identities: Iterable[str] = ()) -> None:
        """Send `event` to those who listen to this number and one of `identities`; to everyone if both are empty."""
        wanted = set(identities)
        for listener in self._listeners:
            for_all = phone_number_id is None and not wanted
            same_office = listener.phone_number_id in {None, phone_number_id}
            if for_all or (same_office and wanted & listener.identities):
                if listener.queue.full():
                    listener.queue.get_nowait()
                listener.queue.put_nowait(event)

    async def listen(
        self, *, phone_number_id: str | None, identities: frozenset[str], heartbeat: float
    ) -> AsyncIterator[Json | None]:
        """Yield events as they come, and None every `heartbeat` seconds of silence; ends when the simulator stops."""
        listener = _Listener(phone_number_id, identities)
        self._listeners.add(listener)
        try:
            yield None
            while not self._closed:
                event = None
                with suppress(TimeoutError):
                    event = await asyncio.wait_for(listener.queue.get(), heartbeat)
                if self._closed:
                    return
                yield event
        finally:
            self._listeners.discard(listener)

    def close(self) -> None:
        """End every stream, so that open pages do not keep the server from stopping."""
        self._closed = True
        for listener in self._listeners:
            with suppress(asyncio.QueueFull):
                listener.queue.put_nowait(None)
