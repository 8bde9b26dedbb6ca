"""Remembers that nothing gets out, so that one message a minute finds that out, and not all of them."""

import time
from collections.abc import Callable

STOPPED_SECONDS = 60


class LineStopped(Exception):
    """Hold a message back: another one has just found that nothing gets out."""


class Line:
    """Be this environment's line to WhatsApp."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._stopped_until = seconds()

    def stop(self) -> None:
        """Hold everything back for a minute."""
        self._stopped_until = self._seconds() + STOPPED_SECONDS

    @property
    def is_stopped(self) -> bool:
        """Tell whether a message would be tried in vain."""
        return self._seconds() < self._stopped_until
