"""Makes plain what people type, once, before any rule reads it.

What follows may rely on it: the text is bounded, no mark that keyboards or copying add is in it, one blank or one line
break stands where there was white space, and no letter has marks without end.
"""

import unicodedata
from itertools import groupby, islice

# WhatsApp's own limit. Nothing that can be asked for here is near it.
LONGEST_TEXT = 4096
# As Unicode's stream-safe text format has it. To put marks in order costs the square of how many follow each other.
MOST_MARKS = 30
_LOOKALIKES = {
    **dict.fromkeys(map(ord, "`\u00b4\u2018\u2019\u201b\u02bc\u02bb"), "'"),
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "*_~"), None),  # WhatsApp's bold, italic and struck out
}


def counted_length(text: str) -> int:
    """Return the length in units of UTF-16, the most that anybody may count a text for."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain_text(text: str) -> str:
    """Return a text with plain quotes, dashes and white space, empty where it is too long to be read.

    Every line break is a newline; there are no empty lines, and no blanks at the ends of a line.
    """
    if counted_length(text) > LONGEST_TEXT:
        return ""
    text = unicodedata.normalize("NFKC", _with_few_marks(decomposed(text.translate(_LOOKALIKES))))
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.splitlines())))


def decomposed(text: str) -> str:
    """Return a text in which each character stands as its letter and its marks, in no particular order of marks."""
    return "".join(unicodedata.normalize("NFKD", c) for c in text)


def _with_few_marks(text: str) -> str:
    runs = groupby(text, key=lambda c: unicodedata.combining(c) != 0)
    return "".join("".join(islice(run, MOST_MARKS) if are_marks else run) for are_marks, run in runs)
