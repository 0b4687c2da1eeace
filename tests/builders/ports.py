"""Workshops for tests: every port in memory or on moto, with the same town hall and supplier in each."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import boto3
from moto import mock_aws

from choriste.adapters.aws.dynamodb.drafts import DynamoDrafts
from choriste.adapters.aws.dynamodb.due_items import DynamoDueItems
from choriste.adapters.aws.dynamodb.exchange import DynamoDispatches
from choriste.adapters.aws.dynamodb.flows import DynamoFlows
from choriste.adapters.aws.dynamodb.idempotency import DynamoIdempotencyStore
from choriste.adapters.aws.dynamodb.invoices import DynamoInvoices
from choriste.adapters.aws.dynamodb.outbox import DynamoOutbox
from choriste.adapters.aws.dynamodb.supplier_records import DynamoSupplierRecords
from choriste.adapters.aws.dynamodb.table import CoreTable
from choriste.adapters.aws.s3.files import S3Files
from choriste.application.access.records import TechnicalAccount
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.access.user import (
    Language,
    Level,
    Space,
)
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.parties.structure import (
    Service,
    ServiceCode,
    StructureId,
    StructureSettings,
)
from choriste.runtime.ports import PlatformPorts
from tests.builders.faults import FaultPlan, FaultyClient
from tests.builders.identity import (
    StillClock,
    a_company,
    a_manager,
    a_right,
    a_structure,
    a_user,
    keep,
)
from tests.builders.invoices import BUYER_SIRET, SELLER_SIRET
from tests.fakes.approvals import NoApprovals
from tests.fakes.backlog import MemoryBacklog
from tests.fakes.connections import MemoryConnections
from tests.fakes.drafts import MemoryDrafts
from tests.fakes.exchange import MemoryDispatches, MemoryFolderKeys, MemoryPartners
from tests.fakes.flows import MemoryFlows
from tests.fakes.identity import MemoryAccounts, MemoryDirectory
from tests.fakes.invoices import MemoryInvoices
from tests.fakes.members import MemoryHistory, MemoryMembers
from tests.fakes.parties import MemoryBankRecords, MemoryChecks, MemoryMandates, MemoryRegistry
from tests.fakes.pdf_reader import MemoryPdfReader
from tests.fakes.printouts import MemoryPrintouts
from tests.fakes.sandboxes import MemorySandboxes
from tests.fakes.supplier_records import MemorySupplierRecords
from tests.fakes.surroundings import (
    MemoryBus,
    MemoryDueItems,
    MemoryFiles,
    MemoryIdempotencyStore,
    MemoryIntake,
    MemoryMailer,
)

TOWN_HALL = "1001"
SUPPLIER = "2001"
PARTNER_LOGIN = "TECH_1_00000001@cpro.fr"
CLOSED_SIRET = "20004567200017"
REGION = "eu-west-3"


@dataclass(frozen=True)
class Bench:
    """A workshop with what a test looks at behind it."""

    ports: PlatformPorts
    clock: StillClock
    intake: MemoryIntake
    bus: MemoryBus
    mailer: MemoryMailer
    backlog: MemoryBacklog


def a_bench() -> Bench:
    """Return a workshop wholly in memory, with the town hall and the supplier."""
    accounts = MemoryAccounts()
    directory = MemoryDirectory(accounts)
    populate(directory, accounts)
    return a_bench_of(directory, accounts)


def a_bench_of(directory: MemoryDirectory, accounts: MemoryAccounts) -> Bench:
    """Return a workshop wholly in memory, with the structures and users of a directory."""
    clock, flows = StillClock(), MemoryFlows()
    invoices = MemoryInvoices(flows)
    intake, bus, mailer, files = MemoryIntake(), MemoryBus(), MemoryMailer(), MemoryFiles()
    history, backlog = MemoryHistory(), MemoryBacklog(intake)
    members = MemoryMembers(accounts, history)
    ports = PlatformPorts(
        clock=clock,
        flows=flows,
        supplier_records=MemorySupplierRecords(),
        invoices=invoices,
        drafts=MemoryDrafts(),
        outbox=invoices,
        due_items=MemoryDueItems(flows, invoices, members),
        files=files,
        intake=intake,
        backlog=backlog,
        bus=bus,
        mailer=mailer,
        directory=directory,
        bank_details=MemoryBankRecords(),
        mandates=MemoryMandates(accounts),
        registry=MemoryRegistry(down=True),
        checks=MemoryChecks(directory),
        accounts=accounts,
        connections=MemoryConnections(accounts),
        partners=MemoryPartners(accounts),
        dispatches=MemoryDispatches(),
        folder_keys=MemoryFolderKeys(clock),
        members=members,
        sandboxes=MemorySandboxes(),
        history=history,
        idempotency=MemoryIdempotencyStore(clock),
        approvals=NoApprovals(),
        printouts=MemoryPrintouts(files),
        pdf_reader=MemoryPdfReader(Prefilled()),
        base_url="https://choriste.example",
    )
    backlog.ports = ports
    return Bench(ports, clock, intake, bus, mailer, backlog)


@contextmanager
def a_moto_bench(plan: FaultPlan | None = None) -> Iterator[Bench]:
    """Give a workshop whose stores are on moto; intake, bus and mail stay in memory.

    With a plan, the stores' clients fail as it says.
    """
    with mock_aws():
        clock, accounts = StillClock(), MemoryAccounts()
        directory = MemoryDirectory(accounts)
        populate(directory, accounts)
        names = create_stores()
        faults = plan or FaultPlan()
        dynamodb: Any = FaultyClient(boto3.client("dynamodb", region_name=REGION), faults)
        s3: Any = FaultyClient(boto3.client("s3", region_name=REGION), faults)
        table = CoreTable(dynamodb, names["CoreTable"])
        buckets = {bucket: names[f"{bucket.value.capitalize()}Bucket"] for bucket in Bucket}
        intake, bus, mailer = MemoryIntake(), MemoryBus(), MemoryMailer()
        backlog = MemoryBacklog(intake)
        bytes_kept, history = S3Files(s3, buckets), MemoryHistory()
        ports = PlatformPorts(
            clock=clock,
            flows=DynamoFlows(table),
            supplier_records=DynamoSupplierRecords(table),
            invoices=DynamoInvoices(table, audit_table=names["AuditTable"]),
            drafts=DynamoDrafts(table),
            outbox=DynamoOutbox(table),
            due_items=DynamoDueItems(table),
            files=bytes_kept,
            intake=intake,
            backlog=backlog,
            bus=bus,
            mailer=mailer,
            directory=directory,
            bank_details=MemoryBankRecords(),
            mandates=MemoryMandates(accounts),
            registry=MemoryRegistry(down=True),
            checks=MemoryChecks(directory),
            accounts=accounts,
            connections=MemoryConnections(accounts),
            partners=MemoryPartners(accounts),
            dispatches=DynamoDispatches(table),
            folder_keys=MemoryFolderKeys(clock),
            members=MemoryMembers(accounts, history),
            sandboxes=MemorySandboxes(),
            history=history,
            idempotency=DynamoIdempotencyStore(dynamodb, names["IdempotencyTable"], clock=clock),
            approvals=NoApprovals(),
            printouts=MemoryPrintouts(bytes_kept),
            pdf_reader=MemoryPdfReader(Prefilled()),
            base_url="https://choriste.example",
        )
        backlog.ports = ports
        yield Bench(ports, clock, intake, bus, mailer, backlog)


def create_stores() -> Mapping[str, str]:
    """Create the tables and buckets of the shipped template in moto; return names by logical id."""
    template = json.loads((files("choriste.local.platform") / "topology.json").read_text("utf-8"))
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    s3 = boto3.client("s3", region_name=REGION)
    names = {}
    for logical_id, resource in template["Resources"].items():
        properties: dict[str, Any] = resource.get("Properties", {})
        if resource["Type"] == "AWS::DynamoDB::Table":
            wanted = {
                "AttributeDefinitions",
                "BillingMode",
                "KeySchema",
                "GlobalSecondaryIndexes",
                "TableName",
            }
            dynamodb.create_table(**{name: value for name, value in properties.items() if name in wanted})
            names[logical_id] = properties["TableName"]
        if resource["Type"] == "AWS::S3::Bucket":
            place: Any = {"LocationConstraint": REGION}
            s3.create_bucket(Bucket=properties["BucketName"], CreateBucketConfiguration=place)
            names[logical_id] = properties["BucketName"]
    return names


def populate(directory: MemoryDirectory, accounts: MemoryAccounts) -> None:
    """Add the town hall, a closed syndicate, the supplier, their users, and a partner's account."""
    services = (
        Service(code=ServiceCode("SERVICE-TECHNIQUE"), name="Services techniques"),
        Service(code=ServiceCode("ECOLES"), name="Écoles", engagement_mandatory=True),
        Service(code=ServiceCode("FETES"), name="Fêtes", active=False),
    )
    directory.add_structure(
        a_structure(
            TOWN_HALL,
            siret=BUYER_SIRET,
            name="Commune de Valbrume",
            settings=StructureSettings(either_mandatory=True),
            services=services,
        )
    )
    directory.add_structure(
        a_structure("1004", siret=CLOSED_SIRET, name="Syndicat fermé", active=False, services=())
    )
    directory.add_structure(a_company(SUPPLIER, siret=SELLER_SIRET, name="Atelier des Cimes SAS"))
    keep(accounts, a_manager(TOWN_HALL, "comptable@valbrume.example"))
    keep(accounts, a_manager(SUPPLIER, "facturation@cimes.example", language=Language.ENGLISH))
    MemoryConnections(accounts).add_account(
        TechnicalAccount(
            login=PARTNER_LOGIN,
            structure=StructureId(SUPPLIER),
            name="Passerelle",
            secret_hash="",
            expires_at=dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
            rights=frozenset({a_right(SUPPLIER, Space.ISSUE, Level.MODIFY)}),
        )
    )


def supplier() -> Principal:
    """Return the supplier's user as a principal."""
    return Principal.of_user(a_manager(SUPPLIER, "facturation@cimes.example"))


def accountant() -> Principal:
    """Return the town hall's user as a principal."""
    return Principal.of_user(a_manager(TOWN_HALL, "comptable@valbrume.example"))


def stranger() -> Principal:
    """Return a user of a structure that has nothing to do with the others."""
    return Principal.of_user(a_manager("9999", "autre@ailleurs.example"))


def clerk_of(service: str) -> Principal:
    """Return a user who may treat the invoices of one service of the town hall only."""
    right = a_right(TOWN_HALL, Space.RECEIVE, Level.MODIFY, service)
    email = f"{service}@valbrume.example".lower()
    return Principal.of_user(a_user(f"clerk-{service}", email=email, name="Agent", rights=(right,)))
