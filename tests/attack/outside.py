"""What is around the handlers, in this process: a table, two queues, secrets, a key, a bucket, and WhatsApp."""

import hashlib
import io
import json
import pickle
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import urllib3
from botocore.exceptions import ClientError
from ministack.services import dynamodb  # type: ignore[import-untyped] # it has no types

from antrian.adapters.signing import der_of
from tests.attack.fifo import Fifo
from tests.attack.seam import GRAPH, Seam, ThrottledByGraph

TABLE = "bookings"
QUEUES = "https://sqs.invalid/"
JPEG = b"\xff\xd8\xff made up"

Items = dict[str, dict[str, dict[str, Any]]]
Params = dict[str, Any]


class Told(NamedTuple):
    """Hold a message that WhatsApp took: to whom, under which id of ours, and what it says."""

    to: str
    id: str
    content: str


@dataclass
class Outside:
    """Answer every call. The table is MiniStack's, without its HTTP: a fortieth of what a call costs with moto."""

    now: datetime
    seam: Seam = field(default_factory=Seam)
    days: Fifo = field(default_factory=Fifo)
    outbox: Fifo = field(default_factory=Fifo)
    objects: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    taken: tuple[str, ...] = ()
    """What has been told since the beginning, by its ids."""

    # AWS

    def ask(self, client: Any, operation: str, params: Params) -> Any:
        """Be botocore's way to AWS."""
        service = client.meta.service_model.service_name
        if service == "dynamodb":
            return self.seam.pass_on(f"dynamodb.{operation}", lambda: _table(operation, params), params)
        do = getattr(self, f"_{service}_{operation}")
        return self.seam.pass_on(f"{service}.{operation}", lambda: do(params), params)

    def items(self) -> Items:
        """Return what is in the table."""
        items: Items = dynamodb._tables[TABLE]["items"]
        return items

    def take_out(self) -> bytes:
        """Return the whole state but what was told."""
        state = dict(self.items()), self.days.take_out(), self.outbox.take_out(), self.objects, self.now, self.taken
        return pickle.dumps(state)

    def put_back(self, state: bytes) -> None:
        """Take on this state; nothing was told yet."""
        items, days, outbox, self.objects, self.now, self.taken = pickle.loads(state)  # noqa: S301 - our own
        dynamodb._tables[TABLE]["items"] = defaultdict(dict, items)
        self.days, self.outbox = Fifo.put_back(days), Fifo.put_back(outbox)
        self.told = []

    def fingerprint(self) -> str:
        """Return what two states share that are the same to everybody who asks from now on."""
        queues = [queue.take_out() for queue in (self.days, self.outbox)]
        items = json.dumps(self.items(), sort_keys=True)
        rest = f"{queues} {sorted(self.objects.items())} {self.now} {sorted(self.taken)}"
        return hashlib.sha256(f"{items} {rest}".encode()).hexdigest()

    def note(self, id_: str) -> None:
        """Note that this has reached whom it was for."""
        if id_ not in self.taken:
            self.taken += (id_,)

    def _queue(self, params: Params) -> Fifo:
        return self.days if "days" in params["QueueUrl"] else self.outbox

    def _sqs_CreateQueue(self, params: Params) -> Params:  # noqa: N802 - AWS's name, as all below
        return {"QueueUrl": QUEUES + params["QueueName"]}

    def _sqs_SendMessage(self, params: Params) -> Params:  # noqa: N802
        sent = params["MessageGroupId"], params["MessageDeduplicationId"], params["MessageBody"]
        return {"MessageId": self._queue(params).send(*sent, self.now)}

    def _sqs_ChangeMessageVisibility(self, params: Params) -> Params:  # noqa: N802, ARG002
        return {}  # when a message comes again is the case's business

    def _secretsmanager_CreateSecret(self, params: Params) -> Params:  # noqa: N802
        self.secrets[params["Name"]] = params["SecretString"]
        return {}

    def _secretsmanager_GetSecretValue(self, params: Params) -> Params:  # noqa: N802
        return {"SecretString": self.secrets[params["SecretId"]]}

    def _kms_CreateKey(self, params: Params) -> Params:  # noqa: N802, ARG002
        return {"KeyMetadata": {"KeyId": "key"}}

    def _kms_Sign(self, params: Params) -> Params:  # noqa: N802
        # The same for the same content in every run, so that tickets can be compared; the door types its codes here.
        return {"Signature": der_of(hashlib.sha512(params["Message"]).digest())}

    def _s3_PutObject(self, params: Params) -> Params:  # noqa: N802
        self.objects[params["Key"]] = hashlib.sha256(params["Body"]).hexdigest()
        return {}

    # WhatsApp

    def request(
        self,
        _pool: object,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_how: object,
    ) -> urllib3.HTTPResponse:
        """Be urllib3's way to the Graph API."""
        path = urlsplit(url).path.rpartition("/")[2]
        call = f"{GRAPH}.{method} {path if path in {'messages', 'media'} else 'photo'}"
        try:
            content = self.seam.pass_on(call, lambda: self._graph(method, path, body or b"", headers or {}), {})
        except ThrottledByGraph:
            error = {"error": {"message": "Rate limit hit", "type": "OAuthException", "code": 130429}}
            return _response(429, json.dumps(error).encode())
        return _response(200, content)

    def _graph(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        if method == "GET":
            return JPEG if path == "photo" else b'{"url": "https://lookaside.fbsbx.com/photo"}'
        if path == "media":
            # What was uploaded, without the boundary that is drawn anew for each form.
            boundary = headers["Content-Type"].partition("boundary=")[2].encode()
            digest = hashlib.sha256(body.replace(boundary, b"")).hexdigest()
            return json.dumps({"id": f"media-{digest[:16]}"}).encode()
        message = json.loads(body)
        if message.get("status") == "read":
            return b'{"success": true}'
        to, id_ = message.pop("to", None) or message.pop("recipient"), message.pop("biz_opaque_callback_data")
        self.note(id_)
        self.told.append(Told(to, id_, json.dumps(message, sort_keys=True, ensure_ascii=False)))
        # The same for an answer that goes out twice, so that what is recorded of it can be compared.
        return json.dumps({"messages": [{"id": f"wamid.out.{hashlib.sha256(id_.encode()).hexdigest()[:16]}"}]}).encode()


def create_table(schema: Params) -> None:
    """Make the table anew, empty."""
    dynamodb._tables.pop(TABLE, None)
    _table("CreateTable", schema)


def _table(operation: str, params: Params) -> Params:
    asked = {key: value for key, value in params.items() if key != "ReturnConsumedCapacity"}
    headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
    waits = dynamodb.handle_request("POST", "/", headers, json.dumps(asked).encode(), {})
    try:
        waits.send(None)
    except StopIteration as done:
        status, _, body = done.value
    else:
        raise RuntimeError("MiniStack's DynamoDB waits for something, and there is no loop here")
    answer: Params = json.loads(body)
    if status >= 400:
        code, message = answer["__type"].rpartition("#")[2], answer.get("message") or answer.get("Message", "")
        refusal: Any = {**answer, "Error": {"Code": code, "Message": message}}
        raise ClientError(refusal, operation)
    return answer


def _response(status: int, body: bytes) -> urllib3.HTTPResponse:
    return urllib3.HTTPResponse(io.BytesIO(body), status=status, preload_content=False)
