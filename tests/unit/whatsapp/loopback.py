"""A Graph API on loopback that answers what a test has laid ready."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message as Headers
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Request:
    """One request as it arrived."""

    path: str
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


class Graph(ThreadingHTTPServer):
    """A Graph API that answers with `status` and `answer`, after those laid ready in `in_turn`; it keeps the requests.

    `hangs`: do not answer before the test is over. `breaks_off`: close in the middle of the answer's body.
    `hangs_up`: close without an answer.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.status = 200
        self.answer: bytes = b'{"messages": [{"id": "wamid.out"}]}'
        self.in_turn: list[tuple[int, bytes]] = []
        self.location: str | None = None
        self.hangs = self.breaks_off = self.hangs_up = False
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Return the base URL."""
        return f"http://127.0.0.1:{self.server_port}"

    def refuse(self, status: int, code: object, message: str = "(#1) No", **error: object) -> None:
        """Answer with an error body as Meta's."""
        self.status = status
        self.answer = json.dumps(
            {"error": {"message": message, "type": "OAuthException", "code": code, **error}}
        ).encode()


class _Handler(BaseHTTPRequestHandler):
    server: Graph
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        graph = self.server
        graph.requests.append(Request(self.path, self.headers, body))
        if graph.hangs:
            graph.over.wait(timeout=20)
        if graph.hangs_up:
            self.close_connection = True
            return
        status, answer = graph.in_turn.pop(0) if graph.in_turn else (graph.status, graph.answer)
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer) + 100 * graph.breaks_off))
        if graph.location:
            self.send_header("Location", graph.location)
        self.end_headers()
        self.wfile.write(answer)
        self.close_connection = graph.breaks_off

    def log_message(self, *_: object) -> None:
        """Stay silent: the test reports."""


@contextmanager
def serving() -> Iterator[Graph]:
    """Serve in a thread until the block ends."""
    graph = Graph()
    thread = threading.Thread(target=graph.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield graph
    finally:
        graph.over.set()
        graph.shutdown()
        thread.join()
        graph.server_close()
