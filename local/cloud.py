"""The local AWS: MiniStack, an emulator from PyPI that needs no Docker."""

import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from antrian.adapters.emulator import CLOCK_FILE as CLOCK_FILE_VARIABLE
from antrian.adapters.emulator import SIMULATOR_URL
from infra.app import REGION
from local.paths import CLOCK_FILE, TEMPORARY
from local.programs import HOST, Program, answers

ACCOUNT = "000000000000"
SERVICES = (
    *("apigateway", "apigatewayv2", "cloudformation", "cloudwatch", "cognito-idp", "dynamodb", "ecr", "events", "iam"),
    *("kms", "lambda", "logs", "monitoring", "s3", "scheduler", "secretsmanager", "sqs", "ssm", "sts"),
)


def program(port: int, simulator_url: str) -> Program:
    """Return the local AWS as a program.

    Its functions inherit its environment; that is how they learn of the moved clock and of the simulator, of which the
    stack knows nothing.
    """
    TEMPORARY.mkdir(parents=True, exist_ok=True)
    environment: dict[str, str | None] = {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "TMPDIR": str(TEMPORARY),
        # The functions must find the packages of the layer, and no others.
        "PYTHONPATH": None,
        "LOG_LEVEL": "WARNING",
        "SERVICES": ",".join(SERVICES),
        "IOT_MTLS_ENABLED": "0",  # or it takes a second port, for things
        "PYTHONDONTWRITEBYTECODE": None,
        CLOCK_FILE_VARIABLE: str(CLOCK_FILE),
        SIMULATOR_URL: simulator_url,
        **credentials(),
    }
    return Program(
        name="aws",
        command=[str(Path(sys.executable).with_name("ministack"))],
        port=port,
        port_variable="AWS_PORT",
        version=f"{version('ministack')} {sorted(environment.items(), key=str)}",
        is_ready=lambda: answers(f"{endpoint(port)}/_ministack/health"),
        environment=environment,
    )


def endpoint(port: int) -> str:
    """Return the URL of every service of the local AWS."""
    return f"http://{HOST}:{port}"


def credentials() -> Mapping[str, str | None]:
    """Return the environment that keeps every tool away from the user's real AWS account."""
    return {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": None,
        "AWS_PROFILE": None,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
    }


def client(service: str, endpoint_url: str) -> Any:
    """Return a client of a service of the local AWS."""
    return boto3.client(
        service,  # type: ignore[call-overload] # any service, by name
        endpoint_url=endpoint_url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the emulator's, known to everybody
        config=Config(retries={"mode": "standard"}, read_timeout=60),
    )
