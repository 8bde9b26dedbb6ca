"""The composition root: the one place where environment, secrets and clients become a function's collaborators.

Each is made when it is first asked for, so that no function waits for one that it does not use.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools.utilities import parameters
from botocore.config import Config

from antrian.adapters.clock import MovedClock, SystemClock, clock_from
from antrian.adapters.emulator import emulator_url, local_setting
from antrian.adapters.office_file import load_offices
from antrian.adapters.photos import S3PhotoStore
from antrian.adapters.queues import SqsDayQueue, SqsOutbox
from antrian.adapters.signing import KmsSigningKey
from antrian.adapters.table.bookings import TableBookings
from antrian.adapters.table.days import TableDays
from antrian.adapters.table.decisions import TableDecisions
from antrian.adapters.table.dialogues import TableDialogues
from antrian.adapters.table.door import TableDoor
from antrian.adapters.table.drafts import TableDrafts
from antrian.adapters.table.rate_limit import TableRateLimit
from antrian.adapters.table.sent import TableSentLog
from antrian.adapters.table.table import Table
from antrian.adapters.whatsapp.graph import GRAPH_VERSION
from antrian.domain.office import Office

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# Several tries fit into the shortest function's time, and a batch's threads do not wait for each other.
CLIENTS = Config(connect_timeout=1, read_timeout=4, retries={"mode": "standard"}, max_pool_connections=32)
# Long enough to cost nothing, short enough that a rotated secret works without a deploy.
SECRETS_KEPT_SECONDS = 300
WHATSAPP_KEYS = frozenset({"phone_number_id", "access_token", "app_secret", "verify_token"})


class MisconfiguredError(ValueError):
    """An environment that is wrong; the text names the variable and what should be in it."""


@dataclass(frozen=True, slots=True)
class WhatsAppAccount:
    """An office's account at Meta; `docs/operations.md` shows the secret that holds it.

    `app_secrets` has two entries while the app secret is rotated.
    """

    phone_number_id: str
    access_token: str
    app_secrets: tuple[str, ...]
    verify_token: str
    graph_version: str


class Runtime:
    """A function's collaborators, made from its environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @cached_property
    def offices(self) -> Mapping[str, Office]:
        """Return all offices in the layer, by id."""
        return load_offices(_folder_in_a_layer("antrian_offices"))

    @cached_property
    def office(self) -> Office:
        """Return the office of this stack."""
        if self.office_id not in self.offices:
            known = ", ".join(sorted(self.offices))
            raise MisconfiguredError(f"OFFICE = {self.office_id!r} is not right: one of {known}")
        return self.offices[self.office_id]

    @property
    def office_id(self) -> str:
        """Return the id of the office of this stack, which is logged and counted with every outcome."""
        return self._variable("OFFICE", "the id of an office")

    @cached_property
    def clock(self) -> SystemClock | MovedClock:
        """Return the clock."""
        return clock_from(self._environ)

    @cached_property
    def bookings(self) -> TableBookings:
        """Return the bookings in the office's table."""
        return TableBookings(self._table, self._retention)

    @cached_property
    def days(self) -> TableDays:
        """Return the days in the office's table."""
        return TableDays(self._table, self._retention)

    @cached_property
    def rate_limit(self) -> TableRateLimit:
        """Return the count of what each sender writes, in the office's table."""
        return TableRateLimit(self._table)

    @cached_property
    def decisions(self) -> TableDecisions:
        """Return the decisions of messages, in the office's table."""
        return TableDecisions(self._table)

    @cached_property
    def dialogues(self) -> TableDialogues:
        """Return the senders' dialogues, in the office's table."""
        return TableDialogues(self._table)

    @cached_property
    def drafts(self) -> TableDrafts:
        """Return the drafts of registrations, in the office's table."""
        return TableDrafts(self._table)

    @cached_property
    def photos(self) -> S3PhotoStore:
        """Return the bucket of the photos that applicants send."""
        bucket = self._variable("PHOTO_BUCKET", "the name of the bucket of photos")
        # A bucket's own host name does not lead to the emulator.
        addressed = Config(s3={"addressing_style": "path" if emulator_url(self._environ) else "auto"})
        return S3PhotoStore(boto3.client("s3", config=CLIENTS.merge(addressed)), bucket)

    @cached_property
    def door(self) -> TableDoor:
        """Return what happens at the door, in the office's table."""
        return TableDoor(self._table, self._retention)

    @cached_property
    def sqs(self) -> "SQSClient":
        """Return the client of the queues."""
        return boto3.client("sqs", config=CLIENTS)

    @cached_property
    def day_queue(self) -> SqsDayQueue:
        """Return the queue to the one writer of each day."""
        return SqsDayQueue(self.sqs, self.day_queue_url)

    @cached_property
    def outbox(self) -> SqsOutbox:
        """Return the queue of answers."""
        return SqsOutbox(self.sqs, self.outbox_url)

    @property
    def day_queue_url(self) -> str:
        """Return the URL of the day queue."""
        return self._variable("DAY_QUEUE_URL", "the URL of the day queue")

    @property
    def outbox_url(self) -> str:
        """Return the URL of the queue of answers."""
        return self._variable("OUTBOX_QUEUE_URL", "the URL of the outbox")

    @cached_property
    def sent_log(self) -> TableSentLog:
        """Return the record of what was sent, in the office's table."""
        return TableSentLog(self._table)

    @cached_property
    def signing_key(self) -> KmsSigningKey:
        """Return the key that signs the office's QR codes."""
        key_id = self._variable("SIGNING_KEY_ID", "the id of the key that signs QR codes")
        return KmsSigningKey(boto3.client("kms", config=CLIENTS), key_id)

    @property
    def scanner_page(self) -> Path:
        """Return the folder of the scanner page, each file compressed with `.gz` behind its name."""
        return _folder_in_a_layer("antrian_scanner")

    @property
    def user_pool_client_id(self) -> str:
        """Return the client id with which the scanner page signs the staff in."""
        return self._variable("USER_POOL_CLIENT_ID", "the id of the scanner page's client of the user pool")

    @property
    def cognito_url(self) -> str:
        """Return where a browser signs the staff in, without a slash at the end."""
        region = self._variable("AWS_REGION", "the region of the office's stack")
        return emulator_url(self._environ) or f"https://cognito-idp.{region}.amazonaws.com"

    @cached_property
    def codes_key(self) -> bytes:
        """Return the key from which codes are derived. It never changes: a repeated message must make the same code."""
        secret = self._secrets.get(self._variable("CODES_SECRET", "the ARN of the codes' key"))
        return str(secret).encode()

    def whatsapp(self) -> WhatsAppAccount:
        """Return the office's account at Meta, as it was at most five minutes ago."""
        name = self._variable("WHATSAPP_SECRET", "the name of the secret with what Meta gave the office")
        content = json.loads(str(self._secrets.get(name, max_age=SECRETS_KEPT_SECONDS)))
        missing = WHATSAPP_KEYS - content.keys()
        if missing:
            raise MisconfiguredError(
                f"the secret {name} lacks {', '.join(sorted(missing))}; docs/operations.md shows it"
            )
        app_secret = content["app_secret"]
        return WhatsAppAccount(
            phone_number_id=content["phone_number_id"],
            access_token=content["access_token"],
            app_secrets=(app_secret,) if isinstance(app_secret, str) else tuple(app_secret),
            verify_token=content["verify_token"],
            graph_version=content.get("graph_version", GRAPH_VERSION),
        )

    def local_setting(self, name: str) -> str | None:
        """Return a setting of the local system; see `adapters.emulator`."""
        return local_setting(self._environ, name)

    @cached_property
    def _table(self) -> Table:
        table_name = self._variable("TABLE_NAME", "the name of the office's table")
        region = self._variable("AWS_REGION", "the region of the office's stack")
        return Table(table_name, region)

    @cached_property
    def _secrets(self) -> parameters.SecretsProvider:
        return parameters.SecretsProvider(boto_config=CLIENTS)

    @property
    def _retention(self) -> timedelta:
        return timedelta(days=self.office.retention_days)

    def _variable(self, name: str, what: str) -> str:
        value = self._environ.get(name)
        if not value:
            raise MisconfiguredError(f"{name} is not set: {what}; the stack sets it")
        return value


@cache
def runtime() -> Runtime:
    """Return the collaborators that the environment of this function names."""
    return Runtime(os.environ)


def _folder_in_a_layer(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise MisconfiguredError(f"the layer brings no folder {name}; build it anew and deploy")
    return Path(next(iter(spec.submodule_search_locations)))
