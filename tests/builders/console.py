"""A small world behind the console: two partners, their people, some invoices and flows, all in memory."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import pytest

from choriste.application.access.ports import AccessPorts
from choriste.application.shared.ports import Bucket
from choriste.domain.access.user import Language, Level, Space, StructureRole, User
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome
from choriste.domain.drafts.prefilled import Prefilled
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import Frame, Role, Status
from choriste.domain.parties.structure import Structure
from choriste.domain.sandbox.world import sandbox_of
from choriste.domain.shared.findings import Finding, Message, Severity, Verdict
from choriste.domain.shared.ids import FlowId, InvoiceId
from choriste.domain.tracking.head import (
    AttachedFile,
    FileKind,
    InvoiceHead,
    PartyReference,
    StatusChange,
    audit_row,
)
from choriste.domain.tracking.journey import Journey
from choriste.runtime import identity
from choriste.runtime import ports as runtime_ports
from choriste.runtime.ports import PlatformPorts
from functions.console.deposits import report
from tests.builders.identity import (
    StillClock,
    a_company,
    a_gate,
    a_member,
    a_right,
    a_structure,
    a_user,
    enrol,
)
from tests.fakes.approvals import NoApprovals
from tests.fakes.backlog import MemoryBacklog
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

TOWN, WORKSHOP, OTHER = "101", "102", "103"
RECEIPT = dt.datetime(2026, 11, 20, 8, 12, 40, tzinfo=dt.UTC)
FLOW = FlowId("CPP0011117000000000425903")
BAD_FLOW = FlowId("CPP0011117000000000425904")


@dataclass(slots=True)
class World:
    """What stands behind the console."""

    clock: StillClock
    access: AccessPorts
    flows: MemoryFlows
    invoices: MemoryInvoices
    files: MemoryFiles
    intake: MemoryIntake
    backlog: MemoryBacklog = field(init=False)
    drafts: MemoryDrafts = field(default_factory=MemoryDrafts)
    prefilled: Prefilled = field(default_factory=Prefilled)
    printed: bytes = b"%PDF-1.7"
    bank_details: MemoryBankRecords = field(default_factory=MemoryBankRecords)
    registry: MemoryRegistry = field(default_factory=MemoryRegistry)
    supplier_records: MemorySupplierRecords = field(default_factory=MemorySupplierRecords)
    dispatches: MemoryDispatches = field(default_factory=MemoryDispatches)

    sandboxes: MemorySandboxes = field(default_factory=MemorySandboxes)

    members: MemoryMembers = field(init=False)

    def __post_init__(self) -> None:
        self.backlog = MemoryBacklog(self.intake)
        self.members = MemoryMembers(self.accounts, self.history)

    @property
    def accounts(self) -> MemoryAccounts:
        """The accounts, as the fake that they are."""
        assert isinstance(self.access.accounts, MemoryAccounts)
        return self.access.accounts

    @property
    def directory(self) -> MemoryDirectory:
        """The structures, as the fake that they are."""
        assert isinstance(self.access.directory, MemoryDirectory)
        return self.access.directory

    @property
    def history(self) -> MemoryHistory:
        """The administrative acts, as the fake that they are."""
        assert isinstance(self.access.history, MemoryHistory)
        return self.access.history

    @property
    def printouts(self) -> MemoryPrintouts:
        """Where printouts are made, each with the bytes that the test wants."""
        return MemoryPrintouts(self.files, content=self.printed)

    def platform_ports(self) -> PlatformPorts:
        self.backlog.ports = self._ports()
        return self.backlog.ports

    def _ports(self) -> PlatformPorts:
        return PlatformPorts(
            clock=self.clock,
            flows=self.flows,
            supplier_records=self.supplier_records,
            invoices=self.invoices,
            drafts=self.drafts,
            outbox=self.invoices,
            due_items=MemoryDueItems(self.flows, self.invoices, self.members),
            files=self.files,
            intake=self.intake,
            backlog=self.backlog,
            bus=MemoryBus(),
            mailer=MemoryMailer(),
            directory=self.access.directory,
            bank_details=self.bank_details,
            mandates=MemoryMandates(self.accounts),
            registry=self.registry,
            checks=MemoryChecks(self.directory),
            accounts=self.access.accounts,
            connections=self.access.connections,
            partners=MemoryPartners(self.accounts),
            dispatches=self.dispatches,
            folder_keys=MemoryFolderKeys(self.clock),
            members=self.members,
            sandboxes=self.sandboxes,
            history=self.access.history,
            idempotency=MemoryIdempotencyStore(self.clock),
            approvals=NoApprovals(),
            printouts=self.printouts,
            pdf_reader=MemoryPdfReader(self.prefilled),
            base_url="http://127.0.0.1",
        )

    def add(self, head: InvoiceHead) -> InvoiceHead:
        """Keep an invoice that has gone from deposit to where it stands."""
        document = _document(
            head.flow_id, head.position, Outcome.ACCEPTED, invoice_id=head.id, number=head.number
        )
        deposited = replace(head, version=1, status=Status.DEPOSEE)
        change = a_change(head, 1, Status.DEPOSEE)
        self.invoices.register(deposited, change, audit_row(change, previous=""), document=document)
        later = [
            a_change(head, 2, Status.EN_COURS_ACHEMINEMENT),
            a_change(head, 3, Status.MISE_A_DISPOSITION),
        ]
        self.invoices.save(Journey(deposited, head, tuple(later)))
        return head


def a_world() -> World:
    """Return the world: Ana receives for the town, Basile runs the workshop, Claire sees one service."""
    clock = StillClock()
    flows = MemoryFlows()
    world = World(clock, a_gate(clock), flows, MemoryInvoices(flows), MemoryFiles(), MemoryIntake())
    for structure in _structures():
        world.access.directory.add_structure(structure)
    for user in _users():
        enrol(world.access, user)
    _fill(world)
    return world


def put_behind_the_console(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Let the pages of the console work on a world."""
    monkeypatch.setattr(identity, "built_access_ports", lambda: world.access)
    monkeypatch.setattr(report, "PATIENCE_SECONDS", 0)  # no intake works behind these pages
    monkeypatch.setattr(runtime_ports, "built_ports", world.platform_ports)


def _structures() -> tuple[Structure, ...]:
    return (
        a_structure(TOWN, siret="21690123100011", name="Ville de Lutèce"),
        a_company(WORKSHOP, siret="83214569200014", name="Atelier des Cimes SAS"),
        a_company(OTHER, siret="55210055400013", name="Papeterie du Canal"),
    )


def _users() -> tuple[User, ...]:
    manager = StructureRole.PRIMARY_MANAGER
    return (
        a_user("ana", rights=(a_right(TOWN, Space.RECEIVE, Level.MODIFY),)),
        a_user(
            "basile",
            email="basile@example.fr",
            name="Basile Roy",
            memberships=(a_member(WORKSHOP, manager),),
        ),
        a_user(
            "claire",
            email="claire@example.fr",
            name="Claire Dubois",
            language=Language.ENGLISH,
            rights=(a_right(TOWN, Space.RECEIVE, Level.CONSULT, service="VOIRIE"),),
        ),
        a_user("dora", email="dora@example.fr", name="Dora Vidal"),
        a_user("fatou", email="fatou@example.fr", name="Fatou Sow", operator=True),
        a_user(
            "edgar", email="edgar@example.fr", name="Edgar Munoz", memberships=(a_member(OTHER, manager),)
        ),
    )


def an_invoice_head(number: int = 1, **changes: object) -> InvoiceHead:
    """Return a tracked invoice from the workshop to the town; `number` makes its id, number and times."""
    values: dict[str, Any] = {
        "id": InvoiceId(2170000000000000 + number),
        "version": 3,
        "frame": Frame.A1,
        "status": Status.MISE_A_DISPOSITION,
        "status_at": RECEIPT,
        "number": f"F-2026-{number:04d}",
        "issue_date": dt.date(2026, 11, 19),
        "type_code": "380",
        "currency": "EUR",
        "without_vat": Decimal("1200.00") + number,
        "vat": Decimal("240.20"),
        "with_vat": Decimal("1440.20") + number,
        "due": Decimal("1440.20") + number,
        "supplier": PartyReference(
            identifier="83214569200014", name="Atelier des Cimes SAS", structure=WORKSHOP
        ),
        "recipient": PartyReference(identifier="21690123100011", name="Ville de Lutèce", structure=TOWN),
        "service_code": "VOIRIE",
        "engagement": "EJ-2026-118",
        "contract": None,
        "flow_id": FLOW,
        "position": 10 + number,
        "channel": Channel.API,
        "depositor": WORKSHOP,
        "account": "TECH_1_00000001@cpro.fr",
        "deposited_at": RECEIPT + dt.timedelta(minutes=number),
        "syntax": Syntax.FACTURX,
        "profile": "EN 16931",
    }
    return InvoiceHead(**{**values, **changes})


def a_test_invoice(world: World, developer: str) -> InvoiceHead:
    """Put an invoice between the test structures of a developer who has opened a sandbox; return it."""
    user = world.accounts.user(developer)
    assert user is not None
    supplier, recipient = sorted(each for each in user.structures if sandbox_of(each))[:2]
    names = (
        PartyReference(identifier="", name=name, structure=each)
        for name, each in (("Fournisseur de test", supplier), ("Commune de test", recipient))
    )
    return world.add(
        an_invoice_head(
            90, supplier=next(names), recipient=next(names), depositor=supplier, service_code="SERVICE"
        )
    )


def a_change(head: InvoiceHead, version: int, after: Status, **changes: object) -> StatusChange:
    values: dict[str, Any] = {
        "invoice_id": head.id,
        "version": version,
        "at": RECEIPT + dt.timedelta(seconds=version * 40),
        "transition": "deliver",
        "before": None,
        "after": after,
        "role": Role.PLATFORM,
        "actor": "platform",
        "actor_name": "Choriste",
    }
    return StatusChange(**{**values, **changes})


def _file(world: World, kind: FileKind, name: str, content: bytes, mime_type: str) -> AttachedFile:
    key = f"{kind.name}/{name}"
    bucket = Bucket.DOCUMENTS if kind is FileKind.READABLE_COPY else Bucket.ARCHIVE
    world.files.put(bucket, key, content, mime_type=mime_type)
    return AttachedFile(
        kind=kind, name=name, key=key, size=len(content), sha256="9f86d081884c7d65" * 4, mime_type=mime_type
    )


def a_finding(rule: str = "BR-CO-13", severity: Severity = Severity.FATAL) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,
        message=Message(
            fr="Le total hors TVA ne correspond pas à la somme des lignes, moins les remises, plus les frais "
            ": corrigez BT-109 ou les montants des lignes.",
            en="The total without VAT is not the sum of the lines, less the allowances, plus the charges: "
            "correct BT-109 or the amounts of the lines.",
        ),
        term="BT-109",
        location="/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement"
        "/ram:SpecifiedTradeSettlementHeaderMonetarySummation/ram:TaxBasisTotalAmount",
        line=118,
        found="1201.00",
        expected="1200.00 = 1250.00 - 50.00 + 0",
    )


def _fill(world: World) -> None:
    files = (
        _file(world, FileKind.ORIGINAL, "facture été.xml", b"<Invoice/>", "application/xml"),
        _file(
            world,
            FileKind.READABLE_COPY,
            "PJP00XFAC2170000000000001.pdf",
            b"%PDF-1.7\n\xff",
            "application/pdf",
        ),
    )
    first = an_invoice_head(1, files=files, position=1)
    suspended = an_invoice_head(
        2,
        status=Status.SUSPENDUE,
        version=4,
        service_code="ÉCOLES",
        reason_text="Le bon de livraison signé manque : joignez-le, s’il vous plaît.",
    )
    recycled = an_invoice_head(3, status=Status.A_RECYCLER, with_vat=Decimal("12850.4"))
    paid = an_invoice_head(4, status=Status.MISE_EN_PAIEMENT)
    rejected = an_invoice_head(5, status=Status.REJETEE, type_code="381")
    elsewhere = an_invoice_head(
        6,
        supplier=PartyReference(identifier="55210055400013", name="Papeterie du Canal", structure=OTHER),
        recipient=PartyReference(identifier="", name="Inconnu"),
    )
    _deposit_flows(world)
    for head in (first, suspended, recycled, paid, rejected, elsewhere):
        world.add(head)
    accepted = _document(
        FLOW, 1, Outcome.ACCEPTED, invoice_id=first.id, number=first.number, findings=_warning()
    )
    world.flows.accept(accepted)
    world.flows.settle(accepted, at=RECEIPT)


def _deposit_flows(world: World) -> None:
    good = Flow(
        id=FLOW,
        channel=Channel.API,
        depositor=WORKSHOP,
        account="TECH_1_00000001@cpro.fr",
        filename="lot-novembre.tar.gz",
        size=48_212,
        sha256="2c26b46b68ffc68f" * 4,
        key="originals/x",
        received_at=RECEIPT,
    )
    bad = replace(
        good,
        id=BAD_FLOW,
        channel=Channel.CONSOLE,
        filename="bruit.xml",
        size=12,
        sha256="fcde2b2edba56bf4" * 4,
        received_at=RECEIPT + dt.timedelta(hours=1),
        findings=(a_finding("XML-NOT-WELL-FORMED"),),
    )
    world.flows.open(good)
    world.flows.add_documents(good, [_document(FLOW, n, Outcome.PENDING) for n in (1, 2)])
    refused = _document(FLOW, 2, Outcome.REFUSED, number="F-2026-0099", findings=(a_finding(), *_warning()))
    world.flows.settle(refused, at=RECEIPT)
    world.flows.open(bad)
    world.flows.refuse(bad)


def _warning() -> tuple[Finding, ...]:
    return (a_finding("BR-FR-05", Severity.WARNING),)


def _document(flow: FlowId, position: int, outcome: Outcome, **changes: object) -> Document:
    values: dict[str, Any] = {
        "flow_id": flow,
        "position": position,
        "filename": f"facture-{position}.xml",
        "size": 9_120,
        "sha256": "a" * 64,
        "key": f"members/{position}",
        "invoice_id": InvoiceId(1),
        "outcome": outcome,
        "syntax": Syntax.CII,
        "profile": "EN 16931",
        "verdict": Verdict.VALID if outcome is Outcome.ACCEPTED else Verdict.INVALID,
    }
    return Document(**{**values, **changes})
