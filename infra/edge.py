"""The doors: the HTTP API, and an optional CloudFront distribution before it.

Routes are a table. None has an authorizer: an HTTP API answers 403 to whatever its authorizer refuses, and
clients renew their token on a 401. Each function finds out who asks (`choriste.runtime.identity`); the
console signs people in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, CfnOutput, Fn, RemovalPolicy
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.functions import LOG_RETENTION, Functions
from infra.naming import Naming, pin

ACCESS_LOG_FIELDS = {
    "request_id": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "method": "$context.httpMethod",
    "route": "$context.routeKey",
    "status": "$context.status",
    "latency_ms": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "error": "$context.integrationErrorMessage",
}


@dataclass(frozen=True, slots=True)
class Route:
    """One route: its key and the function behind it."""

    logical_id: str
    key: str
    function: str


ROUTES = (
    Route("TokenRoute", "POST /api/oauth/token", "api"),
    Route("ApiRoute", "ANY /v1/{proxy+}", "api"),
    Route("ChorusRoute", "ANY /cpro/{proxy+}", "chorus"),
    Route("ConsoleRoute", "$default", "console"),
)


class HttpApi(Construct):
    """The API itself; made before the functions, which are told its address."""

    def __init__(self, scope: Construct, construct_id: str, *, naming: Naming) -> None:
        """Declare the API and its only stage."""
        super().__init__(scope, construct_id)
        self._naming = naming
        self.routes: dict[str, apigateway.CfnRoute] = {}
        self.api = cast(
            "apigateway.CfnApi",
            pin(
                apigateway.CfnApi(
                    self,
                    "Api",
                    name=naming.prefix,
                    protocol_type="HTTP",
                    description="Choriste: REST API, Chorus Pro compatible API and console",
                ),
                "HttpApi",
            ),
        )
        self._stage()

    @property
    def url(self) -> str:
        """The address without a final slash."""
        return f"https://{self.api.ref}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"

    def _stage(self) -> None:
        group = logs.LogGroup(
            self,
            "AccessLogs",
            log_group_name=self._naming.log_group("http"),
            retention=LOG_RETENTION,
            removal_policy=RemovalPolicy.DESTROY,
        )
        pin(group, "HttpAccessLogs")
        stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=group.log_group_arn, format=json.dumps(ACCESS_LOG_FIELDS)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                detailed_metrics_enabled=True, throttling_burst_limit=200, throttling_rate_limit=100
            ),
        )
        pin(stage, "HttpStage")

    def connect(self, functions: Functions) -> None:
        """Declare the routes to the functions, once these exist."""
        targets = {
            name: self._integration(name, functions.by_name[name])
            for name in sorted({route.function for route in ROUTES})
        }
        for route in ROUTES:
            resource = apigateway.CfnRoute(
                self,
                route.logical_id,
                api_id=self.api.ref,
                route_key=route.key,
                target=f"integrations/{targets[route.function].ref}",
                authorization_type="NONE",
            )
            pin(resource, route.logical_id)
            self.routes[route.logical_id] = resource

    def _integration(self, name: str, function: lambda_.Function) -> apigateway.CfnIntegration:
        integration = apigateway.CfnIntegration(
            self,
            f"{name.capitalize()}Integration",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=29_000,
        )
        pin(integration, f"{name.capitalize()}Integration")
        self._permit(name, function, source=f"{self.api.ref}/*")
        return integration

    def _permit(self, name: str, function: lambda_.Function, *, source: str) -> None:
        permission = lambda_.CfnPermission(
            self,
            f"{name.capitalize()}Permission",
            action="lambda:InvokeFunction",
            function_name=function.function_name,
            principal="apigateway.amazonaws.com",
            source_arn=self._naming.arn("execute-api", source),
        )
        pin(permission, f"{name.capitalize()}HttpPermission")


@dataclass(frozen=True, slots=True)
class Shield:
    """What stands in us-east-1 for CloudFront, and the domain name that the certificate is for."""

    web_acl_arn: str
    certificate_arn: str
    domain: str


class Front(Construct):
    """CloudFront before the API, with a web ACL and a certificate made in us-east-1, named by the context."""

    def __init__(self, scope: Construct, construct_id: str, *, api: HttpApi, shield: Shield) -> None:
        """Declare the distribution: nothing is cached, every header but Host goes through."""
        super().__init__(scope, construct_id)
        host = Fn.join(".", [api.api.ref, "execute-api", Aws.REGION, Aws.URL_SUFFIX])
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment="Choriste",
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.HttpOrigin(host, protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
                cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
                origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
                response_headers_policy=cloudfront.ResponseHeadersPolicy.SECURITY_HEADERS,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            ),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            web_acl_id=shield.web_acl_arn,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", shield.certificate_arn),
            domain_names=[shield.domain],
        )
        pin(self.distribution, "FrontDistribution")
        CfnOutput(self, "Address", value=f"https://{self.distribution.distribution_domain_name}")
