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
    NO_DAY_OPEN = "no_day_open"
    # A registration is not complete.
    PHOTO_MISSING = "photo_missing"
    WORDS_MISSING = "words_missing"
    PHOTO_UNFIT = "photo_unfit"
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
    # A move to another day is refused.
    RESCHEDULE_FULL = "reschedule_full"
    RESCHEDULE_ALL_FULL = "reschedule_all_full"
    ALREADY_THAT_DAY = "already_that_day"
    NOTHING_TO_RESCHEDULE = "nothing_to_reschedule"
    RESCHEDULE_NOT_YOURS = "reschedule_not_yours"
    RESCHEDULED_TOO_OFTEN = "rescheduled_too_often"
    OFFICE_GIVES_THE_DAY = "office_gives_the_day"
    # A booking that is over.
    EXPIRED = "expired"
    DAY_CLOSED = "day_closed"
    DAY_CLOSED_FULL = "day_closed_full"
    # A booking that stands, and nobody asked.
    REMINDER = "reminder"
    # An applicant is led to a registration.
    ASK_NAME = "ask_name"
    ASK_NAME_AGAIN = "ask_name_again"
    ASK_BIRTH_DATE = "ask_birth_date"
    ASK_BIRTH_DATE_AGAIN = "ask_birth_date_again"
    ASK_ADDRESS = "ask_address"
    ASK_ADDRESS_AGAIN = "ask_address_again"
    ASK_DAY = "ask_day"
    ASK_DAY_AGAIN = "ask_day_again"
    DIALOGUE_ENDED = "dialogue_ended"
    # Which days have seats.
    QUOTA = "quota"
    QUOTA_FULL = "quota_full"
    NEXT_DAY = "next_day"
    DAYS_TO_MOVE_TO = "days_to_move_to"
    NO_OTHER_DAY = "no_other_day"
    # Who does not book here.
    NOT_HERE = "not_here"
    COME_DIRECTLY = "come_directly"
    # Anything else.
    HELP = "help"
    HELP_PENDING = "help_pending"
    HELP_BOOKED = "help_booked"
    HELP_CHECKED_IN = "help_checked_in"
    ONLY_TEXT = "only_text"
    PHOTO_NOT_KEPT = "photo_not_kept"
    PHOTO_NOT_NEEDED = "photo_not_needed"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold an answer's name and the values that its text shows.

    Values are plain: dates and moments in ISO 8601 (moments with their offset), codes as they are stored. How they are
    shown is the texts' business.
    """

    kind: Kind
    fields: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
