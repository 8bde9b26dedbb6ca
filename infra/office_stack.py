"""Everything that one office runs in AWS."""

import sys
from functools import partial
from pathlib import Path

from aws_cdk import AssetHashType, CfnOutput, Duration, Environment, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.api import Api
from infra.booking_table import GET_AND_UPDATE, READ_AND_UPDATE, READ_UPDATE_AND_PUT, BookingTable
from infra.fifo_queue import FifoQueue
from infra.function import Function, runtime_of
from infra.office_alarms import add_office_alarms
from infra.photo_bucket import PhotoBucket
from infra.schedule import Schedule
from infra.secrets import Secrets
from infra.signing_key import SigningKey
from infra.staff import Staff

WEBHOOK_TIMEOUT = Duration.seconds(28)  # the HTTP API gives up after 30
CONFIRM_TIMEOUT = Duration.seconds(30)
EXPIRY_TIMEOUT = Duration.seconds(60)
CHECKIN_TIMEOUT = Duration.seconds(10)  # a person stands at the door
NOTIFY_TIMEOUT = Duration.seconds(90)  # twice the slowest answer, see its handler

# With pauses that double up to a quarter of an hour, a seat request is tried for half an hour, and an answer for more
# than a week: for so long a line that is down may stay so (a queue keeps nothing for longer than two). What is our own
# fault does not use that up: `notify` gives it up much sooner.
ANSWER_ATTEMPTS = 1000
SEAT_ATTEMPTS = 12

# A function gets processor in proportion to memory, so it has more where a person waits for it.
QUICK_MB = 1024
PATIENT_MB = 512


class OfficeStack(Stack):
    """Compose one office: what holds its bookings, what runs them, who may reach what.

    `functions` is the folder of the five packages, `layer` a folder that `build_layer` returned, and `scanner_page` one
    that `build_scanner_page` returned. `photo_days` is for how long photos are kept, None where none are asked for.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        office: str,
        functions: Path,
        layer: Path,
        scanner_page: Path,
        photo_days: int | None,
        env: Environment,
    ) -> None:
        super().__init__(scope, construct_id, env=env, description=f"Antrian: the WhatsApp queue of {office}")
        Tags.of(self).add("project", "antrian")
        Tags.of(self).add("office", office)

        table = BookingTable(self, "Bookings")
        secrets = Secrets(self, "Secrets", office=office)
        signing_key = SigningKey(self, "SigningKey", office=office)
        staff = Staff(self, "Staff")
        days = FifoQueue(
            self, "Days", url_variable="DAY_QUEUE_URL", consumer_timeout=CONFIRM_TIMEOUT, attempts=SEAT_ATTEMPTS
        )
        outbox = FifoQueue(
            self, "Outbox", url_variable="OUTBOX_QUEUE_URL", consumer_timeout=NOTIFY_TIMEOUT, attempts=ANSWER_ATTEMPTS
        )
        photos = PhotoBucket(self, "Photos", days=photo_days) if photo_days is not None else None

        common = _layer(self, "Layer", layer, "The package antrian, what it depends on, and the offices' files")
        page = _layer(self, "ScannerPage", scanner_page, "The scanner page")
        function = partial(Function, self, functions=functions, layers=[common], environment={"OFFICE": office})
        webhook = function("Webhook", timeout=WEBHOOK_TIMEOUT, memory_mb=QUICK_MB)
        confirm = function("Confirm", timeout=CONFIRM_TIMEOUT, memory_mb=QUICK_MB)
        expiry = function("Expiry", timeout=EXPIRY_TIMEOUT, memory_mb=PATIENT_MB)
        checkin = function("Checkin", timeout=CHECKIN_TIMEOUT, memory_mb=QUICK_MB, layers=[common, page])
        notify = function("Notify", timeout=NOTIFY_TIMEOUT, memory_mb=PATIENT_MB)

        table.allow(webhook, READ_UPDATE_AND_PUT)
        table.allow(confirm, READ_UPDATE_AND_PUT)
        table.allow(expiry, READ_AND_UPDATE)
        table.allow(checkin, READ_UPDATE_AND_PUT)
        table.allow(notify, GET_AND_UPDATE)
        secrets.allow_codes(webhook)
        secrets.allow_codes(confirm)
        secrets.allow_whatsapp(webhook)
        secrets.allow_whatsapp(notify)
        signing_key.allow_signing(notify)
        signing_key.allow_verifying(checkin)
        staff.allow_sign_in(checkin)
        for sender in (webhook, confirm, expiry):
            days.allow_sending(sender)
            outbox.allow_sending(sender)
        if photos:
            photos.allow_putting(notify)
            outbox.allow_sending(notify)  # whose photo is lost is told so

        days.deliver_to(confirm)
        outbox.deliver_to(notify)
        every_minute = Schedule(self, "EveryMinute", function=expiry, interval=Duration.minutes(1))
        api = Api(self, "Api", office=office, webhook=webhook.function, checkin=checkin.function, staff=staff)

        add_office_alarms(
            office=office,
            webhook=webhook,
            expiry=expiry,
            notify=notify,
            days=days,
            outbox=outbox,
            every_minute=every_minute,
        )

        outputs = {
            "WebhookUrl": f"{api.url}/webhook",
            "ApiUrl": api.url,
            "ScannerUrl": f"{api.url}/scanner",
            "TableName": table.table.table_name,
            "UserPoolId": staff.user_pool.user_pool_id,
            "UserPoolClientId": staff.client.user_pool_client_id,
            "DayQueueUrl": days.queue.queue_url,
            "OutboxQueueUrl": outbox.queue.queue_url,
            "WebhookFunction": webhook.function.function_name,
            "ConfirmFunction": confirm.function.function_name,
            "ExpiryFunction": expiry.function.function_name,
            "CheckinFunction": checkin.function.function_name,
            "NotifyFunction": notify.function.function_name,
            **({"PhotoBucketName": photos.bucket.bucket_name} if photos else {}),
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _layer(scope: Construct, construct_id: str, folder: Path, description: str) -> lambda_.LayerVersion:
    return lambda_.LayerVersion(
        scope,
        construct_id,
        # The folder's name is the digest of what went in, which spares the CDK reading all of it.
        code=lambda_.Code.from_asset(str(folder), asset_hash=folder.name, asset_hash_type=AssetHashType.CUSTOM),
        compatible_runtimes=[runtime_of(sys.version_info[:2])],
        compatible_architectures=[lambda_.Architecture.ARM_64],
        description=description,
    )
