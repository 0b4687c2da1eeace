"""The composition root of the invoice use cases: every port bound to its AWS adapter."""

from __future__ import annotations

from functools import cache

from choriste.adapters.aws.dynamodb.agenda import DynamoDueItems
from choriste.adapters.aws.dynamodb.drafts import DynamoDrafts
from choriste.adapters.aws.dynamodb.flows import DynamoFlows
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts, DynamoDirectory
from choriste.adapters.aws.dynamodb.invoices import DynamoInvoices
from choriste.adapters.aws.dynamodb.once import DynamoIdempotencyStore
from choriste.adapters.aws.dynamodb.outbox import DynamoOutbox
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.eventbridge.bus import EventBridgeBus
from choriste.adapters.aws.s3.files import S3Files
from choriste.adapters.aws.ses.mailer import SesMailer
from choriste.adapters.aws.stepfunctions.approvals import StepFunctionsApprovals
from choriste.adapters.aws.stepfunctions.intake import StepFunctionsIntake
from choriste.application.ports import Bucket, Ports
from choriste.runtime import aws
from choriste.runtime.clock import CurrentClock
from choriste.runtime.settings import settings


@cache
def platform_ports() -> Ports:
    """Return the ports of this process."""
    names = settings()
    clock = CurrentClock()
    table = CoreTable(aws.dynamodb(), names.core_table)
    buckets = {
        Bucket.INBOX: names.inbox_bucket,
        Bucket.ARCHIVE: names.archive_bucket,
        Bucket.DOCUMENTS: names.documents_bucket,
    }
    return Ports(
        clock=clock,
        flows=DynamoFlows(table),
        invoices=DynamoInvoices(table, audit_table=names.audit_table),
        drafts=DynamoDrafts(table),
        outbox=DynamoOutbox(table),
        due_items=DynamoDueItems(table),
        files=S3Files(aws.s3(), buckets),
        intake=StepFunctionsIntake(aws.stepfunctions(), machine=names.intake_machine_arn),
        bus=EventBridgeBus(aws.events(), name=names.bus_name),
        mailer=SesMailer(aws.ses(), sender=names.sender_address),
        directory=DynamoDirectory(aws.dynamodb(), names.core_table),
        accounts=DynamoAccounts(aws.dynamodb(), names.core_table),
        idempotency=DynamoIdempotencyStore(aws.dynamodb(), names.idempotency_table, clock=clock),
        base_url=names.base_url,
        approvals=StepFunctionsApprovals(aws.stepfunctions(), table, machine=names.approval_machine_arn),
    )
