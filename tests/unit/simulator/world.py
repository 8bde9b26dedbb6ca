"""A simulator of one's own, with an invented office that notes what it receives."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from local.simulator.server import running

NUMBER_ID = "200000000000001"
OTHER_NUMBER_ID = "200000000000002"
TOKEN = "token-of-bogor"
OTHER_TOKEN = "token-of-jakarta-pusat"
SECRET = "test_app_secret"
BUDI = "628110000001"
BUDIS_USER_ID = "ID.811000000001"
PNG = b"\x89PNG\r\n\x1a\n" + b"not much of a picture"


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; `json` fails the test when it is none."""

    status: int
    content: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def error(self) -> Any:
        return self.json["error"]


@dataclass
class Webhook:
    """A webhook that notes every POST, and answers with the statuses of `answers` first, then 200."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    # Given, every POST waits until that many are here at the same time.
    together: threading.Barrier | None = None

    def wait_for(self, count: int) -> None:
        """Wait until that many POSTs have come."""
        eventually(lambda: len(self.bodies) >= count)

    @property
    def messages(self) -> list[Any]:
        return [message for value in self.values for message in value.get("messages", [])]

    @property
    def values(self) -> list[Any]:
        bodies = [json.loads(body) for body in self.bodies]
        return [change["value"] for body in bodies for entry in body["entry"] for change in entry["changes"]]


def call(method: str, url: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, raw, {"Content-Type": "application/json"} | (headers or {}), method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return Answer(answer.status, answer.read(), dict(answer.headers))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.read(), dict(error.headers))


def eventually(found: Callable[[], Any], within: float = 10.0) -> Any:
    """Return the first true value of `found`; fails after `within` seconds."""
    deadline = time.monotonic() + within
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)
    return value


@dataclass
class World:
    """The simulator, as the deployed functions and the tools speak to it."""

    url: str
    webhook: Webhook
    state_dir: Path

    def begin_anew(self) -> None:
        """Deploy both offices again and forget what earlier tests did."""
        offices = {
            "bogor": office_entry(self.webhook.url),
            "jakarta-pusat": office_entry(self.webhook.url, OTHER_NUMBER_ID),
        }
        (self.state_dir / "stack.json").write_text(json.dumps({"offices": offices}))
        (self.state_dir / "tokens.json").write_text(json.dumps({NUMBER_ID: TOKEN, OTHER_NUMBER_ID: OTHER_TOKEN}))
        assert call("DELETE", f"{self.url}/simulator").status == 200
        self.webhook.bodies, self.webhook.signatures, self.webhook.answers = [], [], []
        self.webhook.together = None

    def tool(self, method: str, path: str, body: Any = None) -> Answer:
        return call(method, f"{self.url}/simulator/{path}", body)

    def graph(
        self, body: Any, *, token: str | None = TOKEN, number_id: str = NUMBER_ID, version: str = "v26.0"
    ) -> Answer:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return call("POST", f"{self.url}/{version}/{number_id}/messages", body, headers)

    def send(self, kind: str = "text", content: Any = None, **fields: Any) -> Answer:
        to = {} if {"to", "recipient"} & set(fields) else {"to": "+" + BUDI}
        part = {"body": "Halo"} if content is None else content
        return self.graph({"messaging_product": "whatsapp", **to, "type": kind, kind: part, **fields})

    def upload(
        self, content: bytes = PNG, mime_type: str = "image/png", *, without: str = "", token: str = TOKEN
    ) -> Answer:
        fields = {"messaging_product": "whatsapp", "type": mime_type}
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
            if name != without
        ]
        if without != "file":
            head = (
                f'--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: {mime_type}\r\n\r\n'
            )
            parts.append(head.encode() + content + b"\r\n")
        headers = {"Content-Type": "multipart/form-data; boundary=b", "Authorization": f"Bearer {token}"}
        return call("POST", f"{self.url}/v26.0/{NUMBER_ID}/media", b"".join(parts) + b"--b--\r\n", headers)

    def submit_template(self, account_id: str, body: Any) -> Answer:
        url = f"{self.url}/v26.0/{account_id}/message_templates"
        return call("POST", url, body, {"Authorization": f"Bearer {TOKEN}"})

    def inbound(self, **fields: Any) -> Answer:
        return self.tool("POST", "inbound", {"office": "bogor", **fields})

    def budi_writes(self, text: str = "halo", **fields: Any) -> Answer:
        return self.inbound(**{"from": BUDI}, text=text, **fields)

    def sent(self, to: str = "") -> list[Any]:
        found: list[Any] = self.tool("GET", f"messages?to={to}").json["messages"]
        return found


@contextmanager
def listening_webhook() -> Iterator[Webhook]:
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if webhook.together is not None:
                webhook.together.wait(15)
            with webhook.lock:
                webhook.bodies.append(body)
                webhook.signatures.append(self.headers["X-Hub-Signature-256"])
                status = webhook.answers.pop(0) if webhook.answers else 200
            answer = b'{"seen": true}' if status == 200 else b"out of order"
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name is the base class's
            """Keep the test's output for the test."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256

    server = Server(("127.0.0.1", 0), Handler)
    webhook.url = f"http://127.0.0.1:{server.server_port}/webhook"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield webhook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def office_entry(webhook_url: str, number_id: str = NUMBER_ID) -> dict[str, str]:
    return {
        "stack_name": "Antrian-bogor",
        "webhook_url": webhook_url,
        "api_url": "http://127.0.0.1:9/",
        "phone_number_id": number_id,
        "display_phone_number": "+62 811-1100-333",
        "app_secret": SECRET,
        "verify_token": "unused",
        "table_name": "unused",
    }


@contextmanager
def small_world(state_dir: Path) -> Iterator[World]:
    """Run a simulator with two deployed offices; a failed delivery is tried again at once."""
    with (
        listening_webhook() as webhook,
        running(state_dir / "stack.json", state_dir, pauses=(0.01, 0.01, 0.01, 0.01)) as url,
    ):
        yield World(url, webhook, state_dir)
