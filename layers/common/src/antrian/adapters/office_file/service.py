"""Reads `[service]` of an office file: the hours, the counters, and how people come."""

from datetime import time

from antrian.adapters.office_file.table import WEEKDAYS, OfficeTable
from antrian.domain.cases import Case
from antrian.domain.office import ServiceRules, Session

# A day is opened in one transaction, which takes at most 100 items; one of them says that the day is open.
MOST_SLOTS_A_DAY = 99
# With this many seats, all of them cooling, a slot's item stays under 1 KB, the unit by which a write is billed.
MOST_SEATS_A_SLOT = 36
LONGEST_COOLING = 720
# A reminder must not wake anybody up, nor come in the morning, a whole day ahead.
EARLIEST_REMINDER, LATEST_REMINDER = time(12), time(21)
# The caption below a QR image takes 1,024 characters, and the documents stand in it with everything else.
MOST_DOCUMENTS = 8
LONGEST_DOCUMENT = 80
LONGEST_DOCUMENTS = 500


def read_service(table: OfficeTable) -> ServiceRules:
    """Return the rules in this table. Raises OfficeFileError."""
    sessions = _sessions(table)
    slot_minutes = table.number("slot_minutes", 5, 240, "the minutes of one slot")
    _check_sessions(table, sessions, slot_minutes)
    rules = ServiceRules(
        sessions=sessions,
        slot_minutes=slot_minutes,
        counters=table.number("counters", 1, 100, "the counters that interview at the same time"),
        interview_minutes=table.number("interview_minutes", 1, 240, "the estimated minutes of one interview"),
        quota=table.number("quota", 1, 5000, "the most people a day"),
        # The door lets people in from then until their hour; with 0 minutes it would let nobody in.
        come_early_minutes=table.number("come_early_minutes", 5, 240, "how many minutes before the hour to come"),
        grace_minutes=table.number("grace_minutes", 0, 240, "the minutes after the hour before a code is void"),
        cooling_minutes=_cooling(table),
        reminder_at=_reminder_at(table),
        documents=_documents(table),
        not_here=_cases(table, "not_here", "who cannot book over WhatsApp"),
        come_directly=_cases(table, "come_directly", "who may come without booking"),
    )
    _check_seats(table, rules)
    if both := [case for case in rules.come_directly if case in rules.not_here]:
        raise table.refuse("come_directly", both[0], "a case that does not stand in not_here as well")
    table.finish()
    return rules


def _check_seats(table: OfficeTable, rules: ServiceRules) -> None:
    if not 1 <= rules.seats_per_slot <= MOST_SEATS_A_SLOT:
        raise table.refuse(
            "slot_minutes",
            rules.slot_minutes,
            f"{rules.counters} counters with interviews of {rules.interview_minutes} minutes make "
            f"{rules.seats_per_slot} seats a slot; choose a length that makes 1 to {MOST_SEATS_A_SLOT}",
        )


def _sessions(table: OfficeTable) -> tuple[Session, ...]:
    sessions = []
    for entry in table.tables("sessions", "one or more [[service.sessions]] with weekdays, starts and ends"):
        weekdays = entry.entries(
            "weekdays",
            f"a list of {', '.join(WEEKDAYS)}",
            lambda item: isinstance(item, str) and item in WEEKDAYS,
            least=1,
        )
        starts, ends = entry.hour("starts"), entry.hour("ends")
        if starts is None or ends is None or starts >= ends:
            raise entry.refuse("ends", f"{ends:%H:%M}", f"later than starts, {starts:%H:%M}")
        entry.finish()
        sessions.append(Session(frozenset(WEEKDAYS.index(day) for day in weekdays), starts, ends))
    return tuple(sorted(sessions, key=lambda session: session.starts))


def _check_sessions(table: OfficeTable, sessions: tuple[Session, ...], slot_minutes: int) -> None:
    for weekday, name in enumerate(WEEKDAYS):
        before: Session | None = None
        slots = 0
        for session in (session for session in sessions if weekday in session.weekdays):
            if before is not None and session.starts < before.ends:
                raise table.refuse(
                    "sessions",
                    f"{name} {session.starts:%H:%M} to {session.ends:%H:%M}",
                    f"sessions of one day must not overlap, and {before.starts:%H:%M} to {before.ends:%H:%M} does",
                )
            before = session
            minutes = (session.ends.hour - session.starts.hour) * 60 + session.ends.minute - session.starts.minute
            if minutes % slot_minutes:
                raise table.refuse(
                    "slot_minutes",
                    slot_minutes,
                    f"the session {session.starts:%H:%M} to {session.ends:%H:%M} has {minutes} minutes; "
                    "choose a length that divides it without remainder",
                )
            slots += minutes // slot_minutes
        if slots > MOST_SLOTS_A_DAY:
            raise table.refuse(
                "slot_minutes", slot_minutes, f"longer: {name} would have {slots} slots, at most {MOST_SLOTS_A_DAY}"
            )


def _cases(table: OfficeTable, key: str, who: str) -> tuple[Case, ...]:
    right = f"{who}: a list of {', '.join(Case)}, each once"
    known = table.entries(key, right, lambda item: isinstance(item, str) and item in set(Case), least=1)
    if len(set(known)) < len(known):
        raise table.refuse(key, known, right)
    return tuple(Case(case) for case in known)


def _cooling(table: OfficeTable) -> tuple[int, int]:
    right = (
        "the minutes between which a seat that was given back cools, such as [15, 60]: whole numbers from 0 to "
        f"{LONGEST_COOLING}, the second larger than the first; [0, 0] lets it be booked at once"
    )
    bounds = table.entries("cooling_minutes", right, _is_cooling, least=2)
    low, high = bounds if len(bounds) == 2 else (0, 0)
    if len(bounds) != 2 or not (low < high or low == high == 0):
        raise table.refuse("cooling_minutes", bounds, right)
    return low, high


def _is_cooling(item: object) -> bool:
    return isinstance(item, int) and not isinstance(item, bool) and 0 <= item <= LONGEST_COOLING


def _reminder_at(table: OfficeTable) -> time | None:
    at = table.hour("reminder_at", optional=True)
    if at is not None and not EARLIEST_REMINDER <= at <= LATEST_REMINDER:
        bounds = f"from {EARLIEST_REMINDER:%H:%M} to {LATEST_REMINDER:%H:%M}"
        raise table.refuse("reminder_at", f"{at:%H:%M}", f"{bounds}, on the day before; leave it out for none")
    return at


def _documents(table: OfficeTable) -> tuple[str, ...]:
    right = (
        f"the documents to bring, a list of at most {MOST_DOCUMENTS} texts of one line and at most {LONGEST_DOCUMENT} "
        f"characters, and {LONGEST_DOCUMENTS} characters together"
    )
    documents = [text.strip() for text in table.entries("documents", right, _is_document, least=1)]
    if len(documents) > MOST_DOCUMENTS:
        raise table.refuse("documents", f"{len(documents)} texts", right)
    if (length := sum(map(len, documents))) > LONGEST_DOCUMENTS:
        raise table.refuse("documents", f"{length} characters together", right)
    return tuple(documents)


def _is_document(item: object) -> bool:
    return isinstance(item, str) and bool(item.strip()) and item.isprintable() and len(item) <= LONGEST_DOCUMENT
