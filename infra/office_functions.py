"""The functions of an office, with the timeout and the memory of each."""

from functools import partial
from pathlib import Path

from aws_cdk import Duration, Stack

from infra.function import Function, Layer

WEBHOOK_TIMEOUT = Duration.seconds(28)  # the HTTP API gives up after 30
CONFIRM_TIMEOUT = Duration.seconds(30)
EXPIRY_TIMEOUT = Duration.seconds(60)
CHECKIN_TIMEOUT = Duration.seconds(10)  # a person stands at the door
NOTIFY_TIMEOUT = Duration.seconds(90)  # twice the slowest answer, see its handler

# Lambda gives a function CPU in proportion to its memory, so it has more where a person waits for it.
QUICK_MB = 1024
PATIENT_MB = 512


class OfficeFunctions:
    """The functions of an office; each stands directly in the stack, under its own name."""

    def __init__(self, stack: Stack, *, office: str, code: Path, layer: Path, scanner_page: Path) -> None:
        common = Layer(stack, "Layer", layer, "The package antrian, what it depends on, and the offices' files")
        page = Layer(stack, "ScannerPage", scanner_page, "The scanner page")
        function = partial(Function, stack, code=code, layers=[common], environment={"OFFICE": office})
        self.webhook = function("Webhook", timeout=WEBHOOK_TIMEOUT, memory_mb=QUICK_MB)
        self.confirm = function("Confirm", timeout=CONFIRM_TIMEOUT, memory_mb=QUICK_MB)
        self.expiry = function("Expiry", timeout=EXPIRY_TIMEOUT, memory_mb=PATIENT_MB)
        self.checkin = function("Checkin", timeout=CHECKIN_TIMEOUT, memory_mb=QUICK_MB, layers=[common, page])
        self.notify = function("Notify", timeout=NOTIFY_TIMEOUT, memory_mb=PATIENT_MB)
