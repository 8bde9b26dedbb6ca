"""What each function is, knows and may do."""

import re
import sys

import pytest

from antrian.domain.backoff import LONGEST_PAUSE_SECONDS
from antrian.domain.outcomes import LOGGED_ONLY
from tests.infra.template import Template, target

FUNCTIONS = ("webhook", "confirm", "expiry", "checkin", "notify")

READ = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
MOVE = {*READ, "dynamodb:UpdateItem"}
ADD = {*MOVE, "dynamodb:PutItem"}
SEND = {"sqs:SendMessage"}
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility"}
READ_SECRET = {"secretsmanager:GetSecretValue"}

MAY_DO = {
    "webhook": {
        "table": ADD,
        "days": SEND,
        "outbox": SEND,
        "whatsapp": READ_SECRET,
        "codes": READ_SECRET,
    },
    "confirm": {"table": ADD, "days": CONSUME | SEND, "outbox": SEND, "codes": READ_SECRET},
    "expiry": {"table": MOVE, "days": SEND, "outbox": SEND},
    "checkin": {"table": ADD, "signing_key": {"kms:Verify", "kms:GetPublicKey"}},
    "notify": {
        "table": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "outbox": CONSUME,
        "whatsapp": READ_SECRET,
        "signing_key": {"kms:Sign"},
    },
}

KNOWS = {
    "webhook": {"OFFICE", "TABLE_NAME", "DAY_QUEUE_URL", "OUTBOX_QUEUE_URL", "WHATSAPP_SECRET", "CODES_SECRET"},
    "confirm": {"OFFICE", "TABLE_NAME", "DAY_QUEUE_URL", "OUTBOX_QUEUE_URL", "CODES_SECRET"},
    "expiry": {"OFFICE", "TABLE_NAME", "DAY_QUEUE_URL", "OUTBOX_QUEUE_URL"},
    "checkin": {"OFFICE", "TABLE_NAME", "SIGNING_KEY_ID", "USER_POOL_CLIENT_ID"},
    "notify": {"OFFICE", "TABLE_NAME", "OUTBOX_QUEUE_URL", "WHATSAPP_SECRET", "SIGNING_KEY_ID"},
}


@pytest.fixture(params=FUNCTIONS)
def name(request: pytest.FixtureRequest) -> str:
    """Return each function's name in turn."""
    return str(request.param)


def test_it_runs_the_handler_of_its_own_package_on_arm(bogor: Template, name: str) -> None:
    function = bogor.function(name)
    assert function["Handler"] == f"{name}.handler.handler"
    assert function["Architectures"] == ["arm64"]
    assert [path.name for path in bogor.code(name).iterdir()] == [name]
    assert (bogor.code(name) / name / "handler.py").is_file()


def test_it_runs_the_python_that_the_tests_run_on(bogor: Template, name: str) -> None:
    assert bogor.function(name)["Runtime"] == f"python{sys.version_info.major}.{sys.version_info.minor}"


def test_all_share_one_layer_and_the_door_has_the_page_besides(bogor: Template, name: str) -> None:
    layers = [bogor.layer(target(reference)) for reference in bogor.function(name)["Layers"]]
    brought = [{path.name for path in layer.joinpath("python").iterdir()} for layer in layers]
    assert {"antrian", "antrian_offices"} <= brought[0]
    assert brought[1:] == ([{"antrian_scanner"}] if name == "checkin" else [])


def test_its_role_may_do_exactly_what_it_does(bogor: Template, name: str) -> None:
    whatsapp = "arn:aws:secretsmanager:ap-southeast-3:{AWS::AccountId}:secret:antrian/bogor/whatsapp-??????"
    resources = {
        "table": bogor.output("TableName"),
        "days": bogor.output("DayQueueUrl"),
        "outbox": bogor.output("OutboxQueueUrl"),
        "whatsapp": whatsapp,
        "codes": next(iter(bogor.of_type("AWS::SecretsManager::Secret"))),
        "signing_key": next(iter(bogor.of_type("AWS::KMS::Key"))),
        "log": target(bogor.function(name)["LoggingConfig"]["LogGroup"]),
    }
    wanted = {"log": {"logs:CreateLogStream", "logs:PutLogEvents"}, **MAY_DO[name]}
    assert bogor.grants(target(bogor.function(name)["Role"])) == {
        (action, resources[resource]) for resource, actions in wanted.items() for action in actions
    }


def test_no_two_functions_share_a_role_or_a_log(bogor: Template) -> None:
    functions = [bogor.function(name) for name in FUNCTIONS]
    assert len({target(function["Role"]) for function in functions}) == len(FUNCTIONS)
    assert len({target(function["LoggingConfig"]["LogGroup"]) for function in functions}) == len(FUNCTIONS)


def test_its_log_is_deleted_after_a_month(bogor: Template, name: str) -> None:
    log_group = target(bogor.function(name)["LoggingConfig"]["LogGroup"])
    assert bogor.properties(log_group)["RetentionInDays"] == 30


def test_it_knows_what_it_uses_and_nothing_else(bogor: Template, name: str) -> None:
    environment = bogor.function(name)["Environment"]["Variables"]
    assert {key for key in environment if not key.startswith("POWERTOOLS_")} == KNOWS[name]
    assert environment["OFFICE"] == "bogor"
    assert environment["POWERTOOLS_SERVICE_NAME"] == name
    assert environment["POWERTOOLS_METRICS_NAMESPACE"] == "Antrian"


def test_the_environment_names_secrets_and_holds_none(bogor: Template, name: str) -> None:
    environment = bogor.function(name)["Environment"]["Variables"]
    [codes] = bogor.of_type("AWS::SecretsManager::Secret")
    assert environment.get("WHATSAPP_SECRET", "antrian/bogor/whatsapp") == "antrian/bogor/whatsapp"
    assert environment.get("CODES_SECRET", {"Ref": codes}) == {"Ref": codes}
    assert "resolve:secretsmanager" not in str(environment)


def test_nothing_that_is_deployed_knows_a_simulator(bogor: Template, jakarta_pusat: Template, name: str) -> None:
    for template in (bogor, jakarta_pusat):
        environment = template.function(name)["Environment"]["Variables"]
        assert not environment.keys() & {"AWS_ENDPOINT_URL", "ANTRIAN_SIMULATOR_URL", "ANTRIAN_CLOCK_FILE"}
        assert not [key for key in environment if re.search("ENDPOINT|SIMULATOR|CLOCK", key)]


def test_the_webhook_answers_before_the_api_gives_up(bogor: Template) -> None:
    assert bogor.function("webhook")["Timeout"] < 30


def test_the_key_of_the_codes_is_made_in_aws_and_outlives_its_stack(bogor: Template) -> None:
    [codes] = bogor.of_type("AWS::SecretsManager::Secret")
    secret = bogor.resource(codes)
    assert secret["Properties"]["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
    assert "SecretString" not in secret["Properties"]
    assert (secret["DeletionPolicy"], secret["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_qr_codes_are_signed_with_a_key_that_never_leaves_aws_and_outlives_its_stack(bogor: Template) -> None:
    [(name, properties)] = bogor.of_type("AWS::KMS::Key").items()
    assert (properties["KeySpec"], properties["KeyUsage"]) == ("ECC_NIST_P256", "SIGN_VERIFY")
    key = bogor.resource(name)
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")
    for function in ("checkin", "notify"):
        assert bogor.function(function)["Environment"]["Variables"]["SIGNING_KEY_ID"] == {"Ref": name}


def test_the_page_signs_in_as_the_client_whose_tokens_the_api_takes(bogor: Template) -> None:
    environment = bogor.function("checkin")["Environment"]["Variables"]
    assert target(environment["USER_POOL_CLIENT_ID"]) == bogor.output("UserPoolClientId")


def test_the_expiry_runs_every_minute_and_nothing_else_may_be_started(bogor: Template) -> None:
    [schedule] = bogor.of_type("AWS::Scheduler::Schedule").values()
    expiry = bogor.output("ExpiryFunction")
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["State"] == "ENABLED"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert target(schedule["Target"]["Arn"]) == expiry
    assert bogor.grants(target(schedule["Target"]["RoleArn"])) == {("lambda:InvokeFunction", expiry)}


def test_a_minute_that_failed_is_not_repeated_into_the_next_ones(bogor: Template) -> None:
    [schedule] = bogor.of_type("AWS::Scheduler::Schedule").values()
    [invocation] = bogor.of_type("AWS::Lambda::EventInvokeConfig").values()
    assert schedule["Target"]["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 60}
    assert target(invocation["FunctionName"]) == bogor.output("ExpiryFunction")
    assert invocation["MaximumRetryAttempts"] == 0


def test_minutes_that_fail_again_and_again_ring(bogor: Template) -> None:
    """Else nobody would know that no code is voided, nobody reminded, and no closed day told."""
    [alarm] = [a for a in bogor.of_type("AWS::CloudWatch::Alarm").values() if a["MetricName"] == "Errors"]
    assert target(alarm["Dimensions"][0]["Value"]) == bogor.output("ExpiryFunction")
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", 15 * 60, 5)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"


@pytest.mark.parametrize(
    ("function", "outcome"),
    [
        ("notify", "line_down"),
        ("notify", "our_fault"),
        ("notify", "sent_without_template"),
        ("webhook", "receipt_line_down"),
        ("webhook", "fault"),
    ],
)
def test_what_only_a_person_can_mend_rings_for_the_office_whose_it_is(
    bogor: Template, jakarta_pusat: Template, function: str, outcome: str
) -> None:
    for template, office in ((bogor, "bogor"), (jakarta_pusat, "jakarta-pusat")):
        alarms = template.of_type("AWS::CloudWatch::Alarm").values()
        [alarm] = [alarm for alarm in alarms if alarm["MetricName"] == f"{function.title()}.{outcome}"]
        dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarm["Dimensions"]}
        assert (alarm["Namespace"], dimensions) == ("Antrian", {"service": function, "office": office})
        assert (alarm["Statistic"], alarm["Threshold"], alarm["EvaluationPeriods"]) == ("Sum", 1, 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        # It must not end between two tries of what waits.
        assert alarm["Period"] == LONGEST_PAUSE_SECONDS


def test_an_alarm_looks_at_what_is_counted(bogor: Template) -> None:
    alarms = bogor.of_type("AWS::CloudWatch::Alarm").values()
    watched = {alarm["MetricName"] for alarm in alarms if alarm["Namespace"] == "Antrian"}
    assert watched
    assert watched.isdisjoint(LOGGED_ONLY)
