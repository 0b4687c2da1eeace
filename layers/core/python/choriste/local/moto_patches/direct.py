"""DynamoDB and SES: a call of this process goes from botocore's request to moto's action without HTTP.

Addresses, headers, signatures and their parsing are half of what such a call costs or more, and no code reads
them. botocore still validates and writes the request, moto still judges it, and answers that are not items
are read from text as ever. These two services answer nine in ten calls of a deposit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final, cast

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.endpoint import Endpoint
from botocore.parsers import create_parser
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler, DynamoResult
from moto.ses.responses import EmailResponse

from choriste.local.moto_patches.answers import ITEM_ACTIONS, document_of
from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT
from choriste.local.platform.shapes import Json, MotoObject

_AWS: Final = re.compile(r"https://[^/]*\.amazonaws\.com(/|$)")

_RESOLVE: Final = "_resolve_endpoint_ruleset"
_ADDRESS: Final = "_choriste_address"

Answered = tuple[AWSResponse, Json]
Send = Callable[[Endpoint, MotoObject, Json], Answered]


def install_direct_calls() -> Sequence[Uninstall]:
    """Answer the calls of these services to AWS here; those to another address are sent on.

    Their address does not depend on what is asked, so each client finds it out once.
    """
    send: Send = Endpoint.make_request
    resolve = BaseClient.__dict__[_RESOLVE]

    def make_request(endpoint: Endpoint, operation: MotoObject, request: Json) -> Answered:
        if operation.service_model.service_name in _HANDLERS and _AWS.match(request["url"]):
            return _answer(operation, request)
        return send(endpoint, operation, request)

    def resolve_once(client: MotoObject, operation: MotoObject, *rest: Json, **named: Json) -> Json:
        if operation.service_model.service_name not in _HANDLERS:
            return resolve(client, operation, *rest, **named)
        if _ADDRESS not in client.__dict__:
            setattr(client, _ADDRESS, resolve(client, operation, *rest, **named))
        address, headers, properties = client.__dict__[_ADDRESS]
        return address, dict(headers), properties

    return replace(Endpoint, "make_request", make_request), replace(BaseClient, _RESOLVE, resolve_once)


class _TableHandler(DynamoHandler):
    """moto's handler of one request, which keeps the document of an item operation instead of writing it."""

    document: Json = None

    def serialized(self, action_result: ActionResult) -> Json:
        """Keep the document as it is, or write any other answer as moto does."""
        if not isinstance(action_result, DynamoResult) or self._get_action() not in ITEM_ACTIONS:
            return super().serialized(action_result)
        self.document = document_of(action_result)
        return 200, {}, ""


_HANDLERS: Final[Mapping[str, Callable[[], MotoObject]]] = {"dynamodb": _TableHandler, "ses": EmailResponse}


def _answer(operation: MotoObject, request: Mapping[str, Json]) -> Answered:
    handler = _handler(operation, request)
    status, headers, body = handler.call_action()
    http = AWSResponse(request["url"], int(status), headers, None)
    document = getattr(handler, "document", None)
    if document is None:
        return http, _parsed(operation, http, body.encode() if isinstance(body, str) else body)
    metadata = {"HTTPStatusCode": http.status_code, "HTTPHeaders": dict(headers), "RetryAttempts": 0}
    known = operation.output_shape.members
    members = {name: value for name, value in document.items() if name in known}
    return http, {**members, "ResponseMetadata": metadata}


def _handler(operation: MotoObject, request: Mapping[str, Json]) -> MotoObject:
    """Give moto's handler what it would have read from a message."""
    service, body = operation.service_model, request["body"]
    handler = _HANDLERS[service.service_name]()
    handler.headers = request["headers"]
    handler.querystring = {"Action": [operation.name]}
    handler.response_headers, handler.uri_match = {}, {}
    handler.region = request["context"]["client_region"]
    handler.current_account = ACCOUNT
    parser = PROTOCOL_PARSERS[service.protocol](_operation(service.service_name, operation.name))
    handler.params = parser.parse(cast("Json", {"body": body, "values": body}))
    return handler


def _parsed(operation: MotoObject, http: AWSResponse, body: bytes) -> Json:
    """Read an answer as botocore reads one that came by HTTP."""
    response = {"headers": http.headers, "status_code": http.status_code, "body": body}
    parser = create_parser(operation.service_model.protocol)
    parsed: Json = parser.parse(response, operation.output_shape)
    code = parsed.get("Error", {}).get("Code")
    shape = operation.service_model.shape_for_error_code(code) if code else None
    if shape is not None:
        parsed.update(parser.parse(response, shape))
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return parsed


@cache
def _operation(service: str, name: str) -> OperationModel:
    return cast("OperationModel", get_service_model(service).operation_model(name))
