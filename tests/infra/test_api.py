"""Who reaches the API, and what it remembers of them."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.infra.template import Template, target


def routes(template: Template) -> dict[str, Mapping[str, Any]]:
    return {route["RouteKey"]: route for route in template.of_type("AWS::ApiGatewayV2::Route").values()}


def function_behind(template: Template, route: Mapping[str, Any]) -> str:
    integration = target(route["Target"]).removeprefix("integrations/").strip("{}")
    return target(template.properties(integration)["IntegrationUri"])


BY_STAFF = ["POST /checkins", "DELETE /checkins/{nonce}", "GET /days/{date}", "GET /days/{date}/search"]


def test_meta_reaches_the_webhook_and_staff_the_door_and_nobody_anything_else(bogor: Template) -> None:
    behind = {key: function_behind(bogor, route) for key, route in routes(bogor).items()}
    webhook, checkin = bogor.output("WebhookFunction"), bogor.output("CheckinFunction")
    assert behind == {
        "GET /webhook": webhook,
        "POST /webhook": webhook,
        "GET /scanner": checkin,
        "GET /scanner/{file}": checkin,
        **dict.fromkeys(BY_STAFF, checkin),
    }


@pytest.mark.parametrize("key", ["GET /webhook", "POST /webhook", "GET /scanner", "GET /scanner/{file}"])
def test_meta_needs_no_token_of_ours_and_neither_does_the_page_where_one_gets_it(bogor: Template, key: str) -> None:
    assert routes(bogor)[key]["AuthorizationType"] == "NONE"


@pytest.mark.parametrize("key", BY_STAFF)
def test_only_the_offices_own_staff_reaches_the_door(bogor: Template, key: str) -> None:
    route = routes(bogor)[key]
    assert route["AuthorizationType"] == "JWT"
    token = bogor.properties(target(route["AuthorizerId"]))["JwtConfiguration"]
    pool, client = bogor.output("UserPoolId"), bogor.output("UserPoolClientId")
    assert target(token["Issuer"]) == f"https://cognito-idp.ap-southeast-3.amazonaws.com/{{{pool}}}"
    assert [target(audience) for audience in token["Audience"]] == [client]


def test_one_office_cannot_use_up_what_the_account_may_take(bogor: Template) -> None:
    [stage] = bogor.of_type("AWS::ApiGatewayV2::Stage").values()
    assert stage["StageName"] == "$default"
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_whoever_fetches_the_page_over_and_over_takes_little_of_it(bogor: Template) -> None:
    [(name, stage)] = bogor.of_type("AWS::ApiGatewayV2::Stage").items()
    page = {"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 100}
    assert stage["RouteSettings"] == {"GET /scanner": page, "GET /scanner/{file}": page}
    # A stage is refused that limits a route which is not there yet.
    waits_for = {bogor.properties(other).get("RouteKey") for other in bogor.resource(name)["DependsOn"]}
    assert set(stage["RouteSettings"]) <= waits_for


def test_the_access_log_tells_what_failed_but_not_whose_request_it_was(bogor: Template) -> None:
    [stage] = bogor.of_type("AWS::ApiGatewayV2::Stage").values()
    log = stage["AccessLogSettings"]
    assert bogor.properties(target(log["DestinationArn"]))["RetentionInDays"] == 30
    assert {"$context.requestId", "$context.status", "$context.routeKey"} <= set(log["Format"].split('"'))
    # The query string carries the verify token; path, claims and identity may carry a person.
    for personal in ("identity", "sourceIp", "userAgent", "queryString", "claims", "context.path", "header"):
        assert personal not in log["Format"]


def test_the_addresses_are_put_out(bogor: Template) -> None:
    [api] = bogor.of_type("AWS::ApiGatewayV2::Api")
    outputs = bogor.body["Outputs"]
    assert outputs["ApiUrl"]["Value"] == {"Fn::GetAtt": [api, "ApiEndpoint"]}
    assert target(outputs["WebhookUrl"]["Value"]) == f"{{{api}}}/webhook"
    assert target(outputs["ScannerUrl"]["Value"]) == f"{{{api}}}/scanner"


def test_nobody_makes_a_staff_account_alone(bogor: Template) -> None:
    pool = bogor.properties(bogor.output("UserPoolId"))
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert pool["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "admin_only", "Priority": 1}]


def test_a_staff_password_is_long_and_mixed(bogor: Template) -> None:
    policy = bogor.properties(bogor.output("UserPoolId"))["Policies"]["PasswordPolicy"]
    assert policy["MinimumLength"] >= 12
    assert all(policy[f"Require{kind}"] for kind in ("Lowercase", "Uppercase", "Numbers", "Symbols"))


def test_staff_accounts_outlive_their_stack(bogor: Template) -> None:
    pool = bogor.resource(bogor.output("UserPoolId"))
    assert (pool["DeletionPolicy"], pool["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert pool["Properties"]["DeletionProtection"] == "ACTIVE"


def test_staff_are_officers_and_supervisors(bogor: Template) -> None:
    groups = bogor.of_type("AWS::Cognito::UserPoolGroup").values()
    assert {group["GroupName"] for group in groups} == {"officer", "supervisor"}
    assert {target(group["UserPoolId"]) for group in groups} == {bogor.output("UserPoolId")}


def test_the_scanner_page_signs_in_with_a_password_for_one_shift_and_keeps_no_secret(bogor: Template) -> None:
    client = bogor.properties(bogor.output("UserPoolClientId"))
    assert set(client["ExplicitAuthFlows"]) == {"ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client["GenerateSecret"] is False
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert client["AllowedOAuthFlowsUserPoolClient"] is False
    assert set(client["TokenValidityUnits"].values()) == {"minutes"}
    assert client["AccessTokenValidity"] <= 60
    assert client["IdTokenValidity"] <= 60
    assert client["RefreshTokenValidity"] <= 12 * 60
