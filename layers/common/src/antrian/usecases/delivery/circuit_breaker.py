"""Remembers that nothing gets out, so that one message a minute finds that out, and not all of them."""

from collections.abc import Callable

OPEN_SECONDS = 60


class CircuitBreaker:
    """Hold everything back for a minute after something found that nothing gets out.

    `seconds` returns those of a clock that never goes back.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._open_until = seconds()

    def trip(self) -> None:
        """Open for a minute."""
        self._open_until = self._seconds() + OPEN_SECONDS

    @property
    def is_open(self) -> bool:
        """Tell whether a message would be tried in vain."""
        return self._seconds() < self._open_until
