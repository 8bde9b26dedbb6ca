"""What can become of what each function is given, by the names that stand in its log and in its metrics.

They come beside the names that others see: `webhook` and `confirm` also tell the `Kind` of their answer, and `checkin`
the `Outcome` of a scan or the `UndoRefusal`.
"""

from enum import StrEnum


class WebhookOutcome(StrEnum):
    """Name what becomes of a request of Meta's, and of each message and receipt in it."""

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
    MOVED = "moved"  # a booking went along with its holder to other ids
    MOVED_NOTHING = "moved_nothing"
    UNANSWERED = "unanswered"
    SILENCED = "silenced"  # its sender writes too much, and was told so
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
    """Name what becomes of a seat request that gets no answer."""

    MOVES_ON = "moves_on"  # to the group of a later day
    NOTHING = "nothing"  # nobody has to hear of it
    DAY_NOT_SETTLED = "day_not_settled"
    PUT_ASIDE = "put_aside"  # it failed too often, and is tried on where it holds up no day
    FAULT = "fault"


class ExpiryOutcome(StrEnum):
    """Name what is due, in the log and beside the number of bookings."""

    CALLED_OFF = "called_off"
    VOIDED = "voided"
    REMINDED = "reminded"
    FAULT = "fault"


class CheckinOutcome(StrEnum):
    """Name why the door's API does not do what it is asked; the value is the problem's `code`."""

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
    """Name what becomes of what is in the outbox."""

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
    # That a message was seen is never tried again.
    SEEN = "seen"
    SEEN_TOO_LATE = "seen_too_late"
    SEEN_NOT_SHOWN = "seen_not_shown"
    # It comes again.
    RETRY = "retry"
    LINE_DOWN = "line_down"
    HELD = "held"  # not tried, because nothing gets out
    NO_TIME_LEFT = "no_time_left"
    FAULT = "fault"


# Everything else is counted too. What an alarm looks at has to be.
LOGGED_ONLY = frozenset({"Confirm.day_not_settled"})


def metric_name(function: str, outcome: StrEnum) -> str:
    """Return the name of the metric of an outcome, such as `Notify.sent`; `function` is in small letters."""
    return f"{function.title()}.{outcome}"
