"""Death anywhere: at every call of every conversation something goes wrong once, and the ends are compared."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from tests.attack import rules
from tests.attack.outside import Items
from tests.attack.rules import Ending, Violation
from tests.attack.script import Action, Ask, Clock, Conversation, Office, Post, Tick, Writer
from tests.attack.seam import Fault, faults_of
from tests.attack.world import Blow, What, World

# Past SQS's deduplication.
LATER = timedelta(minutes=6)
# Past an office's window for counting messages, and short of everything that is due.
ASKED_AFTER = timedelta(minutes=12)
MOST_INVOCATIONS = 200


class Case(NamedTuple):
    """Name one case: a conversation, the n-th of all its calls, what happens to it, and when it comes again.

    Without a fault the invocation to which the call belongs goes well, and nobody learns of it.
    """

    conversation: str
    call: int
    fault: Fault | None
    at_end: bool

    def __str__(self) -> str:
        return f"{self.conversation}/{self.call}/{self.fault or 'unnoticed'}/{'end' if self.at_end else 'once'}"


@dataclass
class Invocation:
    """Hold an invocation of the run without a fault: as what it began, what had been told, and its calls."""

    position: int
    what: What
    before: bytes
    told: int
    first_call: int = 0
    calls: list[str] = field(default_factory=list)


class Attack:
    """Attack one conversation. Raises LookupError where the conversation does not go as it is written.

    What follows from a state at a step is played once: a case that has come back to a state that was there before, at
    the same step, ends as that one did.
    """

    def __init__(self, world: World, conversation: Conversation, empty: bytes) -> None:
        self.conversation = conversation
        self._world = world
        self._writer = Writer(conversation.name)
        self._actions: list[Action] = []
        self._known: dict[tuple[int, str], Ending] = {}
        self._tables: dict[str, Items] = {}
        self._invocations: list[Invocation] = []
        self._watched = True
        world.put_back(empty)
        trail = self._write()
        self._watched = False
        self._told = tuple(world.told)
        self.calls = 0
        for invocation in self._invocations:
            invocation.first_call = self.calls
            self.calls += len(invocation.calls)
        self.clean = self._end(len(self._actions), trail)
        self.violations_without_a_fault = self._broken(self.clean, frozenset(), at_end=False)

    def cases(self) -> Iterator[Case]:
        """Return all cases."""
        for invocation in self._invocations:
            for at_end in (False, True):
                yield Case(self.conversation.name, invocation.first_call, None, at_end)
            for n, call in enumerate(invocation.calls, start=invocation.first_call):
                for fault in faults_of(call):
                    for at_end in (False, True):
                        yield Case(self.conversation.name, n, fault, at_end)

    def call(self, case: Case) -> str:
        """Return the name of the call at which a case goes wrong, and of the function that makes it."""
        invocation = self._invocation(case)
        function = invocation.what if isinstance(invocation.what, str) else type(invocation.what).__name__.lower()
        return f"{function}: {invocation.calls[case.call - invocation.first_call]}"

    def violations(self, case: Case) -> list[Violation]:
        """Return what a case breaks that the run without a fault does not."""
        ending, unrecorded = self._run(case)
        broken = self._broken(ending, unrecorded, at_end=case.at_end)
        return [violation for violation in broken if violation not in self.violations_without_a_fault]

    def _broken(self, ending: Ending, unrecorded: frozenset[str], *, at_end: bool) -> list[Violation]:
        same, as_many = not at_end and not self.conversation.contested, at_end and self.conversation.limited
        return rules.broken_by(ending, self.clean, self._writer.people, unrecorded, same=same, as_many=as_many)

    def _invocation(self, case: Case) -> Invocation:
        return next(each for each in reversed(self._invocations) if each.first_call <= case.call)

    def _run(self, case: Case) -> tuple[Ending, frozenset[str]]:
        world, invocation = self._world, self._invocation(case)
        world.put_back(invocation.before)
        world.invoke(invocation.what, Blow(case.call - invocation.first_call, case.fault, case.at_end))
        recorded = {key.removeprefix("SENT#") for key in world.items if key.startswith("SENT#")}
        # WhatsApp has them, and there was no time to write that down.
        unrecorded = frozenset(told.id for told in world.told if told.id not in recorded)
        self._drain(invocation.position)
        return self._end(invocation.position + 1).after(self._told[: invocation.told]), unrecorded

    def _write(self) -> "list[_Passed]":
        """Play the conversation without a fault, and write down its calls and the states in between."""
        world, trail = self._world, []
        for position, step in enumerate(self.conversation.steps):
            trail.append(_Passed((position, world.fingerprint()), len(world.told), len(world.noted)))
            world.waits()
            self._actions.append(self._writer.action(step, world.outside.now, world.told))
            self._perform(position)
        return trail

    def _end(self, position: int, trail: "list[_Passed] | None" = None) -> Ending:
        """Play on from a step to the end, and return what was told since the state was put back, and how it ended."""
        world, passed = self._world, trail or []
        rest = None
        for at in range(position, len(self._actions) + 3):
            key = at, world.fingerprint()
            rest = self._known.get(key)
            if rest is not None:
                break
            passed.append(_Passed(key, len(world.told), len(world.noted)))
            self._play(at)
        if rest is None:
            rest = self._ended()
        ending = rest.after(tuple(world.told), tuple(world.noted))
        for key, told, noted in passed:
            self._known[key] = rest.after(tuple(world.told[told:]), tuple(world.noted[noted:]))
        return ending

    def _ended(self) -> Ending:
        outside = self._world.outside
        written = json.dumps(outside.items(), sort_keys=True)
        items = self._tables.setdefault(written, json.loads(written) if written not in self._tables else {})
        dead = (*outside.days.dead, *outside.outbox.dead)
        left = (*outside.days.waiting, *outside.outbox.waiting)
        dead_letters, in_queues = (tuple(message.body for message in messages) for messages in (dead, left))
        unwritten = (id_ for what in self._world.deferred if isinstance(what, Post) for id_ in what.ids)
        return Ending((), (), items, outside.now, dead_letters, in_queues, frozenset(unwritten))

    def _play(self, position: int) -> None:
        """Play a step; after the last one, what was kept back, then everything once more, then everybody's question."""
        world, last = self._world, len(self._actions)
        world.waits()
        if position < last:
            self._perform(position)
        elif position == last:
            self._deliver_what_was_kept_back(position)
            if Tick() in self._actions:
                # The schedule goes on.
                self._invoke(position, Tick())
                self._drain(position)
        elif position == last + 1:
            before, told = rules.essence(world.items), len(world.told)
            world.waits(LATER)
            for action in (*self._actions, *world.brought):
                if isinstance(action, Post | Ask):
                    self._invoke(position, action)
                    self._drain(position)
            world.noted += rules.changed(before, rules.essence(world.items), world.told[told:])
        else:
            world.waits(ASKED_AFTER)
            for who in self.conversation.people:
                self._invoke(position, self._writer.status(who, world.outside.now))
                self._drain(position)

    def _deliver_what_was_kept_back(self, position: int) -> None:
        # What failed comes first; then those write who waited for an answer, in turn.
        kept = None
        while kept != (kept := self._world.release()):
            self._drain(position)
            for what in kept:
                self._invoke(position, what)
                self._drain(position)

    def _perform(self, position: int) -> None:
        action = self._actions[position]
        if isinstance(action, Clock | Office):
            self._world.set(action)
        else:
            self._invoke(position, action)
            self._drain(position)

    def _drain(self, position: int) -> None:
        action = self._actions[position] if position < len(self._actions) else None
        if isinstance(action, Post) and not action.drains:
            return
        for _ in range(MOST_INVOCATIONS):
            function = self._world.next_in_queues()
            if function is None:
                return
            self._invoke(position, function)
        raise RuntimeError(f"{self.conversation.name}: the queues are never empty")

    def _invoke(self, position: int, what: What) -> None:
        world = self._world
        if not self._watched:
            world.invoke(what)
            return
        invocation = Invocation(position, what, world.take_out(), len(world.told))
        # Each begins in a new environment, as it will when it is attacked.
        world.stack.forget()
        world.invoke(what)
        invocation.calls = list(world.outside.seam.calls)
        self._invocations.append(invocation)


class _Passed(NamedTuple):
    """Hold a state through which a run went, and how much had been told and noted by then."""

    key: tuple[int, str]
    told: int
    noted: int
