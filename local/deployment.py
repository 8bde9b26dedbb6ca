"""Deploys the offices' stacks to the local AWS, with the CDK as it deploys them to the real one."""

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from urllib3 import PoolManager

from antrian.adapters.texts import Texts
from antrian.adapters.whatsapp.errors import GraphError
from antrian.adapters.whatsapp.graph import GRAPH_VERSION
from antrian.adapters.whatsapp.templates import BusinessAccount
from antrian.domain.office import Office
from infra.app import REGION
from infra.templates import EXAMPLE
from local import cloud
from local.errors import LocalSystemError
from local.paths import CDK_ASSEMBLY, CDK_OUTPUTS, REPOSITORY, STACK_FILE, STATE, TOKENS_FILE
from local.programs import environment_with
from local.simulator.stack import ACCOUNT_ID

DEPLOY_SECONDS = 240
STAFF = (("petugas", "officer"), ("supervisor", "supervisor"))
FUNCTIONS = ("webhook", "confirm", "expiry", "checkin", "notify")


def provide_whatsapp_accounts(endpoint_url: str, offices: Sequence[Office]) -> dict[str, dict[str, str]]:
    """Return each office's account at Meta, by office; an account that is not there yet is made up.

    It lies in a secret like that of a real account, which exists before the stack does.
    """
    manager = cloud.client("secretsmanager", endpoint_url)
    accounts: dict[str, dict[str, str]] = {}
    for office in offices:
        name = f"antrian/{office.id}/whatsapp"
        try:
            accounts[office.id] = json.loads(manager.get_secret_value(SecretId=name)["SecretString"])
        except manager.exceptions.ResourceNotFoundException:
            accounts[office.id] = {
                "phone_number_id": str(10**14 + secrets.randbelow(9 * 10**14)),
                "business_account_id": ACCOUNT_ID,
                "access_token": secrets.token_urlsafe(32),
                "app_secret": secrets.token_hex(16),
                "verify_token": secrets.token_urlsafe(16),
            }
            manager.create_secret(Name=name, SecretString=json.dumps(accounts[office.id]))
    tokens = {account["phone_number_id"]: account["access_token"] for account in accounts.values()}
    _write(TOKENS_FILE, tokens)
    return accounts


def submit_templates(simulator_url: str, offices: Sequence[Office], accounts: Mapping[str, Mapping[str, str]]) -> None:
    """Give the simulator what `make templates` gives Meta, so that its page shows templates as people read them.

    Raises LocalSystemError when one is refused.
    """
    with PoolManager() as http:
        for office in offices:
            token = accounts[office.id]["access_token"]
            account = BusinessAccount(http, simulator_url, GRAPH_VERSION, ACCOUNT_ID, token)
            for text in Texts(office).templates(EXAMPLE):
                try:
                    if account.find(text.template.name, text.template.language) is None:
                        account.submit(text)
                except GraphError as refused:
                    raise LocalSystemError(f"the template {text.template.name} was refused: {refused}") from refused


def deploy(endpoint_url: str, offices: Sequence[Office]) -> dict[str, dict[str, str]]:
    """Deploy the stacks of these offices, and return the outputs of each by office. Raises LocalSystemError."""
    stacks = [f"Antrian-{office.id}" for office in offices]
    CDK_OUTPUTS.unlink(missing_ok=True)
    with ThreadPoolExecutor(1) as aside:
        # Bootstrapping mostly waits and synthesizing mostly computes: side by side they take as long as the longer.
        bootstrapped = aside.submit(_bootstrap, endpoint_url)
        context = f"offices={','.join(office.id for office in offices)}"
        _cdk(endpoint_url, "synth", "--quiet", f"--output={CDK_ASSEMBLY}", "--context", context)
        bootstrapped.result()
    _cdk(
        endpoint_url,
        *("deploy", *stacks, f"--app={CDK_ASSEMBLY}", "--require-approval=never", "--concurrency=4"),
        f"--outputs-file={CDK_OUTPUTS}",
    )
    outputs: dict[str, dict[str, str]] = json.loads(CDK_OUTPUTS.read_text(encoding="utf-8"))
    return {office.id: outputs[stack] for office, stack in zip(offices, stacks, strict=True)}


def _bootstrap(endpoint_url: str) -> None:
    formation = cloud.client("cloudformation", endpoint_url)
    try:
        formation.describe_stacks(StackName="CDKToolkit")
    except formation.exceptions.ClientError:
        # Run in a folder without a cdk.json, or the CDK would synthesize as well.
        _cdk(endpoint_url, "bootstrap", f"aws://{cloud.ACCOUNT}/{REGION}", folder=STATE)


def hire_staff(endpoint_url: str, user_pool_id: str, user_pool_client_id: str) -> list[dict[str, str]]:
    """Give the office an officer and a supervisor, and return them. Those it has keep their passwords."""
    cognito = cloud.client("cognito-idp", endpoint_url)
    known = _known_passwords(user_pool_client_id)
    staff = []
    for username, role in STAFF:
        password = known.get(username) or f"{secrets.token_urlsafe(12)}Aa1!"
        with suppress(cognito.exceptions.UsernameExistsException):
            cognito.admin_create_user(UserPoolId=user_pool_id, Username=username, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=user_pool_id, Username=username, Password=password, Permanent=True)
        cognito.admin_add_user_to_group(UserPoolId=user_pool_id, Username=username, GroupName=role)
        staff.append({"username": username, "password": password, "role": role})
    return staff


def write_stack_file(
    endpoint_url: str,
    simulator_url: str,
    offices: Sequence[Office],
    accounts: Mapping[str, Mapping[str, str]],
    outputs: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    """Write and return the stack file, which says where everything is; other tools rely on it."""
    stack: dict[str, Any] = {
        "aws_endpoint_url": endpoint_url,
        "aws_region": REGION,
        "simulator_url": simulator_url,
        "offices": {},
    }
    for office in offices:
        account, output = accounts[office.id], outputs[office.id]
        api_url = _reachable(endpoint_url, output["ApiUrl"])
        stack["offices"][office.id] = {
            "stack_name": f"Antrian-{office.id}",
            "webhook_url": f"{api_url}/webhook",
            "api_url": api_url,
            "scanner_url": f"{api_url}/scanner",
            "phone_number_id": account["phone_number_id"],
            "timezone": office.zone.key,
            "gives_the_day": office.registration.gives_the_day,
            "display_phone_number": f"62{re.sub(r'[^0-9]', '', office.whatsapp_number)[1:]}",
            "app_secret": account["app_secret"],
            "verify_token": account["verify_token"],
            "table_name": output["TableName"],
            "functions": {name: output[f"{name.capitalize()}Function"] for name in FUNCTIONS},
            "user_pool_client_id": output["UserPoolClientId"],
            "staff": hire_staff(endpoint_url, output["UserPoolId"], output["UserPoolClientId"]),
        }
    _write(STACK_FILE, stack)
    return stack


def _known_passwords(user_pool_client_id: str) -> dict[str, str]:
    if not STACK_FILE.exists():
        return {}
    offices = json.loads(STACK_FILE.read_text(encoding="utf-8"))["offices"].values()
    return {
        person["username"]: person["password"]
        for office in offices
        if office["user_pool_client_id"] == user_pool_client_id
        for person in office["staff"]
    }


def _reachable(endpoint_url: str, api_url: str) -> str:
    """Return an API's URL on the emulator; the one in the stack's output is AWS's, and would leave this machine."""
    api_id = api_url.split("//", 1)[1].split(".", 1)[0]
    return f"{endpoint_url}/_aws/execute-api/{api_id}"


def _cdk(endpoint_url: str, *arguments: str, folder: Path = REPOSITORY) -> None:
    python = Path(sys.executable)
    command = [str(python.with_name("node")), str(REPOSITORY / "node_modules/aws-cdk/bin/cdk"), *arguments]
    environment = environment_with(
        {
            **cloud.credentials(),
            "AWS_ENDPOINT_URL": endpoint_url,
            "PATH": f"{python.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
    )
    log = STATE / f"cdk-{arguments[0]}.log"
    try:
        with log.open("wb") as printed:
            result = subprocess.run(
                [*command, "--no-notices", "--ci", "--progress=events"],
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                timeout=DEPLOY_SECONDS,
                check=False,
            )
    except subprocess.TimeoutExpired:
        raise LocalSystemError(f"cdk {arguments[0]} took longer than {DEPLOY_SECONDS} s; see {log}") from None
    except FileNotFoundError as missing:
        raise LocalSystemError(f"{missing.filename} is missing; run make setup") from None
    if result.returncode != 0:
        last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise LocalSystemError(f"cdk {arguments[0]} failed; its log {log.relative_to(REPOSITORY)} ends:\n{last}")


def _write(file: Path, content: object) -> None:
    STATE.mkdir(exist_ok=True)
    aside = file.with_suffix(".new")
    aside.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    aside.rename(file)
