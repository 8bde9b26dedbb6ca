"""Everything that one office runs in AWS."""

import sys
from functools import partial
from pathlib import Path

from aws_cdk import AssetHashType, CfnOutput, Duration, Environment, Stack, Tags
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from antrian.domain.outcomes import NotifyOutcome, WebhookOutcome
from infra.api import Api
from infra.booking_table import BookingTable
from infra.every_minute import EveryMinute
from infra.fifo_queue import FifoQueue
from infra.function import Function, runtime_of
from infra.photo_bucket import PhotoBucket
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

READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
MOVE = (*READ, "dynamodb:UpdateItem")
ADD = (*MOVE, "dynamodb:PutItem")


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

        table = BookingTable(self, "Bookings").table
        secrets = Secrets(self, "Secrets", office=office)
        signing_key = SigningKey(self, "SigningKey", office=office)
        staff = Staff(self, "Staff")
        days = FifoQueue(self, "Days", consumer_timeout=CONFIRM_TIMEOUT, attempts=SEAT_ATTEMPTS).queue
        outbox = FifoQueue(self, "Outbox", consumer_timeout=NOTIFY_TIMEOUT, attempts=ANSWER_ATTEMPTS).queue

        bookings = {"OFFICE": office, "TABLE_NAME": table.table_name}
        to_applicants = {"OUTBOX_QUEUE_URL": outbox.queue_url}
        to_days = {"DAY_QUEUE_URL": days.queue_url}
        whatsapp = {"WHATSAPP_SECRET": secrets.whatsapp.secret_name}
        codes = {"CODES_SECRET": secrets.codes.secret_arn}
        qr_codes = {"SIGNING_KEY_ID": signing_key.key.key_id}
        photos = PhotoBucket(self, "Photos", days=photo_days) if photo_days is not None else None
        to_photos = {"PHOTO_BUCKET": photos.bucket.bucket_name} if photos else {}

        common = _layer(self, "Layer", layer, "The package antrian, what it depends on, and the offices' files")
        page = _layer(self, "ScannerPage", scanner_page, "The scanner page")
        function = partial(Function, self, functions=functions, layers=[common])
        webhook = function(
            "Webhook",
            timeout=WEBHOOK_TIMEOUT,
            memory_mb=QUICK_MB,
            environment={**bookings, **to_days, **to_applicants, **whatsapp, **codes},
        )
        confirm = function(
            "Confirm",
            timeout=CONFIRM_TIMEOUT,
            memory_mb=QUICK_MB,
            environment={**bookings, **to_days, **to_applicants, **codes},
        )
        expiry = function(
            "Expiry",
            timeout=EXPIRY_TIMEOUT,
            memory_mb=PATIENT_MB,
            environment={**bookings, **to_days, **to_applicants},
        )
        checkin = function(
            "Checkin",
            layers=[common, page],
            timeout=CHECKIN_TIMEOUT,
            memory_mb=QUICK_MB,
            environment={**bookings, **qr_codes, "USER_POOL_CLIENT_ID": staff.client.user_pool_client_id},
        )
        notify = function(
            "Notify",
            timeout=NOTIFY_TIMEOUT,
            memory_mb=PATIENT_MB,
            environment={**bookings, **to_applicants, **whatsapp, **qr_codes, **to_photos},
        )

        table.grant(webhook.role, *ADD)
        table.grant(confirm.role, *ADD)
        table.grant(expiry.role, *MOVE)
        table.grant(checkin.role, *ADD)
        table.grant(notify.role, "dynamodb:GetItem", "dynamodb:UpdateItem")
        secrets.allow_codes(webhook.role)
        secrets.allow_codes(confirm.role)
        secrets.allow_whatsapp(webhook.role)
        secrets.allow_whatsapp(notify.role)
        signing_key.allow_signing(notify.role)
        signing_key.allow_verifying(checkin.role)
        for sender in (webhook, confirm, expiry):
            days.grant(sender.role, "sqs:SendMessage")
            outbox.grant(sender.role, "sqs:SendMessage")

        if photos:
            photos.allow_keeping(notify.role)
            outbox.grant(notify.role, "sqs:SendMessage")  # whose photo is lost is told so

        confirm.consume(days)
        notify.consume(outbox)
        notify.ring_on(
            {
                NotifyOutcome.LINE_DOWN: "Nothing gets out to WhatsApp: mend token, permission or account. "
                "Answers wait.",
                NotifyOutcome.OUR_FAULT: "Answers were given up, because what we made cannot be sent: "
                "read the log of notify.",
                NotifyOutcome.SENT_WITHOUT_TEMPLATE: "Notices went out as texts, which mostly vanish: "
                "run make templates.",
            },
            office=office,
        )
        webhook.ring_on(
            {
                WebhookOutcome.RECEIPT_LINE_DOWN: "WhatsApp takes answers and does not deliver them: "
                "mend account or payment.",
                WebhookOutcome.FAULT: "Messages could not be handled, and come again: read the log of webhook.",
            },
            office=office,
        )
        EveryMinute(self, "EveryMinute", function=expiry.function)
        api = Api(self, "Api", office=office, webhook=webhook.function, checkin=checkin.function, staff=staff)

        outputs = {
            "WebhookUrl": f"{api.url}/webhook",
            "ApiUrl": api.url,
            "ScannerUrl": f"{api.url}/scanner",
            "TableName": table.table_name,
            "UserPoolId": staff.user_pool.user_pool_id,
            "UserPoolClientId": staff.client.user_pool_client_id,
            "DayQueueUrl": days.queue_url,
            "OutboxQueueUrl": outbox.queue_url,
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
