"""Two partners of the file exchange, of the supplier and of the town hall, and what they drop and fetch."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from choriste.application.deposits.receive_deposit import Receipt
from choriste.application.exchange.partners import PartnerSettings, register_partner
from choriste.application.exchange.receive_partner_file import receive_partner_file
from choriste.application.exchange.report_flow import report_flow
from choriste.application.exchange.tell_partners import tell_partners
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal, PrincipalKind
from choriste.domain.deposits.flow import Document
from choriste.domain.parties.structure import StructureId
from choriste.domain.shared.ids import FlowId
from tests.builders.intake import run_intake
from tests.builders.ports import SUPPLIER, TOWN_HALL, Bench, a_bench
from tests.builders.swagger import SPECIFICATIONS
from tests.fakes.exchange import MemoryDispatches
from tests.fakes.surroundings import MemoryFiles

SUPPLIER_CODE, TOWN_CODE = "ATE001", "VAL001"
PIVOT_SCHEMA = SPECIFICATIONS / "xsd" / "CPPFacturePivot_V2_02.xsd"
STATUS_SCHEMA = SPECIFICATIONS / "xsd" / "CPPStatutPivot_V1_19.xsd"


@dataclass
class Exchange:
    """The workshop with both partners registered."""

    bench: Bench = field(default_factory=a_bench)

    def __post_init__(self) -> None:
        for code, structure in ((SUPPLIER_CODE, SUPPLIER), (TOWN_CODE, TOWN_HALL)):
            settings = PartnerSettings(name=f"ERP {code}")
            operator = Principal(
                kind=PrincipalKind.OPERATOR, id="op", name="Op", factor_at=self.bench.clock.now()
            )
            register_partner(self.bench.ports, operator, StructureId(structure), settings, code=code)

    def drop(self, code: str, filename: str, content: bytes, *, delivery: str = "v1") -> Receipt:
        """Drop a file in a partner's folder, and let the platform take it in and integrate it."""
        self.bench.clock.advance(seconds=1)
        key = f"partners/{code}/{filename}"
        self.bench.ports.files.put(Bucket.INBOX, key, content, mime_type="application/xml")
        receipt = receive_partner_file(self.bench.ports, key, delivery=delivery)
        assert receipt is not None
        for order in self.bench.intake.started:
            if order[0] == receipt.flow.id:
                self.integrate(receipt.flow.id, order[1])
        return receipt

    def integrate(self, flow: FlowId, position: int) -> Document:
        """Take one document in, as the intake's functions do, and give its readable copy its bytes."""
        document = run_intake(self.bench.ports, flow, position)
        report_flow(self.bench.ports, flow)
        head = self.bench.ports.invoices.get(document.invoice_id)
        for file in head.files if head is not None else ():
            if file.name.startswith("PJP00XFAC"):
                self.bench.ports.files.put(Bucket.DOCUMENTS, file.key, b"%PDF-1.7", mime_type=file.mime_type)
        return document

    def hear(self) -> int:
        """Let the partners be told of whatever happened since; return how many files went out."""
        self.bench.clock.advance(seconds=1)
        sent = 0
        for change in self.bench.ports.outbox.pending(limit=10_000):
            sent += tell_partners(self.bench.ports, change.invoice_id, change.version)
            self.bench.ports.outbox.mark_published([change])
        return sent

    def fetched(self, code: str) -> dict[str, bytes]:
        """Return the files in a partner's outbox, by name, in the order of their sequence."""
        files, dispatches = self.bench.ports.files, self.bench.ports.dispatches
        assert isinstance(files, MemoryFiles)
        assert isinstance(dispatches, MemoryDispatches)
        rows = reversed(dispatches.sent_to(code, after=None, limit=10_000).rows)
        return {row.filename: files.get(Bucket.OUTBOX, row.key) for row in rows if row.sent_at is not None}


def number(code: str, interface: str, sequence: int) -> str:
    """Return the number of a flow."""
    return f"{code}{interface[3:7]}{sequence:015d}"


def name(code: str, interface: str, sequence: int) -> str:
    """Return the name of a file that a partner drops."""
    return f"{interface}_{code}_{number(code, interface, sequence)}"


def check_schema(content: bytes) -> None:
    """Check a flow against the official schema of its kind, where that is at hand."""
    root = etree.fromstring(content)
    schema = PIVOT_SCHEMA if root.tag == "CPPFacturePivot" else STATUS_SCHEMA
    if schema.exists():
        etree.XMLSchema(etree.parse(str(schema))).assertValid(root)


def statuses_in(content: bytes) -> list[str]:
    """Return the codes of a status flow, in order."""
    return [str(each.text) for each in etree.fromstring(content).iter("IdStatut")]
