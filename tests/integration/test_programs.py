"""Background programs: started once, found again, restarted when they must be, stopped with their children."""

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
import pytest

from local import programs
from local.errors import LocalSystemError
from local.programs import HOST, Program

# A server with a child of its own, as the local AWS has its functions.
SERVER = """
import http.server, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(programs, "STATE", tmp_path)
    yield tmp_path
    programs.stop("server")


def server(port: int, version: str = "1", code: str = SERVER) -> Program:
    def is_ready() -> bool:
        try:
            with urlopen(f"http://{HOST}:{port}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False

    return Program("server", [sys.executable, "-c", code, str(port)], port, "SERVER_PORT", version, is_ready)


def family(port: int) -> list[psutil.Process]:
    (parent,) = [child for child in psutil.Process().children() if str(port) in child.cmdline()]
    return [parent, *parent.children(recursive=True)]


def test_a_program_is_started_once_and_found_again(port: int) -> None:
    assert server(port).start() is True
    first = family(port)[0].pid
    assert server(port).start() is False
    assert family(port)[0].pid == first
    assert programs.runs("server")


def test_a_program_of_another_version_is_restarted(port: int) -> None:
    server(port).start()
    first = family(port)[0].pid
    assert server(port, version="2").start() is True
    assert family(port)[0].pid != first


def test_stopping_leaves_neither_the_program_nor_its_children(port: int) -> None:
    server(port).start()
    members = family(port)
    assert len(members) == 2
    assert programs.stop("server") is True
    assert [member for member in members if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
    assert programs.stop("server") is False
    assert not programs.runs("server")


def test_a_port_in_use_is_named_with_what_to_do(port: int) -> None:
    with closing(socket.socket()) as other:
        other.bind((HOST, port))
        other.listen()
        with pytest.raises(LocalSystemError, match=rf"port {port} is in use .* make up SERVER_PORT=\d+"):
            server(port).start()


def test_a_program_that_ends_at_once_is_told_with_its_last_words(port: int) -> None:
    with pytest.raises(LocalSystemError, match=r"ended right after its start, with 7:\nthe disk is full"):
        server(port, code="import sys; print('the disk is full', flush=True); sys.exit(7)").start()


def test_a_stale_record_of_a_process_number_that_is_somebody_elses_stops_nobody(port: int, state: Path) -> None:
    server(port).start()
    record = state / "server.process.json"
    stranger = record.read_text().replace(str(family(port)[0].create_time()), "1.0")
    programs.stop("server")
    record.write_text(stranger)
    assert programs.stop("server") is False
