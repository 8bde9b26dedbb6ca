"""`python -m infra.preflight OFFICE`: checks before a deploy that the AWS account has what an office needs."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from antrian.runtime import WHATSAPP_KEYS
from infra.app import REGION

# The CDK itself reads this parameter before it deploys.
BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"


def main() -> int:
    """Name everything that is missing; return 0 when nothing is, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__)
    parser.add_argument("office", help="the office's id")
    office = parser.parse_args().office
    try:
        account = boto3.client("sts", region_name=REGION).get_caller_identity()["Account"]
    except (BotoCoreError, ClientError) as error:
        print(
            f"antrian: there are no working AWS credentials ({error}); sign in, for example: aws sso login",
            file=sys.stderr,
        )
        return 1
    missing = [*_missing_bootstrap(account), *_missing_in_secret(f"antrian/{office}/whatsapp")]
    for what in missing:
        print(f"antrian: {what}", file=sys.stderr)
    if not missing:
        print(f"account {account}, region {REGION}: everything that {office} needs is there")
    return 1 if missing else 0


def _missing_bootstrap(account: str) -> Iterator[str]:
    try:
        boto3.client("ssm", region_name=REGION).get_parameter(Name=BOOTSTRAP_VERSION)
    except ClientError:
        yield f"the account is not prepared for the CDK; once: make bootstrap ACCOUNT={account}"


def _missing_in_secret(name: str) -> Iterator[str]:
    manager = boto3.client("secretsmanager", region_name=REGION)
    try:
        text = manager.get_secret_value(SecretId=name)["SecretString"]
    except ClientError as error:
        why = error.response["Error"]["Code"]
        yield f"the secret {name} cannot be read ({why}); docs/operations.md tells how to make it"
        return
    try:
        content: Any = json.loads(text)
    except ValueError:
        content = None
    if not isinstance(content, dict):
        yield f"the secret {name} is not a JSON object; docs/operations.md shows it"
        return
    for key in sorted(WHATSAPP_KEYS):
        if not content.get(key):
            yield f"the secret {name} lacks {key}; docs/operations.md tells where Meta shows it"


if __name__ == "__main__":
    sys.exit(main())
