"""`python -m infra.templates OFFICE`: submits an office's message templates to Meta, and prints the state of each."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from antrian.adapters.office_file import OfficeFileError, load_offices
from antrian.adapters.texts import TemplateText, Texts
from antrian.adapters.whatsapp.errors import GraphError
from antrian.adapters.whatsapp.graph import GRAPH_URL, GRAPH_VERSION
from antrian.adapters.whatsapp.templates import CATEGORY, BusinessAccount
from infra.app import REGION

OFFICES = Path(__file__).resolve().parent.parent / "offices"
# Nothing can be sent with a template in any other state, and it stays in that state until somebody acts.
MAY_BE_USED = {"APPROVED", "PENDING", "IN_APPEAL"}
# Shown to the people at Meta who approve templates: the values of a made-up booking.
EXAMPLE: Mapping[str, str | tuple[str, ...]] = {
    "name": "Budi Santoso",
    "booking_code": "BGR5AZ55CDA",
    "queue_number": "12",
    "service_date": "2026-11-23",
    "starts_at": "2026-11-23T01:30:00+00:00",
    "opens_at": "2026-11-23T01:00:00+00:00",
    "void_after": "2026-11-23T01:45:00+00:00",
    "reason": "Cuti bersama",
    "example": "#Budi#25011987#24112026",
    "documents": ("e-KTP asli",),
    "open_days": ("2026-11-24", "2026-11-25"),
    "next_day": "2026-11-24",
    "next_days": ("2026-11-24", "2026-11-25"),
    "register_again": "#Budi Santoso#25011987#24112026",
}


class RefusedError(Exception):
    """A reason for which nothing could be submitted; the message is one line that says why."""


def main() -> int:
    """Submit what does not exist yet; return 0 when all templates can be used or wait for approval, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.templates", description=__doc__)
    parser.add_argument("office", help="the office's id")
    parser.add_argument("--graph-url", default=GRAPH_URL, help="another Graph API, such as the local simulator's")
    arguments = parser.parse_args()
    try:
        texts = _texts(arguments.office)
        account = _account(arguments.office, arguments.graph_url)
        problems = [problem for text in texts for problem in _submit(account, text)]
    except (OfficeFileError, RefusedError) as error:
        problems = [str(error)]
    except GraphError as error:
        problems = [f"Meta refused: {error}"]
    for problem in problems:
        print(f"antrian: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _texts(office: str) -> list[TemplateText]:
    offices = load_offices(OFFICES)
    if office not in offices:
        raise RefusedError(f"offices/{office}.toml does not exist; the offices are {', '.join(offices)}")
    return Texts(offices[office]).templates(EXAMPLE)


def _account(office: str, graph_url: str) -> BusinessAccount:
    name = f"antrian/{office}/whatsapp"
    try:
        secrets = boto3.client("secretsmanager", region_name=REGION)
        content = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        account_id, token = content.get("business_account_id"), content["access_token"]
    except (BotoCoreError, ClientError) as error:
        raise RefusedError(f"the secret {name} cannot be read ({error}); docs/operations.md tells how") from None
    except (ValueError, LookupError, AttributeError, TypeError):
        raise RefusedError(f"the secret {name} is not what docs/operations.md shows") from None
    if not account_id:
        raise RefusedError(f"the secret {name} lacks business_account_id; docs/operations.md tells where Meta shows it")
    try:
        version = content.get("graph_version", GRAPH_VERSION)
        return BusinessAccount(urllib3.PoolManager(), graph_url, version, str(account_id), token)
    except ValueError as error:
        raise RefusedError(str(error)) from None


def _submit(account: BusinessAccount, text: TemplateText) -> Iterator[str]:
    """Submit a template unless it exists, print its state, and yield what somebody has to mend."""
    template = text.template
    existing = account.find(template.name, template.language)
    if existing is None:
        print(f"{template.name}: submitted, {account.submit(text)}")
        return
    if not existing.says(text):
        yield (
            f"{template.name}: differs from ours, and nothing was changed; "
            "give ours another name in [templates] of the office's file, and submit that"
        )
        return
    category = "" if existing.category == CATEGORY else f", but as {existing.category}, which costs more"
    print(f"{template.name}: exists, {existing.status}{category}")
    if existing.status not in MAY_BE_USED:
        yield f"{template.name}: cannot be sent while it is {existing.status}; WhatsApp Manager tells why"


if __name__ == "__main__":
    sys.exit(main())
