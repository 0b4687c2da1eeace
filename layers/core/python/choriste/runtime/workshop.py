"""The composition root of the invoice use cases: every port bound to its AWS adapter."""

from __future__ import annotations

from functools import cache

from choriste.adapters.dynamodb.agenda import DynamoAgenda
from choriste.adapters.dynamodb.drafts import DynamoDrafts
from choriste.adapters.dynamodb.flows import DynamoFlows
from choriste.adapters.dynamodb.identity import DynamoAccounts, DynamoDirectory
from choriste.adapters.dynamodb.invoices import DynamoInvoices
from choriste.adapters.dynamodb.once import DynamoOnce
from choriste.adapters.dynamodb.outbox import DynamoOutbox
from choriste.adapters.dynamodb.table import CoreTable
from choriste.adapters.eventbridge.bus import EventBridgeBus
from choriste.adapters.s3.files import S3Files
from choriste.adapters.ses.mailer import SesMailer
from choriste.adapters.stepfunctions.approvals import StepFunctionsApprovals
from choriste.adapters.stepfunctions.intake import StepFunctionsIntake
from choriste.application.ports import Shelf, Workshop
from choriste.runtime import aws
from choriste.runtime.clock import CurrentClock
from choriste.runtime.settings import settings


@cache
def workshop() -> Workshop:
    """Return the ports of this process."""
    names = settings()
    clock = CurrentClock()
    table = CoreTable(aws.dynamodb(), names.core_table)
    buckets = {
        Shelf.INBOX: names.inbox_bucket,
        Shelf.ARCHIVE: names.archive_bucket,
        Shelf.DOCUMENTS: names.documents_bucket,
    }
    return Workshop(
        clock=clock,
        flows=DynamoFlows(table),
        invoices=DynamoInvoices(table, audit_table=names.audit_table),
        drafts=DynamoDrafts(table),
        outbox=DynamoOutbox(table),
        agenda=DynamoAgenda(table),
        files=S3Files(aws.s3(), buckets),
        intake=StepFunctionsIntake(aws.stepfunctions(), machine=names.intake_machine_arn),
        bus=EventBridgeBus(aws.events(), name=names.bus_name),
        mailer=SesMailer(aws.ses(), sender=names.sender_address),
        directory=DynamoDirectory(aws.dynamodb(), names.core_table),
        accounts=DynamoAccounts(aws.dynamodb(), names.core_table),
        once=DynamoOnce(aws.dynamodb(), names.idempotency_table, clock=clock),
        base_url=names.base_url,
        approvals=StepFunctionsApprovals(aws.stepfunctions(), table, machine=names.approval_machine_arn),
    )
