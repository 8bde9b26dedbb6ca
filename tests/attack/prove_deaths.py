"""Runs the cases of `deaths`, all or a part of them, in as many processes as there are cores, and tells what broke."""

import warnings
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.attack.conversations import CONVERSATIONS
from tests.attack.deaths import Attack, Case
from tests.attack.known import KNOWN, Known
from tests.attack.rules import Violation
from tests.attack.script import Conversation
from tests.attack.world import World, surroundings

SHOWN_OF_A_RULE = 3


@dataclass(frozen=True)
class Share:
    """Choose cases by a seed: a case is among them when the hash of the seed and its name is small enough."""

    seed: int = 0
    part: float = 1.0

    def has(self, case: Case) -> bool:
        """Tell whether a case is chosen."""
        return zlib.crc32(f"{self.seed} {case}".encode()) < self.part * 2**32


@dataclass
class Found:
    """Hold what became of one conversation's cases. `everything`: all of its cases were run."""

    conversation: str
    calls: int
    cases: int = 0
    everything: bool = True
    broken: list[tuple[str, str, Violation]] = field(default_factory=list)
    known: Counter[Known] = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """Yield what broke that nobody knew, each in a line with what reproduces it."""
        shown: Counter[str] = Counter()
        for name, call, violation in self.broken:
            shown[violation.rule] += 1
            if shown[violation.rule] <= SHOWN_OF_A_RULE:
                yield f"BROKEN {violation.rule}: {violation.how}\n       at {call}; make prove CASE={name}"
        for rule, times in shown.items():
            if times > SHOWN_OF_A_RULE:
                yield f"       {rule}: {times} cases in all"

    def stale(self) -> list[Known]:
        """Return the marks of this conversation that nothing breaks any more."""
        return [mark for mark in KNOWN if mark.conversation == self.conversation and mark not in self.known]


@contextmanager
def an_office() -> Iterator[World]:
    """Provide a world in a folder of its own."""
    # An invocation that died, or had nothing to do, has none.
    warnings.filterwarnings("ignore", message="No application metrics to publish")
    with TemporaryDirectory() as folder, surroundings(Path(folder)) as world:
        yield world


def attack(world: World, conversation: Conversation, empty: bytes, share: Share) -> Found:
    """Run the chosen cases of a conversation, and as many others as its marks need to be seen."""
    attacked = Attack(world, conversation, empty)
    found = Found(conversation.name, attacked.calls)
    _run_without_a_fault(attacked, found)
    left = []
    for case in attacked.cases():
        if share.has(case):
            _run(attacked, case, found)
        else:
            left.append(case)
    found.everything = not left
    for case in left:
        if not found.stale():
            break
        _run(attacked, case, found)
    return found


def _run_without_a_fault(attacked: Attack, found: Found) -> None:
    name = attacked.conversation.name
    _sort(found, name, "no call: no fault", attacked.violations_without_a_fault, at_end=False)


def _run(attacked: Attack, case: Case, found: Found) -> None:
    found.cases += 1
    _sort(found, str(case), attacked.call(case), attacked.violations(case), at_end=case.at_end)


def _sort(found: Found, name: str, call: str, violations: Sequence[Violation], *, at_end: bool) -> None:
    for violation in violations:
        marks = [mark for mark in KNOWN if mark.covers(found.conversation, violation, at_end=at_end)]
        found.known.update(marks)
        if not marks:
            found.broken.append((name, call, violation))


def attack_all(names: Sequence[str], share: Share, processes: int) -> Iterator[Found]:
    """Yield what became of each of these conversations as soon as it is known."""
    chosen = [conversation for conversation in CONVERSATIONS if not names or conversation.name in names]
    # The longest first, so that no process is left alone with one.
    chosen.sort(key=lambda conversation: -len(conversation.steps))
    if processes == 1:
        yield from (_attack_alone(conversation, share) for conversation in chosen)
        return
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        running = [pool.submit(_attack_alone, conversation, share) for conversation in chosen]
        for future in as_completed(running):
            yield future.result()


def _attack_alone(conversation: Conversation, share: Share) -> Found:
    with an_office() as world:
        return attack(world, conversation, world.take_out(), share)


def run_one(name: str) -> Found:
    """Run the case of this name, a conversation without a fault by its own. Raises ValueError where there is none."""
    conversation = next((each for each in CONVERSATIONS if each.name == name.partition("/")[0]), None)
    if conversation is None:
        raise ValueError(f"{name!r} begins with no conversation; --list names them")
    with an_office() as world:
        attacked = Attack(world, conversation, world.take_out())
        found = Found(conversation.name, attacked.calls, everything=False)
        if name == conversation.name:
            _run_without_a_fault(attacked, found)
            return found
        case = next((case for case in attacked.cases() if str(case) == name), None)
        if case is None:
            raise ValueError(f"{conversation.name} has {attacked.calls} calls, and no case {name!r}")
        _run(attacked, case, found)
    return found
