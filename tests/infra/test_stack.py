"""What operators rely on, read from the synthesised template."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from choriste.application.deposits.integrate_document import data_key
from choriste.application.notices.notify_users import CLAIMED
from choriste.domain.access.user import Language
from choriste.domain.printouts.printout import PrintoutKind, PrintoutRequest
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.runtime import aws
from infra.catalogue import FUNCTIONS, pascal
from infra.functions import SCHEDULES
from infra.messaging import CONSUMERS
from infra.observability import INCIDENT_LINES
from tests.builders.intake import deposited, the_invoice
from tests.builders.invoices import a_cii
from tests.builders.ports import a_bench
from tests.infra.conftest import Template

pytestmark = pytest.mark.slow

RESERVED_VARIABLES = re.compile(r"^(AWS_|LAMBDA_|_HANDLER$|_X_AMZN|TZ$)")
ROOT = Path(__file__).resolve().parents[2]


def test_tables_cannot_be_lost(production: Template) -> None:
    for logical_id, table in production.each("AWS::DynamoDB::Table"):
        resource = production.resources[logical_id]

        assert table["DeletionProtectionEnabled"] is True, logical_id
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, logical_id
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", logical_id
        assert resource["UpdateReplacePolicy"] == "Retain", logical_id


def test_tables_are_on_demand_and_encrypted_with_our_key(template: Template) -> None:
    for logical_id, table in template.each("AWS::DynamoDB::Table"):
        assert table["BillingMode"] == "PAY_PER_REQUEST", logical_id
        assert table["SSESpecification"]["SSEType"] == "KMS", logical_id
        assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["PlatformKey", "Arn"]}


def test_core_table_has_its_keys_indexes_and_stream(template: Template) -> None:
    core = template.of_type("AWS::DynamoDB::Table")["CoreTable"]

    indexes = {
        index["IndexName"]: (*(key["AttributeName"] for key in index["KeySchema"]), index["Projection"])
        for index in core["GlobalSecondaryIndexes"]
    }

    only_keys = {"ProjectionType": "KEYS_ONLY"}
    assert [key["AttributeName"] for key in core["KeySchema"]] == ["pk", "sk"]
    assert core["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert indexes == {
        "by_supplier": ("supplier_key", "deposit_key", only_keys),
        "by_recipient": ("recipient_key", "deposit_key", only_keys),
        "by_owner": ("owner_key", "owner_sort", only_keys),
        "by_parties": ("parties_key", "deposit_key", only_keys),
        "by_service": ("service_key", "deposit_key", only_keys),
        "by_assignee": ("assignee_key", "deposit_key", only_keys),
        "supplier_queues": ("supplier_queue", "deposit_key", only_keys),
        "recipient_queues": ("recipient_queue", "deposit_key", only_keys),
        "by_payment_day": ("payer_key", "payment_key", only_keys),
        "due": ("due_shard", "due_at", only_keys),
        "outbox": ("outbox_shard", "outbox_at", only_keys),
    }


@pytest.mark.parametrize(
    ("logical_id", "attribute"), [("SessionsTable", "expires_at"), ("IdempotencyTable", "expiration")]
)
def test_short_lived_rows_expire(template: Template, logical_id: str, attribute: str) -> None:
    table = template.of_type("AWS::DynamoDB::Table")[logical_id]

    assert table["TimeToLiveSpecification"] == {"AttributeName": attribute, "Enabled": True}


def test_archive_cannot_be_altered_for_ten_years(production: Template) -> None:
    archive = production.of_type("AWS::S3::Bucket")["ArchiveBucket"]

    assert archive["VersioningConfiguration"] == {"Status": "Enabled"}
    assert archive["ObjectLockEnabled"] is True
    assert archive["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "COMPLIANCE",
        "Years": 10,
    }


def test_archive_never_expires_an_original(template: Template) -> None:
    archive = template.of_type("AWS::S3::Bucket")["ArchiveBucket"]

    assert not any("ExpirationInDays" in rule for rule in archive["LifecycleConfiguration"]["Rules"])


def test_buckets_are_private_encrypted_and_retained(production: Template) -> None:
    for logical_id, bucket in production.each("AWS::S3::Bucket"):
        rule = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
        algorithm = rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"]

        assert all(bucket["PublicAccessBlockConfiguration"].values()), logical_id
        assert algorithm == ("AES256" if logical_id == "AccessLogsBucket" else "aws:kms"), logical_id
        assert production.resources[logical_id]["DeletionPolicy"] == "RetainExceptOnCreate", logical_id


def test_buckets_refuse_plain_http(template: Template) -> None:
    refused = {
        policy["Bucket"]["Ref"]
        for _, policy in template.each("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Condition"].get("Bool", {}).get("aws:SecureTransport") == "false"
    }

    assert refused == set(template.of_type("AWS::S3::Bucket"))


def test_printouts_are_let_go_after_a_day_with_all_their_versions_and_nothing_else(
    template: Template,
) -> None:
    orders = [
        PrintoutRequest(kind=PrintoutKind.FOLLOW_UP, language=Language.FRENCH, invoice_id=InvoiceId(1)),
        PrintoutRequest(kind=PrintoutKind.INTEGRATION_REPORT, language=Language.ENGLISH, flow_id=FlowId("F")),
    ]
    ports = a_bench().ports
    invoice = the_invoice(ports, deposited(ports, a_cii()))
    kept = [data_key(invoice.flow_id, 1), *(file.key for file in invoice.files)]
    rules = template.resources["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    expiring = [rule for rule in rules if {"ExpirationInDays", "NoncurrentVersionExpiration"} & set(rule)]

    assert expiring == [
        {
            "Prefix": "printouts/",
            "ExpirationInDays": 1,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "Status": "Enabled",
        }
    ]
    assert all(order.key.startswith("printouts/") for order in orders)
    assert not any(key.startswith("printouts/") for key in kept)


def test_queues_have_dead_letters_encryption_and_patience(template: Template) -> None:
    queues = template.of_type("AWS::SQS::Queue")
    timeouts = {spec.name: spec.timeout for spec in FUNCTIONS}
    for logical_id, queue in queues.items():
        assert queue["SqsManagedSseEnabled"] is True, logical_id
        assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600, logical_id
        if not logical_id.endswith("DeadLetterQueue"):
            consumer = queue["QueueName"].removeprefix("choriste-")
            target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
            assert target.endswith("DeadLetterQueue"), logical_id
            hidden = 6 * timeouts[consumer] + CONSUMERS[consumer].window
            assert queue["VisibilityTimeout"] == hidden, logical_id


def test_claim_to_a_notice_outlives_the_function_but_not_the_patience_of_its_queue(
    template: Template,
) -> None:
    function = template.resources["NotificationFunction"]["Properties"]
    queue = template.resources["NotificationQueue"]["Properties"]

    assert function["Timeout"] < CLAIMED.total_seconds() < queue["VisibilityTimeout"]


def test_mail_client_never_gives_up_an_answer_before_the_function_ends(template: Template) -> None:
    """A late answer would otherwise make the client send the message once more."""
    patience: float = vars(aws._MAIL_CONFIG)["read_timeout"]

    assert patience > template.resources["NotificationFunction"]["Properties"]["Timeout"]


def test_every_asynchronous_target_has_dead_letters(template: Template) -> None:
    for logical_id, rule in template.each("AWS::Events::Rule"):
        assert all("DeadLetterConfig" in target for target in rule["Targets"]), logical_id
    for logical_id, schedule in template.each("AWS::Scheduler::Schedule"):
        assert "DeadLetterConfig" in schedule["Target"], logical_id


def test_event_sources_report_single_failures(template: Template) -> None:
    for logical_id, source in template.each("AWS::Lambda::EventSourceMapping"):
        assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"], logical_id


def test_only_a_deposit_goes_at_once_and_a_notice_is_out_well_within_a_minute(template: Template) -> None:
    windows = {
        logical_id: source["MaximumBatchingWindowInSeconds"]
        for logical_id, source in template.each("AWS::Lambda::EventSourceMapping")
    }

    assert windows == {
        **dict.fromkeys(("InboxQueueSource", "OpeningQueueSource", "AdmissionQueueSource"), 0),
        "NotificationQueueSource": 10,
        "ExchangeQueueSource": 5,
        "CoreStreamSource": 5,
    }


def test_what_may_last_is_taken_one_message_at_a_time(template: Template) -> None:
    """A batch of ten archives outlived its function, and each message of it lost a life."""
    sizes = {
        logical_id: source["BatchSize"]
        for logical_id, source in template.each("AWS::Lambda::EventSourceMapping")
    }

    assert [sizes[f"{name}QueueSource"] for name in ("Inbox", "Opening", "Admission")] == [1, 1, 1]


def test_schedules_have_their_rates(template: Template) -> None:
    rates = {
        schedule["Name"].removeprefix("choriste-"): schedule["ScheduleExpression"]
        for _, schedule in template.each("AWS::Scheduler::Schedule")
    }

    assert rates == {entry.name: f"rate({entry.minutes} minutes)" for entry in SCHEDULES}
    assert {"sweeper-deadlines", "sweeper-flows"} < set(rates), "no flow stands before a legal deadline"


def test_functions_follow_the_catalogue(template: Template) -> None:
    functions = template.of_type("AWS::Lambda::Function")

    assert set(functions) == {spec.logical_id for spec in FUNCTIONS}
    for spec in FUNCTIONS:
        function = functions[spec.logical_id]
        assert function["Architectures"] == ["arm64"]
        assert function["Runtime"] == "python3.13"
        assert function["Handler"] == f"functions.{spec.name}.handler.handler"
        assert (function["MemorySize"], function["Timeout"]) == (spec.memory, spec.timeout)


def test_functions_share_one_set_of_variables_without_reserved_names(template: Template) -> None:
    environments = [
        function["Environment"]["Variables"] for _, function in template.each("AWS::Lambda::Function")
    ]

    assert len({frozenset(variables) for variables in environments}) == 1
    assert not [name for name in environments[0] if RESERVED_VARIABLES.match(name)]


def test_functions_take_at_most_their_share_of_the_account(template: Template) -> None:
    """No reservation, which a new account's small quota would refuse; queues bound their consumers."""
    assert not [
        logical_id
        for logical_id, function in template.each("AWS::Lambda::Function")
        if "ReservedConcurrentExecutions" in function
    ]
    for name in CONSUMERS:
        source = template.of_type("AWS::Lambda::EventSourceMapping")[f"{name.capitalize()}QueueSource"]
        assert source["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_logs_are_kept_for_a_bounded_time(template: Template) -> None:
    groups = dict(template.each("AWS::Logs::LogGroup"))

    assert not [logical_id for logical_id, group in groups.items() if "RetentionInDays" not in group]
    for logical_id, function in template.each("AWS::Lambda::Function"):
        assert function["LoggingConfig"]["LogGroup"]["Ref"] in groups, logical_id


def test_lambda_writes_of_an_invocation_only_when_it_fails(template: Template) -> None:
    levels = {f["LoggingConfig"]["SystemLogLevel"] for _, f in template.each("AWS::Lambda::Function")}

    assert levels == {"WARN"}


_QUEUES = tuple(name.capitalize() for name in CONSUMERS)


def test_every_failure_has_an_alarm_that_reaches_the_topic(template: Template) -> None:
    alarms = template.of_type("AWS::CloudWatch::Alarm")

    expected = {f"{pascal(spec.name)}{kind}Alarm" for spec in FUNCTIONS for kind in ("Errors", "Throttles")}
    expected |= {f"{name}DeadLettersAlarm" for name in (*_QUEUES, "Rule", "Schedule")}
    expected |= {*(f"{name}QueueAgeAlarm" for name in _QUEUES), "PublisherIteratorAgeAlarm"}
    expected |= {
        f"{table}Table{kind}ThrottlesAlarm"
        for table in ("Core", "Audit", "Sessions", "Idempotency")
        for kind in ("Read", "Write")
    }
    expected |= {
        f"{machine}{kind}Alarm"
        for machine in ("Intake", "Approval")
        for kind in ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionThrottled")
    }
    assert set(alarms) == expected | {"HttpServerErrorsAlarm", "IncidentsAlarm"}
    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms.values())


def test_incident_alarm_counts_the_lines_that_the_function_logs(template: Template) -> None:
    filters = template.of_type("AWS::Logs::MetricFilter")

    for name, message in INCIDENT_LINES.items():
        counted = filters[f"{pascal(name)}IncidentFilter"]
        source = (ROOT / f"functions/{name}/handler.py").read_text(encoding="utf-8")
        assert counted["LogGroupName"] == {"Ref": f"{pascal(name)}FunctionLogs"}
        assert counted["FilterPattern"] == f'{{ $.message = "{message}" }}'
        assert f'logger.error("{message}"' in source


def test_waits_are_of_a_standard_machine_and_the_intake_of_an_express_one(template: Template) -> None:
    machines = template.of_type("AWS::StepFunctions::StateMachine")

    types = {logical_id: machine["StateMachineType"] for logical_id, machine in machines.items()}
    assert types == {"IntakeMachine": "EXPRESS", "ApprovalMachine": "STANDARD"}
    assert all(machine["LoggingConfiguration"]["Level"] == "ALL" for machine in machines.values())
    assert not any(machine["LoggingConfiguration"]["IncludeExecutionData"] for machine in machines.values())


def test_dashboard_shows_every_function(template: Template) -> None:
    (_, dashboard), *others = template.each("AWS::CloudWatch::Dashboard")

    shown = json.dumps(dashboard["DashboardBody"])
    assert others == []
    assert all(f'"Ref": "{spec.logical_id}"' in shown for spec in FUNCTIONS)


def test_routes_lead_to_functions_that_authenticate_by_themselves(template: Template) -> None:
    routes = dict(template.each("AWS::ApiGatewayV2::Route"))

    assert {route["RouteKey"] for route in routes.values()} == {
        *("POST /api/oauth/token", "ANY /v1/{proxy+}", "ANY /cpro/{proxy+}", "$default")
    }
    assert {route["AuthorizationType"] for route in routes.values()} == {"NONE"}


def test_logical_ids_of_state_are_pinned(template: Template) -> None:
    """A changed logical id would replace the resource: the old one with its contents would be left behind."""
    stateful = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::KMS::Key")

    found = {logical_id for kind in stateful for logical_id in template.of_type(kind)}

    assert found == {
        *("CoreTable", "AuditTable", "SessionsTable", "IdempotencyTable"),
        *("InboxBucket", "OutboxBucket", "ArchiveBucket", "DocumentsBucket", "AccessLogsBucket"),
        *("PlatformKey", "SecretsKey"),
    }


def test_everything_billable_carries_the_cost_tags(template: Template) -> None:
    for logical_id, properties in template.each(
        "AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::Lambda::Function", "AWS::SQS::Queue"
    ):
        tags: list[dict[str, Any]] = properties["Tags"]
        assert {"application", "cost-centre", "deployment"} <= {tag["Key"] for tag in tags}, logical_id
