"""Serve the simulator on loopback: for a person until it is told to stop, for a test in a thread.

PortInUseError
    Another program listens on the wanted port.
"""

import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from local.simulator.app import create_simulator
from local.simulator.delivery import PAUSES
from local.simulator.events import Events

HOST = "127.0.0.1"
START_WITHIN_SECONDS = 10.0


class PortInUseError(Exception):
    """A port that belongs to another program."""


def listen(port: int) -> socket.socket:
    """Return a listening socket on loopback; port 0 takes any free one. Raises PortInUseError."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(f"port {port} on {HOST} is used by another program") from error
        raise
    return listening


class SimulatorServer(uvicorn.Server):
    """A server that ends the pages' event streams, which never end by themselves, before it waits for connections."""

    def __init__(self, config: uvicorn.Config, events: Events) -> None:
        super().__init__(config)
        self._events = events

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop serving."""
        self._events.close()
        await super().shutdown(sockets)


def create_server(
    stack_file: Path, state_dir: Path, *, log_level: str = "info", pauses: tuple[float, ...] = PAUSES
) -> SimulatorServer:
    """Return a server that still has to be run with a socket."""
    simulator = create_simulator(stack_file, state_dir, pauses=pauses)
    config = uvicorn.Config(
        simulator.app,
        log_level=log_level,
        # The page polls and streams all day; a line for each request would bury what matters.
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=5,
    )
    return SimulatorServer(config, simulator.state.events)


@contextmanager
def running(stack_file: Path, state_dir: Path, *, pauses: tuple[float, ...] = PAUSES) -> Iterator[str]:
    """Run a simulator of one's own on a free port, in a thread, and yield its URL."""
    listening = listen(0)
    server = create_server(stack_file, state_dir, log_level="warning", pauses=pauses)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="simulator", daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise RuntimeError("the simulator did not start")
            time.sleep(0.005)
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(START_WITHIN_SECONDS)
        listening.close()
