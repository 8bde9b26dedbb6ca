"""Put the simulator together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette

from local.simulator.chat import ChatPage
from local.simulator.clock import Clock
from local.simulator.delivery import PAUSES, Delivery
from local.simulator.graph import GraphApi
from local.simulator.stack import Stack
from local.simulator.state import State
from local.simulator.tools import Tools


@dataclass(frozen=True, slots=True)
class Simulator:
    """The simulator: its application and the state behind it."""

    app: Starlette
    state: State


def create_simulator(stack_file: Path, state_dir: Path, *, pauses: tuple[float, ...] = PAUSES) -> Simulator:
    """Compose everything. `pauses` are the seconds between the tries of a delivery."""
    state = State(Clock(state_dir / "clock"))
    stack = Stack(stack_file, state_dir / "tokens.json")
    delivery = Delivery(pauses)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        delivery.close()

    routes = [
        *Tools(state, stack, delivery).routes(),
        *ChatPage(state, stack).routes(),
        *GraphApi(state, stack, delivery).routes(),
    ]
    return Simulator(Starlette(routes=routes, lifespan=lifespan), state)
