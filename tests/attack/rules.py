"""What must hold at the end of every case, read from the table and from what WhatsApp took."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from tests.attack.outside import Items, Told

PROBE = "wamid.probe."
CODE = re.compile(r"\bCTH[0-9A-Z]{8}\b")
DAY = re.compile(r"\b\d\d-\d\d-\d{4}\b")
STANDING = {"PENDING", "CONFIRMED", "CHECKED_IN"}
SEATED = {"CONFIRMED", "CHECKED_IN"}
# Answers that tell that something stands, that it has ended, and that it had ended before.
STANDS = {"ticket", "echo"}
ENDS = {"cancelled", "day_full", "all_days_full", "expired", "day_closed", "day_closed_full"}
HAD_ENDED = {"already_cancelled", "code_cancelled", "code_too_late", "code_replaced", "nothing_to_cancel"}


class Rule(StrEnum):
    """Name what must hold."""

    SEATS = "seats"
    """A seat is one booking's, and a booking with a seat has it."""
    CLAIMS = "claims"
    """Who stands holds their claims, and nobody else does."""
    SAME_TABLE = "same-table"
    """Where it came again at once, the table is as without the fault."""
    SAME_ANSWERS = "same-answers"
    """Where it came again at once, everybody is told the same, in the same order."""
    ANSWERED = "answered"
    """Who is answered without the fault is answered with it, under the same id."""
    ONCE = "once"
    """An answer goes out once; twice where WhatsApp had it and we had not written that down."""
    TRUTH = "truth"
    """Everybody was last told what stands, as *#status* then tells it."""
    AGAIN = "again"
    """Everything once more, six minutes later, changes nothing and tells nothing."""
    RAISED = "raised"
    """A function raises nothing by itself."""
    LEFT = "left"
    """Nothing is left in a queue, nothing among the dead letters."""


class Violation(NamedTuple):
    """Hold which rule is broken, and how."""

    rule: Rule
    how: str


@dataclass(frozen=True)
class Ending:
    """Hold how a run ended: what was told, what was noted on the way, the table, and what the queues still have.

    `unwritten` are messages that nobody came to write, because they never had the answer that they needed for it.
    """

    told: tuple[Told, ...]
    noted: tuple[Violation, ...]
    items: Items
    now: datetime
    dead: tuple[str, ...]
    left: tuple[str, ...]
    unwritten: frozenset[str]

    def after(self, told: tuple[Told, ...], noted: tuple[Violation, ...] = ()) -> "Ending":
        """Return the ending of a run in which this was told and noted before."""
        return replace(self, told=told + self.told, noted=noted + self.noted)


def broken_by(
    ending: Ending,
    clean: Ending,
    people: Mapping[str, str],
    unrecorded: frozenset[str],
    *,
    same: bool,
    as_many: bool,
) -> list[Violation]:
    """Return what an ending breaks.

    `people` are the names behind numbers and user ids, `unrecorded` the answers that may go out twice.
    `same`: it has to be the clean ending in everything. `as_many`: as many messages have to be answered, whichever.
    """
    return [
        *ending.noted,
        *(Violation(Rule.LEFT, f"dead letter: {body}") for body in ending.dead),
        *(Violation(Rule.LEFT, f"in a queue: {body}") for body in ending.left),
        *_seats(ending.items),
        *_claims(ending.items, ending.now),
        *_answered(ending, clean, as_many=as_many),
        *_once(ending, unrecorded),
        *_truth(ending, people),
        *(_same(ending, clean) if same else ()),
    ]


def essence(items: Items) -> dict[str, str]:
    """Return what of a table must not change by itself: bookings, claims and slots."""
    return {key: item for key, item in _flat(items).items() if key.startswith(("BOOKING#", "CLAIM#", "DAY#"))}


def changed(before: Mapping[str, str], after: Mapping[str, str], told: Sequence[Told]) -> list[Violation]:
    """Return what happened although nothing was to happen."""
    effects = [f"changed {difference}" for difference in _differences(before, after)]
    return [Violation(Rule.AGAIN, how) for how in (*effects, *(f"told {each.id}" for each in told))]


def _flat(items: Items) -> dict[str, str]:
    return {f"{pk} {sk}": json.dumps(item, sort_keys=True) for pk, rows in items.items() for sk, item in rows.items()}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for key in sorted({*before, *after}):
        was, is_ = json.loads(before.get(key, "{}")), json.loads(after.get(key, "{}"))
        names = sorted(name for name in {*was, *is_} if was.get(name) != is_.get(name))
        if not was or not is_:
            yield f"{key}: {'came' if is_ else 'went'}"
        elif names:
            yield f"{key}: " + ", ".join(f"{name} {_shown(was, name)} → {_shown(is_, name)}" for name in names)


def _shown(item: Mapping[str, Any], name: str) -> str:
    return _text(item, name)[-60:] or "nothing"


def _rows(items: Items, prefix: str, sk: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for pk, rows in items.items():
        if pk.startswith(prefix):
            yield from ((pk.removeprefix(prefix), item) for key, item in rows.items() if key.startswith(sk))


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(next(iter(item[name].values()))) if name in item else ""


def _seats(items: Items) -> Iterator[Violation]:
    bookings = dict(_rows(items, "BOOKING#"))
    seated: set[str] = set()
    for day, slot in _rows(items, "DAY#", "SLOT#"):
        first, capacity = int(_text(slot, "first_number")), int(_text(slot, "capacity"))
        for number, holder in slot["seats"]["M"].items():
            code = holder["S"]
            where = f"{day}, number {number}"
            if not first <= int(number) < first + capacity:
                yield Violation(Rule.SEATS, f"{where}: there is no such seat")
            if code[0].islower():
                continue  # it cools
            booking = bookings.get(code)
            if booking is None or _text(booking, "state") not in SEATED | {"EXPIRED"}:
                yield Violation(Rule.SEATS, f"{where}: held by {code}, which has no seat")
            elif (_text(booking, "number"), booking["starts_at"]) != (number, slot["starts_at"]):
                yield Violation(Rule.SEATS, f"{where}: held by {code}, which has another")
            seated.add(code)
    for code, booking in bookings.items():
        if _text(booking, "state") in SEATED and code not in seated:
            yield Violation(Rule.SEATS, f"{code} is {_text(booking, 'state')} and has no seat")


def _claims(items: Items, now: datetime) -> Iterator[Violation]:
    claims = dict(_rows(items, "CLAIM#"))
    for code, booking in _rows(items, "BOOKING#"):
        # Claims end by themselves when the day is over.
        if _text(booking, "state") in STANDING and _text(booking, "claims_until") > now.isoformat():
            for key in (claim["S"] for claim in booking["claims"]["L"]):
                if key not in claims or _text(claims[key], "booking_code") != code:
                    yield Violation(Rule.CLAIMS, f"{code} stands without its claim {key.partition('#')[0]}")


def _answered(ending: Ending, clean: Ending, *, as_many: bool) -> Iterator[Violation]:
    # A notice of ours may be overtaken; an answer is owed.
    answered, owed = (
        dict.fromkeys(each.id for each in told if each.id.startswith("wamid.")) for told in (ending.told, clean.told)
    )
    if as_many and len(answered) == len(owed):
        return
    for id_ in owed:
        if id_ not in answered and id_ not in ending.unwritten:
            yield Violation(Rule.ANSWERED, f"{id_} got no answer")


def _once(ending: Ending, unrecorded: frozenset[str]) -> Iterator[Violation]:
    for id_, times in Counter(each.id for each in ending.told).items():
        if times > (2 if id_ in unrecorded else 1):
            yield Violation(Rule.ONCE, f"{id_} was answered {times} times")


def _truth(ending: Ending, people: Mapping[str, str]) -> Iterator[Violation]:
    kinds = {id_: _text(item, "kind") for id_, item in _rows(ending.items, "SENT#")}
    for probe in ending.told:
        if not probe.id.startswith(PROBE):
            continue
        who = probe.id.removeprefix(PROBE)
        # Where an answer goes out twice, the second one is WhatsApp's to bear: it has no idempotency key.
        once = {each.id: each for each in ending.told}.values()
        mine = [each for each in once if people[each.to] == who and not each.id.startswith(PROBE)]
        stands = kinds.get(probe.id, "")
        # That an older booking has ended may be told late, and then names that one.
        told = [each for each in mine if kinds.get(each.id) in STANDS or _denies(each, kinds, probe)]
        last = told[-1] if told else None
        if stands in STANDS:
            if last is None or last.content != probe.content:
                instead = "nothing" if last is None else f"{last.id}, {kinds.get(last.id)}"
                yield Violation(Rule.TRUTH, f"{who} has what their {stands} tells, and was last told {instead}")
        elif last is not None and kinds.get(last.id) in STANDS:
            since = {kinds.get(each.id) for each in mine[mine.index(last) :]}
            if not since & HAD_ENDED and stands not in since and "checked_in" not in stands:
                yield Violation(Rule.TRUTH, f"{who} was last told {kinds.get(last.id)}, and #status tells {stands}")


def _denies(told: Told, kinds: Mapping[str, str], probe: Told) -> bool:
    if kinds.get(told.id) not in ENDS or kinds.get(probe.id) not in STANDS:
        return kinds.get(told.id) in ENDS
    codes, code_of = (set(CODE.findall(each.content.replace("-", ""))) for each in (told, probe))
    # Other days are named behind it, to choose from.
    day = DAY.search(told.content)
    return (not codes or not code_of or bool(codes & code_of)) and (day is None or day[0] in probe.content)


def _same(ending: Ending, clean: Ending) -> Iterator[Violation]:
    if ending.items is not clean.items:
        for difference in _differences(_flat(clean.items), _flat(ending.items)):
            yield Violation(Rule.SAME_TABLE, difference)
    for to in sorted({each.to for each in (*ending.told, *clean.told)}):
        heard, expected = (_heard(each.told, to) for each in (ending, clean))
        if heard != expected:
            yield Violation(Rule.SAME_ANSWERS, f"{[id_ for id_, _ in heard]} instead of {[id_ for id_, _ in expected]}")


def _heard(told: Sequence[Told], by: str) -> list[tuple[str, str]]:
    return list(dict.fromkeys((each.id, each.content) for each in told if each.to == by))
