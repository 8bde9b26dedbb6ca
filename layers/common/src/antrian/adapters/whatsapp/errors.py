"""What can go wrong at the Graph API, named for what to do about it, and the port's name for it on the right.

GraphError
├── Retry          send the same again later, with back-off and jitter       TryLater
├── TemplateOnly   more than 24 hours since the applicant last wrote         WindowClosed
├── NotThisWay     this person cannot be reached like this                   Undeliverable, of a photo NoPhoto
├── OurFault       the request is wrong and stays wrong: mend the code       the same, `ours`
└── AccessRefused  nothing at all gets out: token, permission, account       LineDown
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from antrian.domain.refusals import LineDown, TryLater, Undeliverable, WindowClosed

_RETRY = frozenset({1, 2, 4, 80007, 130429, 131000, 131016, 131056, 131057, 133004})
_PAIR_RATE_LIMIT = 131056
_TEMPLATE_ONLY = 131047
# 130472: Meta holds back messages to this person for an experiment. 130497: our number may not send to their country.
_NOT_THIS_WAY = frozenset({130403, 130472, 130497, 131026, 131049, 131050, 131062})
INVALID = 100
_OUR_FAULT = frozenset({INVALID, 131008, 131009, 131051, 131053, *range(132000, 132100)})
# 33: our number was deleted. 2500, 2635: there is no such version of the Graph API, or no more. 131037: our number's
# display name is not approved. 131045: its registration is broken.
_ACCESS_REFUSED = frozenset(
    {0, 3, 10, 33, 190, *range(200, 300), 368, 2500, 2635, 131005, 131031, 131037, 131042, 131045, 131048, 133010}
)
# Beside code 100, with Meta's words "does not exist, cannot be loaded due to missing permissions": it is our number
# that the token cannot see, so no message is at fault.
_NUMBER_NOT_SEEN = 33

# Meta's texts may quote the request: a token ("Malformed access token EAA…"), a message id (which encodes the phone
# number), a user id, a phone number. Long words without a digit are names of parameters, which the log needs; no
# token has 200 characters before its first digit.
_IDENTITY = re.compile(
    r"(?=[A-Za-z_\-+/=]{0,200}[0-9])[A-Za-z0-9_\-+/=]{20,}"
    r"|\b[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}"
    r"|\+?[0-9][0-9 ().\-]{5,30}[0-9]"
)
_DETAIL_LENGTH = 300


class GraphError(Exception):
    """A request to the Graph API that did not succeed.

    `code` is Meta's error code and `status` the HTTP status, None where there was none. `detail` is for logs: at most
    300 characters, with everything that looks like a token, a user id or a phone number taken out.
    """

    def __init__(self, code: int | None, status: int | None, detail: str) -> None:
        self.code = code
        self.status = status
        self.detail = _IDENTITY.sub("[…]", detail)[:_DETAIL_LENGTH]
        super().__init__(code, status, self.detail)

    def __str__(self) -> str:
        return f"code {self.code}, HTTP {self.status}: {self.detail}"


class Retry(GraphError):
    """A request that has to be sent again, later."""

    @property
    def this_user_only(self) -> bool:
        """Tell whether only this recipient has to wait (more than one message in six seconds)."""
        return self.code == _PAIR_RATE_LIMIT


class TemplateOnly(GraphError):
    """A message that only a template can replace: the 24 hours that an inbound message opens are over."""


class NotThisWay(GraphError):
    """A message that will not reach this person; only another way may."""


class OurFault(GraphError):
    """A request that will never be accepted: the code has to be changed."""


class AccessRefused(GraphError):
    """A sign that Meta accepts no request at all until a person has mended something: stop, and raise an alarm."""


_KINDS: tuple[tuple[frozenset[int], type[GraphError]], ...] = (
    (_RETRY, Retry),
    (frozenset({_TEMPLATE_ONLY}), TemplateOnly),
    (_NOT_THIS_WAY, NotThisWay),
    (_OUR_FAULT, OurFault),
    (_ACCESS_REFUSED, AccessRefused),
)


def refuses_access(code: int) -> bool:
    """Tell whether a code, of an answer or of a receipt, says that nothing at all gets out."""
    return code in _ACCESS_REFUSED


def classify(status: int, code: int | None, detail: str, subcode: int | None = None) -> GraphError:
    """Return the error for an answer that refuses; the caller raises it.

    `code` is None where the answer had none or could not be read.
    """
    if (code, subcode) == (INVALID, _NUMBER_NOT_SEEN):
        return AccessRefused(code, status, detail)
    # The code goes first: Meta asks for that, and sends code 3 (a missing permission) with HTTP 500.
    for codes, kind in _KINDS:
        if code in codes:
            return kind(code, status, detail)
    if status >= 500 or status == 429:
        return Retry(code, status, detail)
    # Also with a code that the table lacks: the message must wait for a working token, and not be given up.
    if status == 401:
        return AccessRefused(code, status, detail)
    # Meta's refusals have a code. An answer without one came from a proxy on the way, and may not come next time.
    if code is None:
        return Retry(code, status, detail)
    return OurFault(code, status, detail)


@contextmanager
def translated() -> Iterator[None]:
    """Raise the port's refusals in place of the errors of the Graph API."""
    try:
        yield
    except Retry as error:
        raise TryLater(str(error), this_recipient_only=error.this_user_only) from error
    except TemplateOnly as error:
        raise WindowClosed from error
    except (NotThisWay, OurFault) as error:
        raise Undeliverable(f"{type(error).__name__}:{error.code}", ours=isinstance(error, OurFault)) from error
    except AccessRefused as error:
        raise LineDown(str(error)) from error
