"""How long a failed message waits before it is tried again."""

import random
from dataclasses import dataclass

LONGEST_PAUSE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential back-off: `first` seconds, then `factor` times as long after each try, up to a quarter of an hour.

    With jitter, a pause is anything from half of that to all of it.
    """

    first: int
    factor: int
    jitter: bool = True

    def seconds(self, received: int) -> int:
        """Return the pause in seconds after a message was received for the `received`th time, counted from 1."""
        # The power is bounded because a message may be received a thousand times.
        longest = min(LONGEST_PAUSE_SECONDS, self.first * self.factor ** min(received - 1, 10))
        # The jitter spreads retries and protects nothing.
        return round(random.uniform(longest / 2, longest)) if self.jitter else longest  # noqa: S311


# The first pause is short: most faults pass within seconds, and somebody is looking at the chat.
DEFAULT_BACKOFF = Backoff(first=2, factor=2)
# Meta's own advice for one person who got too many messages in a short time. Nobody else waits, so no jitter is needed.
RECIPIENT_BACKOFF = Backoff(first=4, factor=4, jitter=False)
# A person has to mend something before anything gets out.
LINE_DOWN_BACKOFF = Backoff(first=120, factor=2)
