"""Programs in the background: started once, found again by the next command, and stopped without leftovers."""

import json
import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from local.errors import LocalSystemError
from local.paths import REPOSITORY, STATE

HOST = "127.0.0.1"
START_SECONDS = 40
STOP_SECONDS = 10


# Python complains when it forgets a process that still runs; these are meant to.
_outliving_us: "list[subprocess.Popen[bytes]]" = []


@dataclass(frozen=True)
class Program:
    """A program that listens on a port of this machine.

    `version` changes when the program has to be restarted to be right. `port_variable` is what a user sets to choose
    another port. `environment` is added to the user's; None takes a variable away.
    """

    name: str
    command: Sequence[str]
    port: int
    port_variable: str
    version: str
    is_ready: Callable[[], bool]
    environment: Mapping[str, str | None] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """Return the file of everything that the program prints."""
        return STATE / f"{self.name}.log"

    def start(self) -> bool:
        """Start the program unless it runs already, wait until it is ready, and tell whether it was started.

        Raises LocalSystemError when its port is taken, or when it does not come up.
        """
        running = _Record.read(self.name)
        if running is not None and running.process() is not None:
            if (running.port, running.version) == (self.port, self.version) and self.is_ready():
                return False
            stop(self.name)
        if not _is_free(self.port):
            raise LocalSystemError(
                f"port {self.port} is in use by another program, and {self.name} needs it. "
                f"Stop that program, or choose another port: make up {self.port_variable}={self.port + 1000}"
            )
        STATE.mkdir(exist_ok=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                self.command,
                cwd=REPOSITORY,
                env=environment_with(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # its own group, so that its children can be stopped with it
            )
        _outliving_us.append(process)
        _Record.of(self, process.pid).write()
        self._wait(process)
        return True

    def _wait(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            if process.poll() is not None:
                raise LocalSystemError(
                    f"{self.name} ended right after its start, with {process.returncode}:\n{self._last_lines()}"
                )
            if time.monotonic() > deadline:
                stop(self.name)
                raise LocalSystemError(
                    f"{self.name} did not get ready within {START_SECONDS} s; its log ends:\n{self._last_lines()}"
                )
            time.sleep(0.1)

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])


def answers(url: str) -> bool:
    """Tell whether something answers 200 at this URL of this machine."""
    try:
        with urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def environment_with(changes: Mapping[str, str | None]) -> dict[str, str]:
    """Return the user's environment with these changes; None takes a variable away."""
    return {name: value for name, value in {**os.environ, **changes}.items() if value is not None}


def runs(name: str) -> bool:
    """Tell whether a program that was started here runs."""
    running = _Record.read(name)
    return running is not None and running.process() is not None


def stop(name: str) -> bool:
    """Stop a program with all its children, and tell whether it ran."""
    running = _Record.read(name)
    process = running.process() if running is not None else None
    if process is not None:
        family = [process, *process.children(recursive=True)]
        for member in family:
            with suppress(psutil.NoSuchProcess):
                member.terminate()
        _, stubborn = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for member in stubborn:
            with suppress(psutil.NoSuchProcess):
                member.kill()
        _, immortal = psutil.wait_procs(stubborn, timeout=STOP_SECONDS)
        if immortal:
            raise LocalSystemError(f"{name} (process {process.pid}) cannot be stopped; end it by hand")
    _Record.file(name).unlink(missing_ok=True)
    return process is not None


@dataclass(frozen=True)
class _Record:
    """The record of a started program. `born` tells it from a later process that got the same number."""

    name: str
    pid: int
    port: int
    version: str
    born: float

    @staticmethod
    def file(name: str) -> Path:
        return STATE / f"{name}.process.json"

    @classmethod
    def of(cls, program: Program, pid: int) -> "_Record":
        return cls(program.name, pid, program.port, program.version, psutil.Process(pid).create_time())

    @classmethod
    def read(cls, name: str) -> "_Record | None":
        try:
            return cls(**json.loads(cls.file(name).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self) -> None:
        self.file(self.name).write_text(json.dumps(self.__dict__), encoding="utf-8")

    def process(self) -> psutil.Process | None:
        """Return the process, None when it has ended."""
        try:
            process = psutil.Process(self.pid)
            is_it = process.create_time() == self.born and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if is_it else None


def _is_free(port: int) -> bool:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
