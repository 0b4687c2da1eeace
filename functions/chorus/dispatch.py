"""Find the operation of a request, read the request, run the operation, and write its answer."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Final

from choriste.application.sandbox.switched_answer import switched_answer
from choriste.application.shared.problems import problem_text
from choriste.domain.access.principal import Principal
from choriste.domain.sandbox.sandbox import Switch
from choriste.domain.shared.errors import ChoristeError
from choriste.runtime.http import CHALLENGE, Event, preferred_language
from choriste.runtime.identity import header
from choriste.runtime.ports import platform_ports
from functions.chorus.operation import Call, Operation, told
from functions.chorus.operations import OPERATIONS
from functions.chorus.reading import read_fields
from functions.chorus.returns import ChorusRefusal, Return, Said, return_of

Answer = dict[str, Any]

JSON: Final = "application/json"
"""What every answer is."""

_FLOW_STATES: Final = ("etatCourantFlux", "etatCourantDepotFlux")
"""The fields that show the state of a flow."""


def operate(event: Event, principal: Principal) -> Answer:
    """Answer a request of somebody who is known; a sandbox answers as it was told to."""
    switch = switched_answer(platform_ports(), principal, _path(event))
    if switch is None:
        return _operated(event, principal)
    time.sleep(switch.seconds)
    return (
        _forced(switch, preferred_language(event)) if switch.refuses else _operated(event, principal, switch)
    )


def _operated(event: Event, principal: Principal, switch: Switch | None = None) -> Answer:
    language = preferred_language(event)
    try:
        operation = _operation(event)
        body = _body(event) if operation.method == "POST" else {}
        call = Call(principal, platform_ports(), language, read_fields(operation.asks, body))
        return _done(operation, operation.act(call), language, switch)
    except ChorusRefusal as refusal:
        return said_answer(_renamed(event, refusal.said), language)
    except ChoristeError as error:
        return said_answer(_renamed(event, _said(error, language)), language)


def said_answer(said: Said, language: str) -> Answer:
    """Return a refusal as the function answers it."""
    answer = _written(said.what.value.status, said.as_json(language), language)
    if said.what is Return.BUSY:
        answer["headers"]["Retry-After"] = str(said.values["seconds"])
    return answer


def _forced(switch: Switch, language: str) -> Answer:
    """Return the answer that a sandbox was told to give."""
    said = Said(Return.FORCED, {"status": switch.status}).as_json(language)
    told_to = {"codeRetour": switch.code, "libelle": switch.label}
    given = {name: value for name, value in told_to.items() if value is not None}
    return _written(HTTPStatus(switch.status), {**said, **given}, language)


def _path(event: Event) -> str:
    return "/" + "/".join(part for part in str(event["rawPath"]).split("/") if part)


def _operation(event: Event) -> Operation:
    path = _path(event)
    operation = OPERATIONS.get(path)
    if operation is None:
        raise ChorusRefusal(Return.NO_OPERATION, path=path[:200])
    if event["requestContext"]["http"]["method"] != operation.method:
        raise ChorusRefusal(Return.WRONG_METHOD, path=path, method=operation.method)
    return operation


def _body(event: Event) -> Mapping[str, Any]:
    """Return the JSON object of a request; a body that is empty or null holds nothing."""
    kind = (header(event, "content-type") or JSON).partition(";")[0].strip().lower()
    if kind != JSON:
        raise ChorusRefusal(Return.WRONG_TYPE, found=kind[:80])
    try:
        sent = json.loads(_text(event) or "null", parse_float=Decimal)
    except (ValueError, RecursionError, binascii.Error):
        raise ChorusRefusal(Return.NOT_JSON) from None
    if sent is not None and not isinstance(sent, dict):
        raise ChorusRefusal(Return.NOT_JSON)
    return sent or {}


def _text(event: Event) -> str:
    body = str(event.get("body") or "")
    return (base64.b64decode(body).decode("utf-8-sig") if event.get("isBase64Encoded") else body).strip()


def _done(operation: Operation, result: object, language: str, switch: Switch | None) -> Answer:
    said = result if isinstance(result, Said) else Said(operation.done)
    if operation.none is not None and not getattr(result, "rows", None):
        said = Said(operation.none)
    opening = {} if operation.bare else said.as_json(language)
    filled = {} if isinstance(result, Said) else told(operation.tells, result)
    if switch is not None and switch.flow_state is not None:
        filled |= {name: switch.flow_state.value for name in _FLOW_STATES if name in filled}
    return _written(HTTPStatus.OK, {**opening, **filled}, language)


def _said(error: ChoristeError, language: str) -> Said:
    """Return what an error of the platform says here: with its own sentence, where the table has none."""
    what = return_of(error)
    detail = problem_text(error.code, error.parameters).detail.in_language(language)
    return Said(what, {"detail": detail, **error.parameters})


def _renamed(event: Event, said: Said) -> Said:
    operation = OPERATIONS.get(str(event["rawPath"]))
    what = operation.renames.get(said.what, said.what) if operation is not None else said.what
    return Said(what, said.values)


def _written(status: HTTPStatus, body: Mapping[str, object], language: str) -> Answer:
    headers = {"Content-Type": JSON, "Content-Language": language, "Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = CHALLENGE
    return {
        "statusCode": int(status),
        "headers": headers,
        "body": json.dumps(body, ensure_ascii=False),
        "isBase64Encoded": False,
    }
