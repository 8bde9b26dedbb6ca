"""`python -m infra.templates OFFICE`: submits the office's message templates to Meta, and says how each stands."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from antrian.adapters.office_file import load_offices
from antrian.adapters.office_table import OfficeFileError
from antrian.adapters.texts import TemplateText, Texts
from antrian.adapters.whatsapp.errors import GraphError
from antrian.adapters.whatsapp.graph import GRAPH_URL, GRAPH_VERSION
from antrian.adapters.whatsapp.templates import CATEGORY, BusinessAccount
from infra.app import REGION

OFFICES = Path(__file__).resolve().parent.parent / "offices"
# Nothing is sent with a template in another state, and it does not change by itself.
MAY_BE_USED = {"APPROVED", "PENDING", "IN_APPEAL"}
# Shown to the people at Meta who approve. The values of a made-up booking; nobody has this number.
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
    """Say in one line why nothing could be submitted."""


def main() -> int:
    """Submit what is not there yet; return 0 when all templates can be used or wait for approval, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.templates", description=__doc__)
    parser.add_argument("office", help="the office's id")
    parser.add_argument("--graph-url", default=GRAPH_URL, help="another Graph API, such as the local simulator's")
    asked = parser.parse_args()
    try:
        texts = _texts(asked.office)
        account = _account(asked.office, asked.graph_url)
        wrong = [problem for text in texts for problem in _submit(account, text)]
    except (OfficeFileError, RefusedError) as error:
        wrong = [str(error)]
    except GraphError as error:
        wrong = [f"Meta refused: {error}"]
    for problem in wrong:
        print(f"antrian: {problem}", file=sys.stderr)
    return 1 if wrong else 0


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
    """Submit a template unless it is there, say how it stands, and yield what a person has to see to."""
    template = text.template
    found = account.find(template.name, template.language)
    if found is None:
        print(f"{template.name}: submitted, {account.submit(text)}")
        return
    if not found.says(text):
        yield (
            f"{template.name}: differs from ours, and nothing was changed; "
            "give ours another name in [templates] of the office's file, and submit that"
        )
        return
    category = "" if found.category == CATEGORY else f", but as {found.category}, which costs more"
    print(f"{template.name}: exists, {found.status}{category}")
    if found.status not in MAY_BE_USED:
        yield f"{template.name}: cannot be sent while it is {found.status}; WhatsApp Manager tells why"


if __name__ == "__main__":
    sys.exit(main())
