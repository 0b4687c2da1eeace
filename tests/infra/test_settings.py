"""What a deployment is refused for, before anything is created, and what each stage makes of the settings."""

from __future__ import annotations

import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra import deploy
from infra.app import build_app
from infra.bundles import Bundles
from infra.settings import SETTING_NAMES, ArchiveMode, MailIdentity, Settings, Stage
from tests.infra.conftest import PRODUCTION, Template, read_template

GOOD = Settings(sender="no-reply@lutece.fr", alarm_email="garde@lutece.fr")
FRONT: dict[str, Any] = {
    "base_url": "https://factures.lutece.fr",
    "web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/x/1",
    "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
}


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"prefix": "Factures"}, "prefix"),
        ({"prefix": "a-prefix-that-is-far-too-long"}, "prefix"),
        ({"sender": "no-reply@choriste.example"}, "sender"),
        ({"sender": "nobody"}, "sender"),
        ({"alarm_email": ""}, "alarm_email"),
        ({**FRONT, "web_acl_arn": ""}, "web_acl_arn"),
        ({"base_url": "https://factures.lutece.fr"}, "web_acl_arn, certificate_arn"),
        ({**FRONT, "base_url": "http://factures.lutece.fr"}, "base_url"),
        ({**FRONT, "certificate_arn": "arn:aws:acm:eu-west-3:1:certificate/1"}, "certificate_arn"),
        ({"stage": Stage.PRODUCTION}, "archive_mode"),
        ({"archive_mode": ArchiveMode.COMPLIANCE}, "archive_mode"),
        ({"consumers": 1}, "consumers"),
        ({"intake_at_once": 0}, "intake_at_once"),
    ],
)
def test_setting_that_would_break_on_aws_is_refused_by_name(changes: dict[str, Any], named: str) -> None:
    faults = list(replace(GOOD, **changes).faults())

    assert [fault.partition(":")[0] for fault in faults] == [named]


def test_settings_of_both_stages_pass() -> None:
    assert list(GOOD.faults()) == []
    assert list(replace(GOOD, **FRONT).faults()) == []
    assert list(Settings.of(PRODUCTION).faults()) == []


@pytest.mark.parametrize(
    ("name", "value"), [("stage", "maybe"), ("consumers", "many"), ("archive_mode", "no")]
)
def test_value_that_none_can_have_is_explained(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=f"{name}: “{value}” is not one of"):
        Settings.of({name: value})


def test_deployment_says_all_that_is_wrong_and_does_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "latest_bundles", Bundles)

    assert deploy.main(["deploy", "--yes"]) == 2

    said = capsys.readouterr()
    assert [line.partition(":")[0] for line in said.err.splitlines()] == ["sender", "alarm_email", "bundles"]
    assert said.out == ""


def test_production_is_not_taken_away(capsys: pytest.CaptureFixture[str]) -> None:
    assert deploy.main(["destroy", "--yes", "--stage", "production"]) == 2

    assert "takes trials away only" in capsys.readouterr().err


def test_deployment_says_what_it_does_and_hands_the_settings_to_the_cdk(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[list[str]] = []

    def run(words: list[str], **_: object) -> Any:
        called.append(words[1:])
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr(deploy, "_place", lambda: "account 1, region eu-west-3")
    monkeypatch.setattr(deploy, "_faults", lambda _command, _settings: iter(()))

    given = ["--sender", "no-reply@lutece.fr", "--alarm-email", "garde@lutece.fr"]
    assert deploy.main(["deploy", "--yes", *given]) == 0

    said = capsys.readouterr().out
    assert "notices from no-reply@lutece.fr, alarms to garde@lutece.fr" in said
    assert "originals locked for one day, mode governance" in said
    settings = ["-c", "sender=no-reply@lutece.fr", "-c", "alarm_email=garde@lutece.fr"]
    assert called == [["--yes", deploy.CDK, "deploy", *settings, "--require-approval", "never"]]


def test_nothing_is_done_where_nobody_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deploy, "_faults", lambda _command, _settings: iter(()))
    monkeypatch.setattr(deploy, "_place", lambda: "account 1, region eu-west-3")
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert deploy.main(["deploy"]) == 2
    assert deploy.main(["destroy"]) == 2


def test_buckets_of_a_trial_are_emptied_with_all_their_versions() -> None:
    with mock_aws():
        client: Any = boto3.client("s3", region_name="eu-west-3")
        place = {"LocationConstraint": "eu-west-3"}
        client.create_bucket(Bucket="trial", CreateBucketConfiguration=place)
        client.put_bucket_versioning(Bucket="trial", VersioningConfiguration={"Status": "Enabled"})
        for content in (b"1", b"2"):
            client.put_object(Bucket="trial", Key="a", Body=content)
        client.delete_object(Bucket="trial", Key="a")

        assert deploy.empty_bucket(client, "trial") == 3
        assert "Versions" not in client.list_object_versions(Bucket="trial")
        assert deploy.empty_bucket(client, "nowhere") == 0


@pytest.mark.slow
def test_trial_takes_everything_away_and_locks_for_a_day(template: Template) -> None:
    kept = {
        name: resource["DeletionPolicy"]
        for name, resource in template.resources.items()
        if resource.get("DeletionPolicy", "Delete") != "Delete"
    }
    archive = template.of_type("AWS::S3::Bucket")["ArchiveBucket"]
    lock = archive["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]

    assert kept == {}
    assert lock == {"Mode": "GOVERNANCE", "Days": 1}
    assert all(not table["DeletionProtectionEnabled"] for _, table in template.each("AWS::DynamoDB::Table"))


@pytest.mark.slow
def test_first_attempt_that_fails_leaves_no_name_taken(template: Template, production: Template) -> None:
    for made in (template, production):
        assert [
            name for name, resource in made.resources.items() if resource.get("DeletionPolicy") == "Retain"
        ] == []


@pytest.mark.slow
def test_new_account_accepts_memory_and_concurrency(template: Template) -> None:
    functions = dict(template.each("AWS::Lambda::Function"))

    assert max(function["MemorySize"] for function in functions.values()) <= 3008
    assert not [name for name, function in functions.items() if "ReservedConcurrentExecutions" in function]


@pytest.mark.slow
def test_grown_account_keeps_room_for_those_who_wait_for_an_answer(production: Template) -> None:
    reserved = {
        name: function["ReservedConcurrentExecutions"]
        for name, function in production.each("AWS::Lambda::Function")
        if "ReservedConcurrentExecutions" in function
    }
    core = production.of_type("AWS::DynamoDB::Table")["CoreTable"]
    sources = production.of_type("AWS::Lambda::EventSourceMapping")

    assert reserved == dict.fromkeys(("ApiFunction", "ChorusFunction", "ConsoleFunction"), 25)
    assert core["WarmThroughput"] == {"WriteUnitsPerSecond": 12_000}
    assert sources["InboxQueueSource"]["ScalingConfig"] == {"MaximumConcurrency": 40}


@pytest.mark.slow
def test_operator_learns_the_records_to_publish(template: Template) -> None:
    outputs = template.body["Outputs"]

    assert {"BaseUrl", "InboxBucketName", "Stage", "DnsRecordSpf", "DnsRecordDmarc"} <= set(outputs)
    assert len([name for name in outputs if name.startswith("DnsRecordDkim")]) == 3


@pytest.mark.slow
def test_two_deployments_share_an_account_and_a_mail_domain(tmp_path: Path, production: Template) -> None:
    second = {**PRODUCTION, "prefix": "essai", "mail_identity": MailIdentity.EXISTING.value}
    build_app(outdir=tmp_path, context=second).synth()

    other = read_template(tmp_path)

    assert "MailIdentity" not in other.resources
    assert not [name for name in other.body["Outputs"] if name.startswith("DnsRecord")]
    assert _names(other) & _names(production) == set()


def _names(template: Template) -> set[str]:
    """Return the physical names that are unique in an account and region, as text."""
    named = ("TableName", "FunctionName", "QueueName", "StateMachineName", "TopicName", "LogGroupName")
    return {
        str(resource["Properties"][key])
        for resource in template.resources.values()
        for key in named
        if isinstance(resource.get("Properties", {}).get(key), str)
    }


@pytest.mark.slow
def test_no_name_of_a_region_or_partition_is_written_down(template: Template, production: Template) -> None:
    for made in (template, production):
        text = str(made.body)
        assert "eu-west-" not in text
        assert "arn:aws:" not in text.replace("arn:aws:states:::lambda:invoke", "")


@pytest.mark.slow
def test_every_alarm_reaches_its_reader(production: Template) -> None:
    """Walks alarm → topic → policy of the topic → policy of its key → subscription."""
    alarms = production.of_type("AWS::CloudWatch::Alarm")
    topics = {action["Ref"] for alarm in alarms.values() for action in alarm["AlarmActions"]}
    assert topics == {"AlarmTopic"}
    prefix = PRODUCTION["prefix"]
    assert all(alarm["AlarmName"].startswith(f"{prefix}-") for alarm in alarms.values())

    published = _allowed(production, "AWS::SNS::TopicPolicy", "sns:Publish")
    assert [statement["Condition"]["StringEquals"] for statement in published] == [
        {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    ]
    assert f":alarm:{prefix}-*" in str(published[0]["Condition"]["ArnLike"]["aws:SourceArn"])
    key = production.of_type("AWS::KMS::Key")["PlatformKey"]
    allowed = [
        statement
        for statement in key["KeyPolicy"]["Statement"]
        if statement["Principal"].get("Service") == "cloudwatch.amazonaws.com"
    ]
    assert [set(statement["Action"]) for statement in allowed] == [{"kms:Decrypt", "kms:GenerateDataKey"}]
    subscribed = [found["Endpoint"] for _, found in production.each("AWS::SNS::Subscription")]
    assert subscribed == [PRODUCTION["alarm_email"]]


def _allowed(template: Template, kind: str, action: str) -> list[dict[str, Any]]:
    return [
        statement
        for _, policy in template.each(kind)
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
        and action == statement["Action"]
        and statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    ]


@pytest.mark.slow
def test_idle_cost_that_the_command_says_is_that_of_what_stands_there(template: Template) -> None:
    """An alarm is 0.10 dollars a month, a dashboard 3, a key 1, a secret 0.40; the rest is paid by use."""
    prices = {
        "AWS::CloudWatch::Alarm": 0.10,
        "AWS::CloudWatch::Dashboard": 3.0,
        "AWS::KMS::Key": 1.0,
        "AWS::SecretsManager::Secret": 0.40,
    }

    month = sum(price * len(template.of_type(kind)) for kind, price in prices.items())

    assert math.ceil(month) == deploy.IDLE_DOLLARS


def test_machine_without_credentials_is_told_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deploy, "_faults", lambda _command, _settings: iter(()))
    monkeypatch.setattr(deploy, "_place", lambda: None)

    assert deploy.main(["diff"]) == 2
    assert "AWS_REGION" in capsys.readouterr().err


def test_every_setting_is_explained() -> None:
    assert set(deploy.EXPLAINED) == set(SETTING_NAMES)


def test_pictures_are_read_by_a_function_of_its_own_where_it_was_chosen(tmp_path: Path) -> None:
    """It stands on its own layer alone, has no right but to log, and only `documents` asks it."""
    build_app(outdir=tmp_path, bundles=Bundles(), context={"recognition": "on"}).synth()
    template = read_template(tmp_path)

    function = template.of_type("AWS::Lambda::Function")["RecognitionFunction"]
    assert [layer["Ref"] for layer in function["Layers"]] == ["CoreLayer", "RecognitionLayer"]
    assert function["Environment"]["Variables"]["RECOGNITION_FUNCTION"] == "choriste-recognition"
    roles = json.dumps(template.of_type("AWS::IAM::Role"))
    assert roles.count("function:choriste-recognition") == 1
    asks = json.dumps(template.of_type("AWS::IAM::Role")["DocumentsFunctionRole"])
    assert "function:choriste-recognition" in asks


def test_sftp_is_a_server_of_its_own_that_is_asked_for(tmp_path: Path) -> None:
    build_app(outdir=tmp_path, bundles=Bundles(), context={"sftp": "on"}).synth()

    template = read_template(tmp_path)
    (server,) = template.of_type("AWS::Transfer::Server").values()
    assert (server["Protocols"], server["EndpointType"]) == (["SFTP"], "PUBLIC")
    (statement,) = template.of_type("AWS::IAM::Role")["SftpRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "transfer.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
