"""The composition root: what it makes of an environment, and how it refuses one that is not right."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from antrian.adapters.clock import MovedClock, SystemClock, clock_from
from antrian.adapters.emulator import CLOCK_FILE, SIMULATOR_URL
from antrian.domain.answers import Answer, Kind
from antrian.domain.delivery import Outgoing
from antrian.runtime import MisconfiguredError, Runtime
from tests.builders import BUDI, KEY, MONDAY, booking
from tests.integration.conftest import REGION, TABLE
from tests.integration.stack import NUMBER_ID, SECRET, VERIFY_TOKEN, Stack, forget_secrets


@pytest.fixture
def environ(stack: Stack) -> dict[str, str]:
    return {**stack.environment, "AWS_REGION": REGION}


def keep(content: object) -> None:
    """Put other content into the office's secret."""
    boto3.client("secretsmanager").put_secret_value(SecretId="whatsapp", SecretString=json.dumps(content))
    forget_secrets()


def test_the_office_of_the_stack_comes_from_the_layer_with_the_nation_s_holidays(environ: dict[str, str]) -> None:
    found = Runtime(environ)
    assert sorted(found.offices) == ["bogor", "contoh"]
    assert (found.office.id, found.office.code_prefix) == ("contoh", "CTH")
    assert list(found.office.closed_dates.values()) == ["Hari Guru"]


def test_an_office_that_the_layer_does_not_have_is_refused_with_those_that_it_has(environ: dict[str, str]) -> None:
    with pytest.raises(MisconfiguredError, match="OFFICE = 'batam' is not right: one of bogor, contoh"):
        _ = Runtime({**environ, "OFFICE": "batam"}).office


def test_a_layer_without_offices_or_page_is_refused(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [])
    with pytest.raises(MisconfiguredError, match="antrian_offices"):
        _ = Runtime(environ).offices
    with pytest.raises(MisconfiguredError, match="antrian_scanner"):
        _ = Runtime(environ).scanner_page


NEEDS: list[tuple[str, Callable[[Runtime], object]]] = [
    ("OFFICE", lambda runtime: runtime.office),
    ("TABLE_NAME", lambda runtime: runtime.bookings),
    ("AWS_REGION", lambda runtime: runtime.days),
    ("DAY_QUEUE_URL", lambda runtime: runtime.day_queue),
    ("OUTBOX_QUEUE_URL", lambda runtime: runtime.outbox),
    ("CODES_SECRET", lambda runtime: runtime.codes_key),
    ("SIGNING_KEY_ID", lambda runtime: runtime.signing_key),
    ("USER_POOL_CLIENT_ID", lambda runtime: runtime.user_pool_client_id),
    ("AWS_REGION", lambda runtime: runtime.cognito_url),
    ("WHATSAPP_SECRET", lambda runtime: runtime.whatsapp()),
]


@pytest.mark.parametrize("value", [None, ""])
@pytest.mark.parametrize(("name", "ask"), NEEDS)
def test_a_variable_that_is_missing_is_named_when_it_is_needed(
    name: str, ask: Callable[[Runtime], object], value: str | None, environ: dict[str, str]
) -> None:
    without = {key: text for key, text in environ.items() if key != name} | ({} if value is None else {name: value})
    found = Runtime(without)
    with pytest.raises(MisconfiguredError, match=f"^{name} is not set: .+; the stack sets it$"):
        ask(found)


def test_nothing_is_asked_of_the_environment_before_it_is_needed() -> None:
    Runtime({})


def test_the_account_is_what_the_secret_says(environ: dict[str, str]) -> None:
    account = Runtime(environ).whatsapp()
    assert (account.phone_number_id, account.verify_token) == (NUMBER_ID, VERIFY_TOKEN)
    assert account.app_secrets == (SECRET,)
    assert account.graph_version == "v26.0"


def test_a_secret_may_hold_two_app_secrets_and_another_version(environ: dict[str, str]) -> None:
    keep(
        {
            "phone_number_id": "1",
            "access_token": "t",
            "app_secret": ["new", "old"],
            "verify_token": "v",
            "graph_version": "v27.0",
        }
    )
    account = Runtime(environ).whatsapp()
    assert account.app_secrets == ("new", "old")
    assert account.graph_version == "v27.0"


def test_a_secret_that_lacks_something_is_refused_without_showing_the_rest(environ: dict[str, str]) -> None:
    keep({"phone_number_id": "1", "access_token": "very-secret"})
    with pytest.raises(MisconfiguredError, match="lacks app_secret, verify_token") as refused:
        Runtime(environ).whatsapp()
    assert "very-secret" not in str(refused.value)


def test_a_secret_is_read_again_only_after_a_while(environ: dict[str, str]) -> None:
    found = Runtime(environ)
    found.whatsapp()
    boto3.client("secretsmanager").delete_secret(SecretId="whatsapp", ForceDeleteWithoutRecovery=True)
    assert found.whatsapp().phone_number_id == NUMBER_ID


def test_the_key_of_the_codes_is_the_secret_s_text(environ: dict[str, str]) -> None:
    assert Runtime(environ).codes_key == KEY


def test_bookings_days_and_the_record_of_what_was_sent_live_in_the_table(environ: dict[str, str]) -> None:
    found = Runtime(environ)
    new = booking()
    found.bookings.register(new, ())
    found.sent_log.add(Outgoing("wamid.1", BUDI, Answer(Kind.HELP)), "", new.sent_at)
    assert found.days.slots(MONDAY) == {}
    items = {item["pk"]["S"]: item for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]}
    assert {f"BOOKING#{new.code}", "CLAIM#PHONE#628110000001", "SENT#wamid.1"} <= items.keys()
    kept_until = new.claims_until + timedelta(days=90)
    assert int(items[f"BOOKING#{new.code}"]["expires_at"]["N"]) == int(kept_until.timestamp())


def test_a_real_office_runs_on_real_time_and_real_whatsapp() -> None:
    assert isinstance(clock_from({}), SystemClock)
    assert Runtime({}).local_setting(SIMULATOR_URL) is None


@pytest.mark.parametrize(
    "endpoint", ["", "https://dynamodb.ap-southeast-3.amazonaws.com", "http://localhost.evil.example"]
)
@pytest.mark.parametrize("name", [CLOCK_FILE, SIMULATOR_URL])
def test_a_local_setting_is_refused_where_aws_is_real(name: str, endpoint: str) -> None:
    environ = {name: "something", "AWS_ENDPOINT_URL": endpoint}
    with pytest.raises(ValueError, match=f"remove {name}"):
        Runtime(environ).local_setting(name)
    if name == CLOCK_FILE:
        with pytest.raises(ValueError, match=f"remove {name}"):
            _ = Runtime(environ).clock


def test_on_an_emulator_the_clock_may_be_moved(tmp_path: Path) -> None:
    environ = {CLOCK_FILE: str(tmp_path / "clock"), "AWS_ENDPOINT_URL": "http://127.0.0.1:4566"}
    assert isinstance(Runtime(environ).clock, MovedClock)
