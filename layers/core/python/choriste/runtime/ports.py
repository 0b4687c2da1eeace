"""The composition root: every port of the use cases bound to its AWS adapter.

Each capability of the application says in its `ports.py` what it asks of the outside; `PlatformPorts` has all
of it. Functions call `platform_ports`; a test that wants other ports replaces `built_ports`, once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from choriste.adapters.aws.dynamodb.bank_details import DynamoBankRecords
from choriste.adapters.aws.dynamodb.connections import DynamoConnections
from choriste.adapters.aws.dynamodb.drafts import DynamoDrafts
from choriste.adapters.aws.dynamodb.due_items import DynamoDueItems
from choriste.adapters.aws.dynamodb.exchange import DynamoDispatches, DynamoPartners
from choriste.adapters.aws.dynamodb.flows import DynamoFlows
from choriste.adapters.aws.dynamodb.history import DynamoHistory
from choriste.adapters.aws.dynamodb.idempotency import DynamoIdempotencyStore
from choriste.adapters.aws.dynamodb.identity import DynamoAccounts
from choriste.adapters.aws.dynamodb.invoices import DynamoInvoices
from choriste.adapters.aws.dynamodb.mandates import DynamoMandates
from choriste.adapters.aws.dynamodb.members import DynamoMembers
from choriste.adapters.aws.dynamodb.outbox import DynamoOutbox
from choriste.adapters.aws.dynamodb.sandboxes import DynamoSandboxes
from choriste.adapters.aws.dynamodb.structures import DynamoChecks, DynamoDirectory
from choriste.adapters.aws.dynamodb.supplier_records import DynamoSupplierRecords
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.eventbridge.bus import EventBridgeBus
from choriste.adapters.aws.lambda_.pdf_reader import LambdaPdfReader
from choriste.adapters.aws.lambda_.printouts import LambdaPrintouts
from choriste.adapters.aws.s3.files import S3Files
from choriste.adapters.aws.secrets import Secret
from choriste.adapters.aws.ses.mailer import SesMailer
from choriste.adapters.aws.sqs.backlog import SqsBacklog
from choriste.adapters.aws.stepfunctions.approvals import StepFunctionsApprovals
from choriste.adapters.aws.stepfunctions.intake import StepFunctionsIntake
from choriste.adapters.aws.sts.folder_keys import StsFolderKeys
from choriste.adapters.sirene.client import SireneRegistry
from choriste.application.access.ports import Accounts, Directory, History
from choriste.application.approvals.ports import Approvals
from choriste.application.connections.ports import Connections
from choriste.application.deposits.ports import Backlog, Flows, Intake, SupplierRecords
from choriste.application.drafts.ports import Drafts, PdfReader
from choriste.application.exchange.ports import Dispatches, FolderKeys, Partners
from choriste.application.invoices.ports import Invoices
from choriste.application.members.ports import Members
from choriste.application.notices.ports import Bus, Outbox
from choriste.application.operations.ports import DueItems
from choriste.application.parties.ports import BankRecords, Checks, Mandates, Registry
from choriste.application.printouts.ports import Printouts
from choriste.application.sandbox.ports import Sandboxes
from choriste.application.shared.clock import Clock
from choriste.application.shared.ports import Bucket, Files, IdempotencyStore, Mailer
from choriste.runtime import aws
from choriste.runtime.clock import CurrentClock
from choriste.runtime.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformPorts:
    """Every port of the platform."""

    clock: Clock
    flows: Flows
    supplier_records: SupplierRecords
    intake: Intake
    backlog: Backlog
    invoices: Invoices
    approvals: Approvals
    drafts: Drafts
    outbox: Outbox
    due_items: DueItems
    files: Files
    bus: Bus
    mailer: Mailer
    directory: Directory
    bank_details: BankRecords
    mandates: Mandates
    registry: Registry
    checks: Checks
    accounts: Accounts
    connections: Connections
    partners: Partners
    dispatches: Dispatches
    folder_keys: FolderKeys
    members: Members
    sandboxes: Sandboxes
    history: History
    idempotency: IdempotencyStore
    printouts: Printouts
    pdf_reader: PdfReader
    base_url: str


def platform_ports() -> PlatformPorts:
    """Return the ports of this process."""
    return built_ports()


@cache
def built_ports() -> PlatformPorts:
    """Build the ports of this process, once."""
    names = settings()
    clock = CurrentClock()
    table = CoreTable(aws.dynamodb(), names.core_table)
    audit = CoreTable(aws.dynamodb(), names.audit_table)
    buckets = {
        Bucket.INBOX: names.inbox_bucket,
        Bucket.OUTBOX: names.outbox_bucket,
        Bucket.ARCHIVE: names.archive_bucket,
        Bucket.DOCUMENTS: names.documents_bucket,
    }
    return PlatformPorts(
        clock=clock,
        flows=DynamoFlows(table),
        supplier_records=DynamoSupplierRecords(table),
        invoices=DynamoInvoices(table, audit_table=names.audit_table),
        drafts=DynamoDrafts(table),
        outbox=DynamoOutbox(table),
        due_items=DynamoDueItems(table),
        files=S3Files(aws.s3(), buckets),
        backlog=SqsBacklog(aws.sqs(), opening=names.opening_queue_url, admission=names.admission_queue_url),
        intake=StepFunctionsIntake(aws.stepfunctions(), machine=names.intake_machine_arn),
        bus=EventBridgeBus(aws.events(), name=names.bus_name),
        mailer=SesMailer(aws.ses(), sender=names.sender_address),
        directory=DynamoDirectory(aws.dynamodb(), names.core_table),
        bank_details=DynamoBankRecords(table),
        mandates=DynamoMandates(table),
        registry=SireneRegistry(names.sirene_url, Secret(aws.secrets(), names.sirene_key_secret)),
        checks=DynamoChecks(table),
        accounts=DynamoAccounts(aws.dynamodb(), names.core_table),
        connections=DynamoConnections(aws.dynamodb(), names.core_table),
        partners=DynamoPartners(table),
        dispatches=DynamoDispatches(table),
        folder_keys=StsFolderKeys(
            aws.sts(),
            role=names.partner_role_arn,
            inbox=names.inbox_bucket,
            outbox=names.outbox_bucket,
        ),
        members=DynamoMembers(table, audit),
        sandboxes=DynamoSandboxes(table),
        history=DynamoHistory(audit),
        idempotency=DynamoIdempotencyStore(aws.dynamodb(), names.idempotency_table, clock=clock),
        printouts=LambdaPrintouts(aws.functions(), function=names.documents_function),
        pdf_reader=LambdaPdfReader(aws.functions(), function=names.documents_function),
        base_url=names.base_url,
        approvals=StepFunctionsApprovals(aws.stepfunctions(), table, machine=names.approval_machine_arn),
    )
