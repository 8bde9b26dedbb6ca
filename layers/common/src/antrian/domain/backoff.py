"""How long what failed waits for its next try."""

import random
from dataclasses import dataclass

LONGEST_PAUSE_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Backoff:
    """Say how long a message waits for its next try: `first` seconds, each time `factor` times as long as before.

    Up to a quarter of an hour. With jitter it is between half of that and all of it.
    """

    first: int
    factor: int
    jitter: bool = True

    def seconds(self, received: int) -> int:
        """Return the pause after a message was received for this time, counted from 1."""
        # The power is bounded because a message may be received a thousand times.
        longest = min(LONGEST_PAUSE_SECONDS, self.first * self.factor ** min(received - 1, 10))
        # The jitter spreads retries and protects nothing.
        return round(random.uniform(longest / 2, longest)) if self.jitter else longest  # noqa: S311


# The first pause is short: most faults pass within seconds, and somebody is looking at the chat.
DEFAULT_BACKOFF = Backoff(first=2, factor=2)
# Meta's own advice for one person who got too many messages in a short time. Nobody else waits, so none needs jitter.
RECIPIENT_BACKOFF = Backoff(first=4, factor=4, jitter=False)
# A person has to mend something before anything gets out.
LINE_DOWN_BACKOFF = Backoff(first=120, factor=2)
