"""What the attack has found and nobody has mended yet. A mark that nothing breaks any more fails: take it out then."""

import re
from typing import NamedTuple

from tests.attack.rules import Rule, Violation


class Known(NamedTuple):
    """Mark what a conversation breaks: which rule, how (a pattern), and where it came again only at the end."""

    conversation: str
    rule: Rule
    why: str
    how: str = ""
    at_end: bool | None = None
    """None where it is broken without a fault, too, or either way."""

    def __str__(self) -> str:
        return f"{self.conversation}, {self.rule}: {self.why}"

    def covers(self, conversation: str, violation: Violation, *, at_end: bool) -> bool:
        """Tell whether this is it."""
        return (
            (conversation, violation.rule) == (self.conversation, self.rule)
            and self.at_end in {None, at_end}
            and re.search(self.how, violation.how) is not None
        )


REFUSED = "a refusal leaves no record, and its message takes effect when it comes again"
NO_TICKET = "it takes effect under an id that was answered, so its new answer is dropped"
POISON = "claims that passed to another booking let a request fail for ever, and its neighbours with it"
TWO_GROUPS = "an old and a new number are two groups of the outbox: what is held up in one comes after the other"

KNOWN = (
    Known("refused-then-undone", Rule.AGAIN, REFUSED),
    Known("refused-then-undone", Rule.TRUTH, NO_TICKET, how="was last told ticket, and #status tells help"),
    Known("refused-then-reopened", Rule.AGAIN, REFUSED),
    Known("refused-then-reopened", Rule.TRUTH, NO_TICKET, how="has what their ticket tells"),
    Known("registration-refused-then-reopened", Rule.AGAIN, REFUSED),
    Known("registration-refused-then-reopened", Rule.TRUTH, NO_TICKET, how="was last told nothing"),
    Known("photo-second-after-an-hour", Rule.TRUTH, NO_TICKET, how="was last told nothing", at_end=True),
    Known("photo-brought-again-before-confirm", Rule.TRUTH, NO_TICKET, how="was last told nothing"),
    Known("dialogue-without-approval", Rule.AGAIN, REFUSED, at_end=True),
    Known("dialogue-without-approval", Rule.TRUTH, NO_TICKET, how="was last told nothing", at_end=True),
    Known("past-their-day", Rule.LEFT, POISON, how="^dead letter"),
    Known("past-their-day", Rule.AGAIN, POISON),
    Known("moved-late-after-an-undone-check-in", Rule.LEFT, POISON, how="^dead letter"),
    Known("moved-late-after-an-undone-check-in", Rule.AGAIN, POISON, how="^told"),
    Known("ids", Rule.TRUTH, TWO_GROUPS, how="was last told ticket, and #status tells help", at_end=True),
)
