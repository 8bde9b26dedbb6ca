"""The moved clock, shared with the deployed functions through one file."""

import math
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path


class ClockFileError(Exception):
    """A clock file that holds no number."""


def iso(moment: datetime) -> str:
    """Return an aware moment as ISO 8601 in UTC, to the millisecond, with a `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Clock:
    """The clock of the simulated world.

    Its offset to real time is kept in `path`: one line, seconds as a decimal; no file, no offset. The file is read for
    each question, so that the simulator and the functions cannot disagree after either was started again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def offset(self) -> float:
        """Return how many seconds the simulated world is ahead. Raises ClockFileError when the file is damaged."""
        try:
            text = self._path.read_text(encoding="ascii")
        except FileNotFoundError:
            return 0.0
        try:
            return float(text)
        except ValueError as error:
            raise ClockFileError(f"{self._path} must hold one number of seconds, not {text!r}; delete it") from error

    def now(self) -> datetime:
        """Return the simulated time, aware, in UTC."""
        return datetime.now(UTC) + timedelta(seconds=self.offset())

    def move_to(self, moment: datetime) -> None:
        """Move the clock to `moment` (aware); time goes on from there."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone does not say when it is")
        # Rounded up: who moves the clock to 08:10 must not find it at 08:09:59.999.
        seconds = math.ceil((moment - datetime.now(UTC)).total_seconds() * 1000) / 1000
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Readers must see the old number or the new one, never half of it: write aside, then rename.
        with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=self._path.parent, delete=False) as aside:
            aside.write(f"{seconds:.3f}\n")
        Path(aside.name).chmod(0o644)
        os.replace(aside.name, self._path)

    def reset(self) -> None:
        """Go back to real time."""
        self._path.unlink(missing_ok=True)
