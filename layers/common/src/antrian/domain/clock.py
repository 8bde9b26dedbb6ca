"""The time, passed in: nothing in the rules or the use cases asks the machine for it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tell the time."""

    def now(self) -> datetime:
        """Return the present moment, aware and in UTC."""
