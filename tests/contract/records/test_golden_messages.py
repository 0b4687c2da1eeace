"""Messages of every release are read by the present functions, and what these send is the kept form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from choriste.adapters.aws.lambda_.printouts import LambdaPrintouts, PrintoutFailedError
from choriste.adapters.aws.stepfunctions.approvals import StepFunctionsApprovals
from choriste.adapters.aws.stepfunctions.intake import StepFunctionsIntake
from choriste.application.notices.publish_changes import event_of
from choriste.application.shared.messages import NewerMessageError
from choriste.domain.printouts.printout import PrintoutRequest
from choriste.domain.shared.ids import FlowId, InvoiceId
from tests.builders.contexts import a_context
from tests.contract.records import examples

MESSAGES: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "messages.json").read_text(encoding="utf-8")
)
MACHINES = Path(__file__).parents[3] / "infra" / "machines"
INVOICE, FLOW = InvoiceId(260_000_000_000_002), FlowId("CPP0011117000000000000001")


class Recorder:
    """A client of AWS, or a use case, that keeps what it was called with."""

    def __init__(self) -> None:
        self.calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def __getattr__(self, name: str) -> Any:
        return self

    def __call__(self, *positional: Any, **named: Any) -> Any:
        self.calls.append((positional, named))
        return self

    def __getitem__(self, name: str) -> Any:
        return self


def _forms(name: str) -> list[Any]:
    """Return each kept form of a message, and the newest one with a field that nobody knows yet."""
    forms = list(MESSAGES[name].values())
    return [*forms, {**forms[-1], "colour": "blue"}]


def _called(monkeypatch: pytest.MonkeyPatch, function: str, use_case: str, event: Any) -> Recorder:
    """Return what a handler calls its use case with."""
    module, called = import_module(f"functions.{function}.handler"), Recorder()
    monkeypatch.setattr(module, use_case, called)
    monkeypatch.setattr(module, "platform_ports", lambda: "ports")
    monkeypatch.setattr(module, "asdict", dict, raising=False)
    monkeypatch.setattr(module, "report_flow", Recorder(), raising=False)
    module.handler(event, a_context())
    return called


ORDERS = {
    "intake_validate validate": ("integrate_document", ("ports", FLOW, 1)),
    "documents printout": (
        "render_printout",
        ("ports", PrintoutRequest.from_json(MESSAGES["documents printout"]["1"]["order"])),
    ),
    "approval ask": ("keep_token", ("ports", INVOICE, 2, "AQB…")),
    "approval lapse": ("expire_wait", ("ports", INVOICE, 2)),
    "intake_deliver deliver": ("deliver_invoice", ("ports", INVOICE)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_order_of_every_release_is_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use_case, expected = ORDERS[name]

    for form in _forms(name):
        (call,) = _called(monkeypatch, name.split(maxsplit=1)[0], use_case, form).calls[:1]

        assert call[0] == expected


@pytest.mark.parametrize("name", [*ORDERS, "documents render_copy"])
def test_order_of_a_newer_schema_is_refused(name: str) -> None:
    newer = {**MESSAGES[name]["1"], "schema": 2}

    with pytest.raises(NewerMessageError, match="schema 2; this release reads 1 to 1"):
        import_module(f"functions.{name.split(maxsplit=1)[0]}.handler").handler(newer, a_context())


@pytest.mark.parametrize("form", _forms("EventBridge detail"))
def test_status_event_on_the_queue_is_read(monkeypatch: pytest.MonkeyPatch, form: Any) -> None:
    event = {"Records": [_message(form)]}

    (call,) = _called(monkeypatch, "notification", "notify_users", event).calls
    (told,) = _called(monkeypatch, "exchange", "tell_partners", event).calls

    assert call == (("ports", INVOICE, 2), {"by": "m-1"})
    assert told == (("ports", INVOICE, 2), {})


def test_status_event_of_a_newer_schema_comes_again() -> None:
    newer = {**MESSAGES["EventBridge detail"]["1"], "schema": 2}

    answer = import_module("functions.notification.handler").handler(
        {"Records": [_message(newer)]}, a_context()
    )

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m-1"}]}


def test_notices_of_aws_are_read_under_their_major_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("functions.inbox.handler"), "logger", Recorder())
    body = MESSAGES["S3 event"]["2.1"]
    newer = {"Records": [{**body["Records"][0], "eventVersion": "2.9"}]}

    for form in (body, newer):
        event = {"Records": [{"messageId": "m-1", "body": json.dumps(form)}]}
        (call,) = _called(monkeypatch, "inbox", "receive_inbox_object", event).calls[:1]
        key = "partners/TECH_1_00000001@cpro.fr/une facture.xml"
        assert call == (("ports", key), {"delivery": "0f-0055AED6DCD90281E5"})

    stream = {"Records": [MESSAGES["stream record"]["1.1"]]}
    monkeypatch.setattr(import_module("functions.publisher.handler"), "publish_changes", None)
    (call,) = _called(monkeypatch, "publisher", "publish_named", stream).calls
    assert call == (("ports", [f"{INVOICE}-0002"]), {})


def test_notices_of_aws_of_another_major_version_are_refused() -> None:
    record = {**MESSAGES["stream record"]["1.1"], "eventVersion": "2.0"}

    with pytest.raises(NewerMessageError, match=r"version 2\.0; this release reads 1\.x"):
        import_module("functions.publisher.handler").handler({"Records": [record]}, a_context())


def test_what_is_sent_is_the_kept_form() -> None:
    client: Any = Recorder()
    StepFunctionsIntake(client, machine="m").start(FLOW, 1)
    StepFunctionsApprovals(client, client, machine="m").ask(INVOICE, 2, seconds=60)
    invoked: Any = Recorder()
    order = PrintoutRequest.from_json(MESSAGES["documents printout"]["1"]["order"])
    with pytest.raises(PrintoutFailedError):  # the recorder answers nothing
        LambdaPrintouts(invoked, function="f").make(order)

    inputs = [json.loads(named["input"]) for _, named in client.calls]
    assert inputs == [MESSAGES["input of intake"]["1"], MESSAGES["input of approval"]["1"]]
    assert json.loads(invoked.calls[0][1]["Payload"]) == MESSAGES["documents printout"]["1"]
    assert event_of(examples.REFUSAL) == MESSAGES["EventBridge detail"]["1"]


@pytest.mark.parametrize("machine", ["intake", "approval"])
def test_payloads_of_the_machines_are_the_kept_forms(machine: str) -> None:
    kept = {name.partition(" ")[2]: forms["1"] for name, forms in MESSAGES.items() if "1" in forms}

    for payload in _payloads(json.loads((MACHINES / f"{machine}.asl.json").read_text(encoding="utf-8"))):
        assert payload["schema"] == 1
        assert {name.removesuffix(".$") for name in payload} == set(kept[payload["action"]])


def _payloads(machine: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for state in machine["States"].values():
        if "Payload" in state.get("Parameters", {}):
            yield state["Parameters"]["Payload"]


def _message(detail: Any) -> dict[str, str]:
    """Return a message of the notification queue: the event as EventBridge wraps it."""
    envelope = {"version": "0", "detail-type": "InvoiceStatusChanged", "detail": detail}
    return {"messageId": "m-1", "body": json.dumps(envelope)}
