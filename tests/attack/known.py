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


TWO_GROUPS = "an old and a new number are two groups of the outbox: what is held up in one comes after the other"

KNOWN = (Known("ids", Rule.TRUTH, TWO_GROUPS, how="was last told ticket, and #status tells help", at_end=True),)
