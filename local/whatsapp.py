"""The simulated WhatsApp: started as a program, spoken to over its tools."""

import hashlib
import json
import sys
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from local.errors import LocalSystemError
from local.paths import REPOSITORY, STACK_FILE, STATE
from local.programs import HOST, Program, answers

# Where these differ from the submitted templates, the simulator has to forget those.
TEXTS = REPOSITORY / "layers" / "common" / "src" / "antrian" / "texts" / "id.toml"


def program(port: int) -> Program:
    """Return the simulator as a program; it is restarted when its code or the texts of templates have changed."""
    code = hashlib.sha256(TEXTS.read_bytes())
    for path in sorted((REPOSITORY / "local" / "simulator").rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            code.update(path.read_bytes())
    return Program(
        name="whatsapp",
        command=[
            *(sys.executable, "-m", "local.simulator", "--port", str(port)),
            *("--stack-file", str(STACK_FILE), "--state-dir", str(STATE)),
        ],
        port=port,
        port_variable="SIMULATOR_PORT",
        version=code.hexdigest(),
        is_ready=lambda: answers(f"http://{HOST}:{port}/simulator/health"),
    )


def url(port: int) -> str:
    """Return the URL of the chat page and of the tools."""
    return f"http://localhost:{port}"


class Simulator:
    """A running simulator. All methods raise LocalSystemError when it refuses or does not answer."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.replace("localhost", HOST)

    def write(self, **message: object) -> dict[str, Any]:
        """Let an applicant write, and return the message's id and what became of its delivery."""
        return self._ask("POST", "/simulator/inbound", message)

    def messages(self, to: str) -> list[dict[str, Any]]:
        """Return what was sent to a phone number or user id, oldest first."""
        answer: list[dict[str, Any]] = self._ask("GET", f"/simulator/messages?to={to}")["messages"]
        return answer

    def move_clock(self, now: str | None) -> dict[str, Any]:
        """Move the clock of simulator and functions to an aware moment in ISO 8601, or back with None."""
        return self._ask("PUT", "/simulator/clock", {"now": now})

    def clock(self) -> dict[str, Any]:
        """Return the simulator's time: `now` and `offset_seconds`."""
        return self._ask("GET", "/simulator/clock")

    def fail(self, status: int, code: int, times: int) -> None:
        """Let the next sends fail."""
        self._ask("PUT", "/simulator/faults", {"status": status, "code": code, "times": times})

    def media(self, media_id: str) -> bytes:
        """Return an uploaded file."""
        with urlopen(f"{self._base_url}/simulator/media/{media_id}", timeout=10) as answer:
            return bytes(answer.read())

    def _ask(self, method: str, path: str, content: object = None) -> dict[str, Any]:
        request = Request(
            f"{self._base_url}{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={"content-type": "application/json"},
        )
        try:
            with urlopen(request, timeout=120) as answer:
                body = answer.read()
        except HTTPError as refused:
            said = refused.read().decode(errors="replace")[:2000]
            raise LocalSystemError(f"the simulator refused {method} {path} with {refused.code}: {said}") from refused
        except URLError as silent:
            raise LocalSystemError(f"the simulator does not answer at {self._base_url}: {silent.reason}") from silent
        result: dict[str, Any] = json.loads(body) if body else {}
        return result
