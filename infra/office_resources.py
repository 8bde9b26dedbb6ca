"""The resources of an office: bookings, secrets, staff accounts, photos, and the queues."""

from aws_cdk import Stack

from infra.booking_table import BookingTable
from infra.fifo_queue import FifoQueue
from infra.office_functions import CONFIRM_TIMEOUT, NOTIFY_TIMEOUT
from infra.photo_bucket import PhotoBucket
from infra.secrets import Secrets
from infra.signing_key import SigningKey
from infra.staff import Staff

# Pauses double up to a quarter of an hour. So a seat request is tried for half an hour, and an answer for more than a
# week, in case WhatsApp is out of reach for that long (a queue keeps nothing for longer than two weeks). An answer that
# fails because of us is given up by `notify` much sooner.
SEAT_ATTEMPTS = 12
ANSWER_ATTEMPTS = 1000


class OfficeResources:
    """The resources of an office.

    They stand directly in the stack: inside another construct they would have other logical ids, and CloudFormation
    would replace the table, the keys and the user pool by empty ones. `photos` is None where no photos are asked for.
    """

    def __init__(self, stack: Stack, *, office: str, photo_retention_days: int | None) -> None:
        self.table = BookingTable(stack, "Bookings")
        self.secrets = Secrets(stack, "Secrets", office=office)
        self.signing_key = SigningKey(stack, "SigningKey", office=office)
        self.staff = Staff(stack, "Staff")
        self.day_queue = FifoQueue(
            stack, "Days", url_variable="DAY_QUEUE_URL", consumer_timeout=CONFIRM_TIMEOUT, attempts=SEAT_ATTEMPTS
        )
        self.outbox = FifoQueue(
            stack, "Outbox", url_variable="OUTBOX_QUEUE_URL", consumer_timeout=NOTIFY_TIMEOUT, attempts=ANSWER_ATTEMPTS
        )
        self.photos = (
            PhotoBucket(stack, "Photos", retention_days=photo_retention_days)
            if photo_retention_days is not None
            else None
        )
