"""Every answer that an applicant can get, by name. The words stand in `texts/`, one entry for each name here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Name an answer; the value is its key in the texts."""

    # What is asked for is done.
    ECHO = "echo"
    TICKET = "ticket"
    CANCELLED = "cancelled"
    # A registration is refused.
    MISREAD = "misread"
    BIRTH_DATE_IMPOSSIBLE = "birth_date_impossible"
    SERVICE_DATE_IMPOSSIBLE = "service_date_impossible"
    SERVICE_DATE_PAST = "service_date_past"
    SERVICE_DATE_TOO_SOON = "service_date_too_soon"
    BEYOND_HORIZON = "beyond_horizon"
    OFFICE_CLOSED_WEEKDAY = "office_closed_weekday"
    OFFICE_CLOSED_NAMED = "office_closed_named"
    OUTSIDE_HOURS = "outside_hours"
    DAY_FULL = "day_full"
    ALL_DAYS_FULL = "all_days_full"
    ALREADY_BOOKED = "already_booked"
    ALREADY_CHECKED_IN = "already_checked_in"
    PERSON_BOOKED = "person_booked"
    PERSON_PENDING = "person_pending"
    SUPERSEDED = "superseded"
    # An approval is refused.
    CODE_UNKNOWN = "code_unknown"
    CODE_TOO_LATE = "code_too_late"
    CODE_NOT_YOURS = "code_not_yours"
    CODE_REPLACED = "code_replaced"
    CODE_CANCELLED = "code_cancelled"
    # A cancellation is refused.
    NOTHING_TO_CANCEL = "nothing_to_cancel"
    CANCEL_NOT_YOURS = "cancel_not_yours"
    ALREADY_CANCELLED = "already_cancelled"
    # A booking that is over.
    EXPIRED = "expired"
    # Anything else.
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold an answer's name and the values that its text shows.

    Values are plain: dates and moments in ISO 8601 (moments with their offset), codes as they are stored. How they are
    shown is the texts' business.
    """

    kind: Kind
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
