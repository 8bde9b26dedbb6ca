"""The HTTP API of one office: Meta's webhook, the scanner page, and what the page asks."""

import json
from collections.abc import Sequence

import jsii
from aws_cdk import Acknowledgment, RemovalPolicy, Stack, Validations
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_apigatewayv2 as apigatewayv2
from aws_cdk import aws_logs as logs
from aws_cdk.aws_apigatewayv2_authorizers import HttpUserPoolAuthorizer
from aws_cdk.aws_apigatewayv2_integrations import HttpLambdaIntegration
from constructs import Construct

from infra.function import LOG_RETENTION, Function
from infra.staff import Staff

# The busiest office gets 500 registrations a day: room for all of them in the minute in which registration opens.
# The account's limit in Jakarta, which all offices share, is 2,500 requests a second and a burst of 1,250.
LIMIT = apigatewayv2.ThrottleSettings(rate_limit=500, burst_limit=1000)
# The page needs no token and weighs the most: somebody who fetches it over and over must not use up what Meta's webhook
# needs. A phone fetches ten files after each deploy.
PAGE_LIMIT = apigatewayv2.ThrottleSettings(rate_limit=20, burst_limit=100)

# Enough to find a fault, but neither the caller's address, which is personal data, nor the query string, which carries
# the verify token.
ACCESS_LOG_FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTime",
    "route": "$context.routeKey",
    "status": "$context.status",
    "response_bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_latency_ms": "$context.integrationLatency",
    "integration_error": "$context.integrationErrorMessage",
    "authorizer_error": "$context.authorizer.error",
}


@jsii.implements(apigatewayv2.IAccessLogSettings)
class AccessLog:
    """The stage's access log, and the fields of each request in it."""

    def __init__(self, log_group: logs.ILogGroup) -> None:
        self._destination = apigatewayv2.LogGroupLogDestination(log_group)

    @property
    def destination(self) -> apigatewayv2.IAccessLogDestination:
        """Return the log group that AWS writes to."""
        return self._destination

    @property
    def format(self) -> apigateway.AccessLogFormat:
        """Return one JSON object a request."""
        return apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS))


class Api(Construct):
    """The API, its stage at the root of its address, and the routes to the functions behind it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        office: str,
        webhook: Function,
        checkin: Function,
        staff: Staff,
    ) -> None:
        super().__init__(scope, construct_id)
        api = apigatewayv2.HttpApi(self, "HttpApi", api_name=Stack.of(self).stack_name, create_default_stage=False)
        # AWS itself writes this log. With this prefix, one resource policy of the account covers all offices; otherwise
        # each log group would add to a policy that is limited to 5,120 characters.
        log_group = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=f"/aws/vendedlogs/antrian/{office}/api",
            retention=LOG_RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
        stage = apigatewayv2.HttpStage(
            self,
            "Stage",
            http_api=api,
            auto_deploy=True,
            throttle=LIMIT,
            access_log_settings=AccessLog(log_group),
        )
        webhook_routes = api.add_routes(
            path="/webhook",
            methods=[apigatewayv2.HttpMethod.GET, apigatewayv2.HttpMethod.POST],
            integration=HttpLambdaIntegration("Webhook", webhook.lambda_function),
        )
        _without_sign_in(
            webhook_routes,
            "Meta cannot sign in: it proves itself with a signature over the body, or on GET with the verify token, "
            "and the function refuses what carries neither.",
        )
        checkin_integration = HttpLambdaIntegration("Checkin", checkin.lambda_function)
        for path in ("/scanner", "/scanner/{file}"):
            page_routes = api.add_routes(
                path=path, methods=[apigatewayv2.HttpMethod.GET], integration=checkin_integration
            )
            _without_sign_in(
                page_routes,
                "The staff signs in on this very page: nothing in it is secret, and what it asks for needs a token.",
            )
            _limit(stage, f"GET {path}", page_routes, PAGE_LIMIT)
        staff_authorizer = HttpUserPoolAuthorizer("Staff", staff.user_pool, user_pool_clients=[staff.client])
        for method, path in (
            (apigatewayv2.HttpMethod.POST, "/checkins"),
            (apigatewayv2.HttpMethod.DELETE, "/checkins/{nonce}"),
            (apigatewayv2.HttpMethod.GET, "/days/{date}"),
            (apigatewayv2.HttpMethod.GET, "/days/{date}/search"),
        ):
            api.add_routes(path=path, methods=[method], integration=checkin_integration, authorizer=staff_authorizer)
        self.url = api.api_endpoint


def _without_sign_in(routes: Sequence[apigatewayv2.HttpRoute], reason: str) -> None:
    for route in routes:
        Validations.of(route).acknowledge(Acknowledgment(id="AwsSolutions-APIG4", reason=reason))


def _limit(
    stage: apigatewayv2.HttpStage,
    key: str,
    routes: Sequence[apigatewayv2.HttpRoute],
    limit: apigatewayv2.ThrottleSettings,
) -> None:
    cfn_stage = stage.node.default_child
    if not isinstance(cfn_stage, apigatewayv2.CfnStage):
        raise TypeError("the stage is not the resource that it was; look where its route settings are now")
    settings = {"ThrottlingRateLimit": limit.rate_limit, "ThrottlingBurstLimit": limit.burst_limit}
    cfn_stage.add_property_override(f"RouteSettings.{key}", settings)
    # AWS refuses a stage that limits a route which does not exist yet.
    stage.node.add_dependency(*routes)
