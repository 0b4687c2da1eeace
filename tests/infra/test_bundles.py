"""Each function starts from its bundle and layers alone and answers one real event.

The events follow one invoice: a file in the inbox, its flow, the duplicate, the recipient, the bus, the
notice. The queues, the schedules and the machine of the platform are stilled, so that only the bundles act.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import boto3
import pytest

from choriste.local.data.seed import Addresses, seed
from choriste.local.platform.process import Platform
from choriste.runtime.settings import setting_names
from infra.build import Target, build
from infra.catalogue import BY_NAME
from infra.permissions import rights_of
from infra.topology import TARGET
from tests.builders.lambda_processes import Answer, LambdaProcess, Unpacked

pytestmark = pytest.mark.slow

EVENTS = Path(__file__).parent / "events"
STILLED = {"AWS::Lambda::EventSourceMapping", "AWS::Scheduler::Schedule"}
FILENAME = "facture.xml"
EXPECTED: dict[str, Callable[[Any], bool]] = {
    "api": lambda result: bool(result["statusCode"] == 200),
    "console": lambda result: bool(result["statusCode"] == 200 and "<form" in result["body"]),
    "chorus": lambda result: bool(result["statusCode"] == 401),
    "inbox": lambda result: bool(result == {"batchItemFailures": []}),
    "opening": lambda result: bool(result == {"batchItemFailures": []}),
    "admission": lambda result: bool(result == {"batchItemFailures": []}),
    "intake_validate": lambda result: bool(result["outcome"] == "accepted"),
    "documents": lambda result: bool(result["readable_copy"]["name"].startswith("PJP00XFAC")),
    "intake_deliver": lambda result: bool(result["outcome"] == "MISE_A_DISPOSITION"),
    "approval": lambda result: bool(result["outcome"]),
    "publisher": lambda result: bool(result["published"] > 0),
    "notification": lambda result: bool(result == {"batchItemFailures": []}),
    "exchange": lambda result: bool(result == {"batchItemFailures": []}),
    "daily": lambda result: bool("warned" in result),
    "registry": lambda result: bool("checked" in result),
    "sweeper": lambda result: bool("resumed" in result),
}


def a_still_topology() -> dict[str, Any]:
    template: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))
    kept = {key: value for key, value in template["Resources"].items() if value["Type"] not in STILLED}
    machine = kept["IntakeMachine"]["Properties"]
    machine["DefinitionString"] = json.dumps({"StartAt": "Still", "States": {"Still": {"Type": "Succeed"}}})
    return {"Resources": kept}


def an_event(name: str, **known: object) -> dict[str, Any]:
    """The event of a file, with `${name}` replaced by the JSON text of what is known by that name."""
    text = (EVENTS / f"{name}.json").read_text(encoding="utf-8")
    for key, value in known.items():
        text = text.replace(f'"${{{key}}}"', json.dumps(value))
    event: dict[str, Any] = json.loads(text)
    return event


def a_sample() -> bytes:
    """The project's own sample: an ordinary invoice between two structures of the sample data."""
    return (resources.files("choriste.local") / "samples" / "invoice-cii.xml").read_bytes()


@dataclass
class Stage:
    """The stilled platform; a function starts when it is first asked, as on Lambda."""

    prefix: str
    unpacked: Unpacked
    environment: dict[str, str]
    running: ExitStack

    def ask(self, name: str, event: dict[str, Any]) -> Answer:
        process = LambdaProcess(BY_NAME[name], self.unpacked, environment=self.environment)
        return self.running.enter_context(process).invoke(event)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Unpacked:
    folder = tmp_path_factory.mktemp("bundles")
    build(Target.HOST, output=folder / "zips")
    return Unpacked(folder / "zips", folder / "opt")


@pytest.fixture(scope="module")
def stage(unpacked: Unpacked, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    credentials = tmp_path_factory.mktemp("local") / "credentials.json"
    with Platform(port=0, aws_port=0, topology=a_still_topology()) as platform, ExitStack() as running:
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        seed(addresses, kept_in=None, credentials=credentials)
        secrets = json.loads(credentials.read_text(encoding="utf-8"))
        environment = {
            **{name.upper(): os.environ[name.upper()] for name in setting_names()},
            "AWS_ENDPOINT_URL": platform.aws_url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_REGION": "eu-west-3",
            "AWS_DEFAULT_REGION": "eu-west-3",
            "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        }
        prefix = secrets["inbox"]["prefix"]
        yield Stage(prefix=prefix, unpacked=unpacked, environment=environment, running=running)


@pytest.fixture(scope="module")
def answers(stage: Stage) -> dict[str, Answer]:
    """The answer of every function to its event, in the order an invoice meets them."""
    boto3.client("s3").put_object(
        Bucket=os.environ["INBOX_BUCKET"],
        Key=f"{stage.prefix}{FILENAME}",
        Body=a_sample(),
    )
    given: dict[str, Answer] = {}
    for name in ("api", "console", "chorus"):
        given[name] = stage.ask(name, an_event(name))
    given["inbox"] = stage.ask("inbox", an_event("inbox", body=_message("inbox", about=FILENAME)))
    given["opening"] = stage.ask("opening", an_event("opening", body=_order(_only_flow())))
    given["admission"] = stage.ask("admission", an_event("admission", body=_order("CPP-none")))
    flow = {"flow_id": _only_flow(), "document": 1}
    given["intake_validate"] = stage.ask("intake_validate", an_event("intake_validate", **flow))
    known = {"invoice_id": (given["intake_validate"].result or {}).get("invoice_id")}
    given["documents"] = stage.ask("documents", an_event("documents", **known))
    copy = (given["documents"].result or {}).get("readable_copy")
    deliver = an_event("intake_deliver", readable_copy=copy, **known)
    given["intake_deliver"] = stage.ask("intake_deliver", deliver)
    waiting = {"invoice_id": (given["intake_validate"].result or {}).get("invoice_id"), "version": 2}
    given["approval"] = stage.ask("approval", an_event("approval", **waiting))
    given["publisher"] = stage.ask("publisher", an_event("publisher"))
    told = _message("notification", about="invoice_id")
    given["notification"] = stage.ask("notification", an_event("notification", body=told))
    given["exchange"] = stage.ask("exchange", an_event("exchange", body=told))
    given["sweeper"] = stage.ask("sweeper", an_event("sweeper"))
    given["registry"] = stage.ask("registry", an_event("registry"))
    given["daily"] = stage.ask("daily", an_event("daily"))
    return given


def _order(flow: str) -> str:
    """The order to open a flow's file, or to admit its first document."""
    return json.dumps({"schema": 1, "flow_id": flow, "documents": [1], "attempt": 0})


def _message(queue: str, *, about: str) -> str:
    """The body of the first message of a queue that has to do with something; S3 sends one of its own."""
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName=f"choriste-{queue}")["QueueUrl"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return next((message["Body"] for message in messages if about in message["Body"]), "")


def _only_flow() -> str:
    """The id of the flow that the deposit function opened, empty when it opened none."""
    items = boto3.client("dynamodb").scan(TableName=os.environ["CORE_TABLE"])["Items"]
    flows = [item for item in items if item.get("type", {}).get("S") == "flow"]
    return flows[0]["pk"]["S"].split("#", 1)[1] if flows else ""


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_function_calls_only_what_its_role_allows(name: str, answers: dict[str, Answer]) -> None:
    assert answers[name].rights - rights_of(name) == set()


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_function_answers_its_event_from_its_bundle_alone(name: str, answers: dict[str, Answer]) -> None:
    answer = answers[name]

    assert answer.error is None, answer.output[-2000:]
    assert EXPECTED[name](answer.result), (answer.result, answer.output[-2000:])
