"""The outcomes of each function, by the names that stand in its log and in its metrics.

`webhook` and `confirm` also record the `Kind` of an answer, and `checkin` the `Outcome` of a scan or the
`UndoRefusal`: those are the names that others see.
"""

from enum import StrEnum


class WebhookOutcome(StrEnum):
    """What becomes of a request of Meta's, and of each message and receipt in it."""

    VERIFIED = "verified"
    VERIFICATION_REFUSED = "verification_refused"
    SIGNATURE_REFUSED = "signature_refused"
    NOT_JSON = "not_json"
    SKIPPED = "skipped"  # neither a message nor a receipt that we can use
    UNKNOWN_PHONE_NUMBER_ID = "unknown_phone_number_id"  # not to this office's number
    # A message that gets no answer at once.
    ASKED_FOR_SEAT = "asked_for_seat"
    ASKED_FOR_RELEASE = "asked_for_release"
    ASKED_FOR_RESCHEDULE = "asked_for_reschedule"
    MOVED = "moved"  # the sender has other ids now, and their booking with them
    MOVED_NOTHING = "moved_nothing"
    UNANSWERED = "unanswered"
    SILENCED = "silenced"  # its sender writes too much and was told so
    # A receipt.
    RECEIPT_SENT = "receipt_sent"
    RECEIPT_DELIVERED = "receipt_delivered"
    RECEIPT_READ = "receipt_read"
    RECEIPT_PLAYED = "receipt_played"
    RECEIPT_FAILED = "receipt_failed"
    RECEIPT_LINE_DOWN = "receipt_line_down"  # it failed because nothing gets out
    RECEIPT_UNKNOWN = "receipt_unknown"
    RECEIPT_WITHOUT_ID = "receipt_without_id"
    FAULT = "fault"


class ConfirmOutcome(StrEnum):
    """What becomes of a seat request that gets no answer."""

    MOVES_ON = "moves_on"  # to the group of a later day
    NOTHING = "nothing"  # it changes nothing and nobody is told
    DAY_NOT_SETTLED = "day_not_settled"
    PUT_ASIDE = "put_aside"  # it failed too often, and is tried again where it holds up no day
    FAULT = "fault"


class ExpiryOutcome(StrEnum):
    """What the schedule did to bookings; each is logged and counted with their number."""

    CALLED_OFF = "called_off"
    VOIDED = "voided"
    REMINDED = "reminded"
    FAULT = "fault"


class CheckinOutcome(StrEnum):
    """Why the door's API refuses a request; the value is the problem's `code`."""

    ROUTE_UNKNOWN = "route_unknown"
    FILE_UNKNOWN = "file_unknown"
    NOT_STAFF = "not_staff"
    SUPERVISOR_ONLY = "supervisor_only"
    BODY_NOT_JSON = "body_not_json"
    BODY_NOT_OBJECT = "body_not_object"
    CODE_OR_QR = "code_or_qr"
    NONCE_INVALID = "nonce_invalid"
    NONCE_TAKEN = "nonce_taken"
    DEVICE_INVALID = "device_invalid"
    GRACE_INVALID = "grace_invalid"
    HAPPENED_AT_INVALID = "happened_at_invalid"
    REASON_INVALID = "reason_invalid"
    DATE_INVALID = "date_invalid"
    SEARCH_INVALID = "search_invalid"
    # Beside the outcome of a scan.
    TOLD_LATE = "told_late"


class NotifyOutcome(StrEnum):
    """What becomes of a message of the outbox."""

    # An answer is done with.
    SENT = "sent"
    SENT_WITHOUT_TEMPLATE = "sent_without_template"  # a notice, as a text: WhatsApp does not take its template
    SENT_BEFORE = "sent_before"
    STALE = "stale"  # a notice that was overtaken while it waited
    GIVEN_UP = "given_up"  # its recipient cannot be reached
    OUR_FAULT = "our_fault"  # given up, because what we made cannot be sent
    # A photo is done with.
    PHOTO_KEPT = "photo_kept"
    PHOTO_KEPT_BEFORE = "photo_kept_before"
    PHOTO_NOT_NEEDED = "photo_not_needed"  # the booking has ended
    PHOTO_LOST = "photo_lost"  # its holder is told
    # The sign that a message was seen is never tried again.
    SEEN = "seen"
    SEEN_TOO_LATE = "seen_too_late"
    SEEN_NOT_SHOWN = "seen_not_shown"
    # The queue delivers it again.
    RETRY = "retry"
    LINE_DOWN = "line_down"
    HELD = "held"  # not tried, because nothing gets out
    NO_TIME_LEFT = "no_time_left"
    FAULT = "fault"


# All others are counted too, as what an alarm watches has to be.
LOGGED_ONLY = frozenset({"Confirm.day_not_settled"})


def metric_name(function: str, outcome: StrEnum) -> str:
    """Return the name of the metric of an outcome, such as `Notify.sent`; `function` is in small letters."""
    return f"{function.title()}.{outcome}"
