"""DynamoDB: a call of this process goes from botocore's request to moto's action without an HTTP message.

Addresses, headers, signatures and their parsing are half of what such a call costs, and nobody reads them.
botocore still validates and writes the request, moto still judges it, and refusals are still read from text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, cast

from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from botocore.parsers import create_parser
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler, DynamoResult

from choriste.local.moto_patches.answers import ITEM_ACTIONS, document_of
from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.settings import ACCOUNT
from choriste.local.platform.shapes import Json, MotoObject

_PROTOCOL: Final = "json"
_AWS: Final = re.compile(r"https://[^/]*\.amazonaws\.com(/|$)")

Answered = tuple[AWSResponse, Json]
Send = Callable[[Endpoint, MotoObject, Json], Answered]


def install_direct_calls() -> Uninstall:
    """Answer DynamoDB's calls to AWS here; a client of another address, as tests have, is sent on."""
    send: Send = Endpoint.make_request

    def make_request(endpoint: Endpoint, operation: MotoObject, request: Json) -> Answered:
        if operation.service_model.service_name != "dynamodb" or not _AWS.match(request["url"]):
            return send(endpoint, operation, request)
        return _answer(operation, request)

    return replace(Endpoint, "make_request", make_request)


class _Handler(DynamoHandler):
    """moto's handler of one request, which keeps the document of an item operation instead of writing it."""

    def __init__(self, operation: str, request: Mapping[str, Json]) -> None:
        super().__init__()
        self.headers = request["headers"]
        self.querystring = {"Action": [operation]}
        self.response_headers = {}
        self.region = request["context"]["client_region"]
        self.current_account = ACCOUNT
        self.params = _parameters(operation, request["body"])
        self.document: Json = None

    def serialized(self, action_result: ActionResult) -> Json:
        """Keep the document as it is, or write any other answer as moto does."""
        if not isinstance(action_result, DynamoResult) or self._get_action() not in ITEM_ACTIONS:
            return super().serialized(action_result)
        self.document = document_of(action_result)
        return 200, {}, ""


def _answer(operation: MotoObject, request: Mapping[str, Json]) -> Answered:
    handler = _Handler(operation.name, request)
    status, headers, body = handler.call_action()
    http = AWSResponse(request["url"], int(status), headers, None)
    if handler.document is None:
        return http, _parsed(operation, http, body.encode() if isinstance(body, str) else body)
    metadata = {"HTTPStatusCode": http.status_code, "HTTPHeaders": dict(headers), "RetryAttempts": 0}
    known = operation.output_shape.members
    document = {name: value for name, value in handler.document.items() if name in known}
    return http, {**document, "ResponseMetadata": metadata}


def _parsed(operation: MotoObject, http: AWSResponse, body: bytes) -> Json:
    """Read an answer as botocore reads one that came by HTTP."""
    response = {"headers": http.headers, "status_code": http.status_code, "body": body}
    parser = create_parser(_PROTOCOL)
    parsed: Json = parser.parse(response, operation.output_shape)
    code = parsed.get("Error", {}).get("Code")
    shape = operation.service_model.shape_for_error_code(code) if code else None
    if shape is not None:
        parsed.update(parser.parse(response, shape))
    parsed["ResponseMetadata"]["RetryAttempts"] = 0
    return parsed


def _parameters(operation: str, body: bytes) -> Json:
    return PROTOCOL_PARSERS[_PROTOCOL](_operation(operation)).parse(cast("Json", {"body": body}))


@cache
def _operation(name: str) -> OperationModel:
    return cast("OperationModel", get_service_model("dynamodb").operation_model(name))
