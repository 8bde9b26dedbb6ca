"""The machine's clock, and the one that the simulator moves."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from antrian.adapters.emulator import CLOCK_FILE, local_setting


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
        return datetime.now(UTC)


class MovedClock:
    """The machine's clock plus the seconds in a file, so that a person need not wait for the day of the visit."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def now(self) -> datetime:
        """Return the moved moment, aware and in UTC; the real one while the file is absent.

        Raises ValueError when the file holds anything but a number of seconds.
        """
        real = datetime.now(UTC)
        try:
            return real + timedelta(seconds=float(self._file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return real
        except (ValueError, OverflowError):
            raise ValueError(
                f"the clock file {self._file} must hold seconds, such as 86400; delete it for the real time"
            ) from None


def clock_from(environ: Mapping[str, str]) -> SystemClock | MovedClock:
    """Return the clock for a function's environment: the machine's, except where `emulator` allows another."""
    file = local_setting(environ, CLOCK_FILE)
    return SystemClock() if file is None else MovedClock(Path(file))
