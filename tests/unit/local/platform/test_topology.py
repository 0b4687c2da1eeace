"""Templates and their intrinsic functions, names, routes and schedules, without moto."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from choriste.local.gateway.routes import Route, RouteTable
from choriste.local.platform import wiring
from choriste.local.platform.intrinsics import TemplateError
from choriste.local.platform.provisioning import state_machine_definition
from choriste.local.platform.schedules import next_firing
from choriste.local.platform.settings import LocalSettingError, wanted_endpoints
from choriste.local.platform.shapes import Json
from choriste.local.platform.topology import Resource, Topology, load_topology

URL = "http://127.0.0.1:8080"


def _named(topology: Topology, logical_id: str) -> Resource:
    return next(resource for resource in topology.resources if resource.logical_id == logical_id)


def resolved(node: Json, **sections: Json) -> Json:
    """A property value of a template that holds a queue, resolved."""
    template = {
        "Resources": {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q"}},
            "Other": {"Type": "AWS::Any::Thing", "Properties": {"Value": node}},
            "Api": {"Type": "AWS::ApiGatewayV2::Api"},
        },
        **sections,
    }
    return _named(load_topology(template, url=URL), "Other").properties.get("Value")


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ({"Ref": "Queue"}, "https://sqs.eu-west-3.amazonaws.com/123456789012/q"),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "arn:aws:sqs:eu-west-3:123456789012:q"),
        ({"Fn::GetAtt": "Queue.QueueName"}, "q"),
        ({"Fn::GetAtt": ["Api", "ApiEndpoint"]}, URL),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}]]}, "a-eu-west-3"),
        ({"Fn::Sub": "${AWS::AccountId}/${Queue.QueueName}/${!literal}"}, "123456789012/q/${literal}"),
        ({"Fn::Sub": ["${x}", {"x": {"Ref": "Stage"}}]}, "test"),
        ({"Fn::Select": [1, {"Fn::Split": [",", "a,b"]}]}, "b"),
        ({"Fn::If": ["IsTest", "yes", "no"]}, "yes"),
        ({"Fn::If": ["IsNot", "yes", {"Ref": "AWS::NoValue"}]}, None),
        ({"Fn::FindInMap": ["Map", "a", "b"]}, 7),
        ({"Fn::Base64": "é"}, "w6k="),
        ({"a": [1, {"Ref": "AWS::NoValue"}], "b": {"Ref": "AWS::NoValue"}}, {"a": [1]}),
    ],
)
def test_intrinsic_function_gives_its_value(node: Json, value: Json) -> None:
    sections = {
        "Parameters": {"Stage": {"Type": "String", "Default": "test"}},
        "Conditions": {
            "IsTest": {"Fn::Equals": [{"Ref": "Stage"}, "test"]},
            "IsNot": {"Fn::And": [{"Fn::Not": [{"Condition": "IsTest"}]}, {"Condition": "IsTest"}]},
        },
        "Mappings": {"Map": {"a": {"b": 7}}},
    }

    assert resolved(node, **sections) == value


@pytest.mark.parametrize("node", [{"Fn::Cidr": []}, {"Ref": "Nobody"}, {"Fn::ImportValue": "nothing"}])
def test_unknown_function_or_name_is_an_error(node: Json) -> None:
    with pytest.raises(TemplateError):
        resolved(node)


def test_stacks_import_what_others_export_and_leave_out_what_their_condition_excludes() -> None:
    given = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}
    user = {"Type": "AWS::Any::Thing", "Properties": {"Value": {"Fn::ImportValue": "topic"}}}
    never = {"Type": "AWS::Any::Thing", "Condition": "Never"}
    stacks: Json = {
        "data": {
            "Resources": {"Topic": given},
            "Outputs": {"O": {"Value": {"Ref": "Topic"}, "Export": {"Name": "topic"}}},
        },
        "app": {
            "Resources": {"User": user, "Never": never},
            "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
        },
    }

    topology = Topology(stacks, url=URL)

    assert _named(topology, "User").properties["Value"] == "arn:aws:sns:eu-west-3:123456789012:t"
    assert sorted(one.logical_id for one in topology.resources) == ["Topic", "User"]


def test_resource_without_a_name_gets_one_from_its_logical_id() -> None:
    topology = load_topology(
        {
            "Resources": {
                "MyBucket": {"Type": "AWS::S3::Bucket"},
                "Events": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}},
            }
        },
        url=URL,
    )

    assert _named(topology, "MyBucket").name == "choriste-mybucket"
    assert _named(topology, "Events").name == "choriste-Events.fifo"


def test_shipped_topology_wires_every_function() -> None:
    topology = load_topology(None, url=URL)
    names = {spec.name for spec in wiring.functions(topology)}
    table = RouteTable(wiring.routes(topology))

    assert {f"choriste-{name}" for name in ("api", "console", "inbox", "publisher", "sweeper")} <= names
    assert {source.function for source in wiring.queue_sources(topology)} <= names
    assert wiring.sweepers(topology) == ("choriste-sweeper",)
    assert wiring.environment(topology)["CORE_TABLE"] == "choriste-core"
    assert table.match("GET", "/v1/invoices") is not None


def test_machine_defined_elsewhere_is_an_error() -> None:
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionS3Location": {}}}
    topology = load_topology({"Resources": {"M": machine}}, url=URL)

    with pytest.raises(TemplateError, match="definition"):
        state_machine_definition(_named(topology, "M"))


@pytest.mark.parametrize(
    ("request_line", "key"),
    [
        ("GET /v1/invoices/export", "GET /v1/invoices/export"),
        ("GET /v1/invoices/7", "GET /v1/invoices/{id}"),
        ("POST /v1/invoices/7", "ANY /v1/{rest+}"),
        ("GET /v1/a/b/c", "ANY /v1/{rest+}"),
        ("GET /v1", "$default"),
        ("GET /", "$default"),
    ],
)
def test_most_specific_route_wins(request_line: str, key: str) -> None:
    keys = ("$default", "ANY /v1/{rest+}", "GET /v1/invoices/{id}", "GET /v1/invoices/export")
    table = RouteTable(Route(key=one, function="f") for one in keys)
    method, path = request_line.split(" ")

    match = table.match(method, path)

    assert match is not None
    assert match.route.key == key


@pytest.mark.parametrize(
    ("expression", "instant"),
    [
        ("rate(15 minutes)", "2026-01-31T10:22"),
        ("rate(1 day)", "2026-02-01T10:07"),
        ("cron(0/20 * * * ? *)", "2026-01-31T10:20"),
        ("cron(30 4 * * ? *)", "2026-02-01T04:30"),
        ("cron(0 6 1 MAR,JUN ? *)", "2026-03-01T06:00"),
        ("cron(0 6 ? * MON-FRI *)", "2026-02-02T06:00"),
        ("cron(7,8 10 * * ? *)", "2026-01-31T10:08"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00"),
    ],
)
def test_schedule_fires_next_at(expression: str, instant: str) -> None:
    saturday = datetime(2026, 1, 31, 10, 7, tzinfo=UTC)

    assert next_firing(expression)(saturday) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize("expression", ["at(2026-01-01T00:00:00)", "rate(5 weeks)", "cron(0 0 L * ? *)"])
def test_unknown_schedule_is_an_error(expression: str) -> None:
    with pytest.raises(TemplateError):
        next_firing(expression)


def test_ports_come_from_arguments_then_variables_then_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHORISTE_PORT", raising=False)
    monkeypatch.setenv("CHORISTE_AWS_PORT", "4000")

    endpoints = wanted_endpoints(None, None)

    assert (endpoints.port, endpoints.aws_port) == (8080, 4000)
    assert wanted_endpoints(1, 2).aws_url == "http://127.0.0.1:2"
    monkeypatch.setenv("CHORISTE_AWS_PORT", "many")
    with pytest.raises(LocalSettingError, match="CHORISTE_AWS_PORT"):
        wanted_endpoints(None, None)
