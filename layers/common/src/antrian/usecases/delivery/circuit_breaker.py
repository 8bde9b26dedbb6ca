"""Remembers that nothing gets out, so that one message a minute tries, and not all of them."""

from collections.abc import Callable

OPEN_SECONDS = 60


class CircuitBreaker:
    """A circuit breaker that stays open for a minute after it tripped, and holds everything back meanwhile.

    `seconds` reads a clock that never goes back.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._open_until = seconds()

    def trip(self) -> None:
        """Open for a minute."""
        self._open_until = self._seconds() + OPEN_SECONDS

    @property
    def is_open(self) -> bool:
        """Tell whether it would be in vain to try a message."""
        return self._seconds() < self._open_until
