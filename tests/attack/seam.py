"""The one layer through which every call to AWS and to WhatsApp goes, and where one of them can go wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from urllib3.exceptions import ProtocolError

T = TypeVar("T")

GRAPH = "graph"
SINGLE_WRITES = frozenset({"dynamodb.PutItem", "dynamodb.UpdateItem", "dynamodb.DeleteItem"})
TRANSACTION = "dynamodb.TransactWriteItems"


class Fault(StrEnum):
    """Name what happens to a call."""

    FAILS_BEFORE = "fails-before"
    FAILS_AFTER = "fails-after"
    """It took effect, and its answer was lost."""
    REPEATED = "repeated"
    """Its answer was lost, and the SDK asked again by itself: it takes effect twice."""
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    DIES_BEFORE = "dies-before"
    DIES_AFTER = "dies-after"


def faults_of(call: str) -> list[Fault]:
    """Return what can happen to a call, by its name."""
    possible = [Fault.FAILS_BEFORE, Fault.FAILS_AFTER, Fault.THROTTLED, Fault.DIES_BEFORE, Fault.DIES_AFTER]
    if call in SINGLE_WRITES:
        possible.append(Fault.REPEATED)  # a transaction has a token, and SQS its deduplication
    if call in SINGLE_WRITES or call == TRANSACTION:
        possible.append(Fault.CONFLICT)
    return possible


class Died(BaseException):
    """End the process. Nothing that handles errors handles this."""


@dataclass
class Seam:
    """Pass calls on, count them, and let the one that is armed go wrong."""

    calls: list[str] = field(default_factory=list)
    armed: tuple[int, Fault] | None = None
    dead: bool = False

    def begin(self, armed: tuple[int, Fault] | None = None) -> None:
        """Begin an invocation, in which the n-th call (from 0) has this fault."""
        self.calls, self.armed, self.dead = [], armed, False

    def pass_on(self, call: str, do: Callable[[], T], about: dict[str, Any]) -> T:
        """Make a call, as far as its fault lets it."""
        if self.dead:
            raise Died(call)  # a process that has ended calls nobody, whatever its other threads had in mind
        self.calls.append(call)
        fault = self.armed[1] if self.armed and self.armed[0] == len(self.calls) - 1 else None
        match fault:
            case Fault.DIES_BEFORE:
                self.dead = True
                raise Died(call)
            case Fault.FAILS_BEFORE:
                raise _unreachable(call)
            case Fault.THROTTLED:
                raise _throttled(call, about)
            case Fault.CONFLICT:
                raise _conflict(call, about)
            case Fault.REPEATED:
                do()
        answer = do()
        match fault:
            case Fault.DIES_AFTER:
                self.dead = True
                raise Died(call)
            case Fault.FAILS_AFTER:
                raise _no_answer(call)
        return answer


class ThrottledByGraph(Exception):
    """Tell the double of the Graph API to answer as it does to who is too quick."""


def _unreachable(call: str) -> Exception:
    if call.startswith(GRAPH):
        return ProtocolError("Connection aborted.")
    return EndpointConnectionError(endpoint_url=f"https://{call}.invalid")


def _no_answer(call: str) -> Exception:
    if call.startswith(GRAPH):
        return ProtocolError("Connection broken: no answer came")
    return ReadTimeoutError(endpoint_url=f"https://{call}.invalid")


def _throttled(call: str, about: dict[str, Any]) -> Exception:
    if call.startswith(GRAPH):
        return ThrottledByGraph()
    operation = call.partition(".")[2]
    if call == TRANSACTION:
        return _cancelled(about, "ThrottlingError", "Throughput exceeds the current capacity of your table or index.")
    if call.startswith("sqs."):
        return _client_error("RequestThrottled", "Request is throttled.", operation)
    return _client_error("ThrottlingException", "Rate exceeded", operation)


def _conflict(call: str, about: dict[str, Any]) -> Exception:
    if call == TRANSACTION:
        return _cancelled(about, "TransactionConflict", "Transaction is ongoing for the item")
    return _client_error("TransactionConflictException", "Transaction is ongoing for the item", call.partition(".")[2])


def _cancelled(about: dict[str, Any], code: str, message: str) -> ClientError:
    others = [{"Code": "None"}] * (len(about["TransactItems"]) - 1)
    codes = ", ".join([code, *("None" for _ in others)])
    response: Any = {
        "Error": {
            "Code": "TransactionCanceledException",
            "Message": f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
        },
        "CancellationReasons": [{"Code": code, "Message": message}, *others],
    }
    return ClientError(response, "TransactWriteItems")


def _client_error(code: str, message: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
