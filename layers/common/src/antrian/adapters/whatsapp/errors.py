"""What can go wrong at the Graph API, named for what to do about it, and what it is called at the ports.

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
# 130472: Meta holds messages to this person back for an experiment of its own. 130497: not to this person's country.
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
    """Tell that a request to the Graph API did not succeed.

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
    """Ask for the same request again, later."""

    @property
    def this_user_only(self) -> bool:
        """Tell whether only this recipient has to wait (more than one message in six seconds)."""
        return self.code == _PAIR_RATE_LIMIT


class TemplateOnly(GraphError):
    """Ask for a template: the 24 hours that an inbound message opens are over."""


class NotThisWay(GraphError):
    """Ask for another path to this person, or for none."""


class OurFault(GraphError):
    """Ask for a change of code: this request will never be accepted."""


class AccessRefused(GraphError):
    """Ask for a stop and an alarm: no request is accepted until a person has mended something."""


_KINDS: tuple[tuple[frozenset[int], type[GraphError]], ...] = (
    (_RETRY, Retry),
    (frozenset({_TEMPLATE_ONLY}), TemplateOnly),
    (_NOT_THIS_WAY, NotThisWay),
    (_OUR_FAULT, OurFault),
    (_ACCESS_REFUSED, AccessRefused),
)


def refuses_access(code: int) -> bool:
    """Tell whether a code, also where a receipt brings it, says that nothing at all gets out."""
    return code in _ACCESS_REFUSED


def classify(status: int, code: int | None, detail: str, subcode: int | None = None) -> GraphError:
    """Return the error for an answer that is not an acceptance.

    `code` is None where the answer had none or could not be read. The caller raises what is returned.
    """
    if (code, subcode) == (INVALID, _NUMBER_NOT_SEEN):
        return AccessRefused(code, status, detail)
    # The code goes first: Meta asks for that, and sends code 3 (a missing permission) with HTTP 500.
    for codes, kind in _KINDS:
        if code in codes:
            return kind(code, status, detail)
    if status >= 500 or status == 429:
        return Retry(code, status, detail)
    # Also with a code that is not in the table: a message must wait for a working token, not be given up.
    if status == 401:
        return AccessRefused(code, status, detail)
    # Meta's refusals have a code. Without one, somebody on the way answered, and may not next time.
    if code is None:
        return Retry(code, status, detail)
    return OurFault(code, status, detail)


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the Graph API refuses into what the ports call it."""
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
