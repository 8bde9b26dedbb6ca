"""Looking at what was sent, moving the clock, feeding the page."""

import json
import socket
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.simulator.__main__ import PORT_IN_USE
from local.simulator.clock import Clock, ClockFileError
from local.simulator.server import PortInUseError, listen, running
from tests.unit.simulator.world import BUDI, BUDIS_USER_ID, World, call, eventually, office_entry

ROOT = Path(__file__).parents[3]


def test_the_simulator_says_that_it_is_well(world: World) -> None:
    assert world.tool("GET", "health").json == {"ok": True}


def test_sent_messages_are_listed_oldest_first_with_the_body_that_was_sent(world: World) -> None:
    world.budi_writes()
    for text in ("satu", "dua"):
        world.send(content={"body": text}, biz_opaque_callback_data="x")
    first, second = world.sent()
    assert (first["text"]["body"], second["text"]["body"]) == ("satu", "dua")
    assert first["to"] == "+" + BUDI
    assert first["biz_opaque_callback_data"] == "x"
    assert first["id"].startswith("wamid.")
    assert datetime.fromisoformat(first["at"]).tzinfo == UTC


@pytest.mark.parametrize("to", [BUDI, "+" + BUDI, "%2B" + BUDI])
def test_a_number_is_found_with_and_without_its_plus(world: World, to: str) -> None:
    world.budi_writes()
    world.send()
    assert len(world.sent(to)) == 1
    assert world.sent("628110000002") == []


def test_beginning_anew_forgets_everything(world: World) -> None:
    world.budi_writes()
    media_id = world.upload().json["id"]
    world.send()
    for path, body in (("faults", {"status": 500, "code": 1}), ("receipts", {"on": True}), ("pair-rate", {"on": True})):
        world.tool("PUT", path, body)
    world.tool("PUT", "clock", {"now": "2040-01-01T00:00:00Z"})
    assert call("DELETE", f"{world.url}/simulator").status == 200
    assert world.sent() == []
    assert world.send().error["code"] == 131047
    assert world.tool("GET", f"media/{media_id}").status == 404
    assert world.tool("GET", "receipts").json["on"] is False
    assert world.tool("GET", "pair-rate").json["on"] is False
    assert world.tool("GET", "clock").json["offset_seconds"] == 0


def test_deleting_the_messages_keeps_the_window_open(world: World) -> None:
    world.budi_writes()
    world.send()
    assert world.tool("DELETE", "messages").json == {"deleted": 1}
    assert world.sent() == []
    assert world.send().status == 200


def test_moving_the_clock_writes_the_offset_for_the_functions(world: World) -> None:
    answer = world.tool("PUT", "clock", {"now": "2026-11-23T08:10:00+07:00"})
    offset = float((world.state_dir / "clock").read_text())
    assert (world.state_dir / "clock").read_text().count("\n") == 1
    wanted = datetime.fromisoformat("2026-11-23T08:10:00+07:00")
    assert abs((wanted - datetime.now(UTC)).total_seconds() - offset) < 30
    assert answer.json["offset_seconds"] == offset
    assert 0 <= (datetime.fromisoformat(answer.json["now"]) - wanted).total_seconds() < 30


def test_the_moved_clock_goes_on_ticking(world: World) -> None:
    before = world.tool("PUT", "clock", {"now": "2040-01-01T00:00:00Z"}).json["now"]
    assert before.startswith("2040-01-01T00:00:")
    eventually(lambda: world.tool("GET", "clock").json["now"] > before)


def test_the_clock_goes_back_to_real_time(world: World) -> None:
    world.tool("PUT", "clock", {"now": "2040-01-01T00:00:00Z"})
    assert world.tool("PUT", "clock", {"now": None}).json["offset_seconds"] == 0
    assert not (world.state_dir / "clock").exists()
    assert world.tool("PUT", "clock", {"now": None}).status == 200


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"now": "2026-11-23T08:10:00"}, "no time zone"),
        ({"now": "tomorrow"}, "ISO 8601"),
        ({"now": 7}, "ISO 8601"),
        ({}, "null"),
        ({"time": "x"}, "unknown field time"),
    ],
)
def test_a_moment_that_does_not_say_when_is_refused(world: World, body: dict[str, Any], says: str) -> None:
    answer = world.tool("PUT", "clock", body)
    assert answer.status == 422
    assert says in answer.error
    assert not (world.state_dir / "clock").exists()


def test_a_clock_that_was_moved_before_the_start_is_still_moved(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("3600\n")
    with running(tmp_path / "stack.json", tmp_path) as url:
        assert call("GET", f"{url}/simulator/clock").json["offset_seconds"] == 3600


def test_a_damaged_clock_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "clock").write_text("soon")
    with pytest.raises(ClockFileError, match="clock must hold one number"):
        Clock(tmp_path / "clock").now()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"status": 200, "code": 1},
        {"status": 500},
        {"status": 500, "code": 1, "times": 0},
        {"status": "500", "code": 1},
        {"status": 500, "code": 1, "time": 1},
    ],
)
def test_a_fault_that_cannot_be_is_refused(world: World, body: dict[str, Any]) -> None:
    assert world.tool("PUT", "faults", body).status == 422
    assert world.tool("GET", "faults").json["times"] == 0


@pytest.mark.parametrize(("path", "body"), [("receipts", {"on": 1}), ("receipts", {"on": True, "statuses": ["x"]})])
def test_switches_want_a_clear_word(world: World, path: str, body: dict[str, Any]) -> None:
    assert world.tool("PUT", path, body).status == 422


def test_a_body_that_is_no_json_is_refused(world: World) -> None:
    for path, method in (("inbound", "POST"), ("faults", "PUT"), ("clock", "PUT")):
        assert world.tool(method, path, b"{").status == 400


def test_an_unknown_upload_is_not_found(world: World) -> None:
    assert world.tool("GET", "media/1").status == 404


def test_before_the_deployment_the_reason_is_told(tmp_path: Path) -> None:
    with running(tmp_path / "stack.json", tmp_path) as url:
        answer = call("POST", f"{url}/simulator/inbound", {"office": "bogor", "from": BUDI, "text": "x"})
        assert answer.status == 409
        assert "no office is deployed yet" in answer.error
        (tmp_path / "stack.json").write_text(json.dumps({"offices": {"bogor": office_entry("http://127.0.0.1:1/")}}))
        assert [one["office"] for one in call("GET", f"{url}/simulator/offices").json["offices"]] == ["bogor"]


def test_the_offices_are_listed_without_their_secrets(world: World) -> None:
    answer = world.tool("GET", "offices")
    assert [one["office"] for one in answer.json["offices"]] == ["bogor", "jakarta-pusat"]
    assert b"secret" not in answer.content


def test_a_conversation_has_both_sides_in_their_order(world: World) -> None:
    world.inbound(**{"from": BUDI}, user_id=BUDIS_USER_ID, text="halo")
    world.send()
    world.send(recipient=BUDIS_USER_ID)
    world.inbound(**{"from": "628110000002"}, text="bukan Budi")
    for identity in (BUDI, BUDIS_USER_ID):
        items = world.tool("GET", f"conversation?office=bogor&with={identity}").json["items"]
        assert [one["direction"] for one in items] == ["in", "out", "out"]
        assert items[0]["tick"] == "delivered"
    assert world.tool("GET", f"conversation?office=jakarta-pusat&with={BUDI}").json["items"] == []
    assert len(world.tool("GET", f"conversation?with={BUDI}").json["items"]) == 3
    assert world.tool("GET", "conversation").status == 422


def test_a_repeated_message_stands_in_the_conversation_once(world: World) -> None:
    world.budi_writes(id="wamid.1")
    world.budi_writes(id="wamid.1", times=3)
    assert len(world.tool("GET", f"conversation?with={BUDI}").json["items"]) == 1


def test_events_of_a_conversation_are_streamed(world: World) -> None:
    url = f"{world.url}/simulator/events?office=bogor&to={BUDI}"
    with urllib.request.urlopen(url, timeout=10) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert stream.readline() == b": still here\n"
        world.inbound(**{"from": "628110000002"}, text="bukan Budi")
        message_id = world.budi_writes().json["id"]
        world.send()
        mark = {"messaging_product": "whatsapp", "status": "read", "message_id": message_id}
        world.graph(mark | {"typing_indicator": {"type": "text"}})
        seen: list[Any] = []
        while len(seen) < 5:
            line = stream.readline()
            if line.startswith(b"data: "):
                seen.append(json.loads(line[6:]))
    kinds = [(one["event"], one.get("tick") or one.get("item", {}).get("direction")) for one in seen]
    assert kinds == [("message", "in"), ("tick", "delivered"), ("message", "out"), ("tick", "read"), ("typing", None)]


def test_the_page_brings_everything_along_and_allows_nothing_else(world: World) -> None:
    page = call("GET", f"{world.url}/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert 'lang="id"' in page.content.decode()
    for path in ("chat.css", "main.js", "texts.js", "icon.svg"):
        answer = call("GET", f"{world.url}/static/{path}")
        assert answer.status == 200
        assert b"//cdn" not in answer.content


def test_a_port_in_use_is_told_in_one_sentence(tmp_path: Path) -> None:
    with listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"port {port} on 127.0.0.1"):
            listen(port)
        command = [sys.executable, "-m", "local.simulator", "--port", str(port), "--state-dir", str(tmp_path)]
        ended = subprocess.run(  # noqa: S603 - our own module, our own arguments
            command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
        )
    assert ended.returncode == PORT_IN_USE
    assert ended.stderr == (
        f"The WhatsApp simulator cannot start: port {port} on 127.0.0.1 is used by another program."
        " Stop that one, or choose --port.\n"
    )


def test_it_listens_on_loopback_only() -> None:
    with listen(0) as listening:
        assert listening.family == socket.AF_INET
        assert listening.getsockname()[0] == "127.0.0.1"


def test_a_number_that_is_in_no_stack_file_can_still_send_but_gets_no_receipts(world: World) -> None:
    (world.state_dir / "stack.json").write_text("{}")
    world.tool("PUT", "receipts", {"on": True})
    template = {"name": "pengingat", "language": {"code": "id"}}
    assert world.send("template", template).status == 200
    assert world.webhook.bodies == []
