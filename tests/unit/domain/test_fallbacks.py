"""The table of what people get for what cannot be read, and the same table as people read it."""

import re
from pathlib import Path

from antrian.domain.answers import Kind
from antrian.domain.fallbacks import ANSWERS, answer_to

CONVERSATION = Path(__file__).parents[3] / "docs" / "conversation.md"


def test_what_whatsapp_invents_next_is_answered_too() -> None:
    assert answer_to("from_the_future") is Kind.ONLY_TEXT


def test_the_table_that_people_read_is_the_table_that_counts() -> None:
    rows = re.findall(
        r"^\|[^|]*\| ((?:`\w+`(?:, )?)+) \|[^|]*\| (`\w+`|nothing) \|$", CONVERSATION.read_text("utf-8"), re.M
    )
    told = {kind.strip("` "): answer for kinds, answer in rows for kind in kinds.split(",")}
    assert told == {kind: f"`{answer}`" if answer else "nothing" for kind, answer in ANSWERS.items()}
