"""Integrate a document: validate it, find its parties, register its invoice or refuse it with findings.

The report of the flow is complete when every document was settled. A document that was settled stays as
it is: running this step again only repeats its answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from choriste.application.access.policy import mandated_holder, may_issue
from choriste.application.access.principals import principal_of
from choriste.application.deposits.deposited_file import mime_type_of
from choriste.application.deposits.find_parties import FoundParties, Sides, find_parties
from choriste.application.deposits.keep_own_document import keep_own_document
from choriste.application.deposits.ports import DepositPorts
from choriste.application.deposits.remember_invoice import record_of, remember_invoice
from choriste.application.deposits.validate_file import Validation, validate_file
from choriste.application.shared.archived import read_archived
from choriste.application.shared.ports import Bucket
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel, Document, Flow, Outcome, Submission
from choriste.domain.deposits.named_parties import parties_finding
from choriste.domain.deposits.supplier_record import SupplierRecord
from choriste.domain.invoice.framing import announced_frame
from choriste.domain.invoice.model import Invoice, Party, Totals
from choriste.domain.invoice.reading import Reading, Syntax
from choriste.domain.lifecycle import Role, Status
from choriste.domain.parties.addressing import Addressing, PartyNumbers, addressing_of, numbers_of
from choriste.domain.parties.routing import recipient_findings, routing_finding, supplier_closed
from choriste.domain.parties.structure import IdentifierKind, Structure, StructureIdentifier
from choriste.domain.shared.errors import (
    BrokenInvariantError,
    DuplicateInvoiceError,
    IdentifierTakenError,
    NotFoundError,
    PieceAnsweredError,
)
from choriste.domain.shared.findings import Finding, Severity, Verdict, worded
from choriste.domain.shared.ids import FlowId, new_invoice_id
from choriste.domain.tracking.head import (
    AttachedFile,
    FileKind,
    InvoiceHead,
    PartyReference,
    StatusChange,
    audit_row,
)
from choriste.domain.works.checks import FaultCode, described

INTAKE_WATCH = dt.timedelta(minutes=10)
"""How long a registered invoice may take to reach its recipient before the sweeper resumes it."""

_MANDATORY = {
    "number": "BT-1",
    "issue_date": "BT-2",
    "type_code": "BT-3",
    "currency": "BT-5",
}


@dataclass(frozen=True, slots=True)
class _Parties:
    """The structures of an invoice, None where the directory has none."""

    supplier_numbers: PartyNumbers
    supplier: Structure | None
    addressing: Addressing
    recipient: Structure | None
    named: FoundParties
    record: SupplierRecord
    depositing: Principal | None
    """Who deposits, None when the account may no longer, or for the supplier of another world."""
    files: tuple[AttachedFile, ...] = ()


def integrate_document(ports: DepositPorts, flow_id: FlowId, position: int) -> Document:
    """Settle one document of a flow and return it as settled."""
    flow, document = _load(ports, flow_id, position)
    if document.outcome is Outcome.PENDING:
        document = _decide(ports, flow, document)
    ports.flows.settle(document, at=ports.clock.now(), alone=flow.documents == 1)
    return document


def _load(ports: DepositPorts, flow_id: FlowId, position: int) -> tuple[Flow, Document]:
    found = ports.flows.with_document(flow_id, position)
    if found is None:
        raise NotFoundError(kind="document", id=f"{flow_id}/{position}")
    return found


def _decide(ports: DepositPorts, flow: Flow, document: Document) -> Document:
    content = read_archived(ports.files, document)
    validation = validate_file(content, filename=document.filename, on=ports.clock.now().date())
    document = replace(
        document, syntax=validation.syntax, profile=validation.profile, judged_by=validation.judged_by
    )
    if validation.verdict is Verdict.UNREADABLE:
        return document.refused(validation.findings, verdict=Verdict.UNREADABLE)
    reading = validation.read()
    invoice = reading.invoice
    document = replace(document, number=invoice.number)
    parties = _find_parties(ports, flow.submission, invoice)
    findings = _findings(ports, flow.submission, _as_claimed(flow, validation), reading, parties)
    own = keep_own_document(ports, flow.id, document, reading, off=parties.record.off)
    findings = (*findings, *own.findings)
    if any(finding.severity is Severity.FATAL for finding in findings):
        return document.refused(findings, verdict=Verdict.INVALID)
    if validation.syntax is Syntax.FACTURX:
        key = data_key(flow.id, document.position)
        ports.files.put(Bucket.DOCUMENTS, key, reading.xml, mime_type="application/xml")
    files = (_original(document), *own.files)
    return _register(ports, flow, document.accepted(findings), invoice, replace(parties, files=files))


_RULE_BOOKS = ("BR-", "CII-", "UBL-", "PEPPOL-")
"""How the ids of business rules begin; those of the schemas begin with `XSD-`."""


def _as_claimed(flow: Flow, validation: Validation) -> Validation:
    """Return the validation as it counts for a file: the rules of EN 16931 advise where it claims no profile.

    Clients of the Chorus Pro API send invoices whose specification identifier (BT-24) is empty, and always
    did (docs/reference/chorus-pro.md#files-that-real-clients-send). They are held to the schema, to what
    tracking needs and to the directory. Whoever names a profile is held to it.
    """
    if flow.channel is not Channel.CHORUS or validation.profile != "plain":
        return validation
    findings = (
        replace(each, severity=Severity.WARNING) if each.rule.startswith(_RULE_BOOKS) else each
        for each in validation.findings
    )
    return replace(validation, findings=tuple(findings))


def preview_findings(
    ports: DepositPorts, content: bytes, *, filename: str, submission: Submission
) -> tuple[Finding, ...]:
    """Return what the intake would find in a document that were submitted so; writes nothing.

    A number that another invoice has is not found here: only registering it tells.
    """
    validation = validate_file(content, filename=filename, on=submission.at.date())
    if validation.verdict is Verdict.UNREADABLE:
        return validation.findings
    reading = validation.read()
    parties = _find_parties(ports, submission, reading.invoice)
    return _findings(ports, submission, validation, reading, parties)


def _findings(
    ports: DepositPorts, submission: Submission, validation: Validation, reading: Reading, parties: _Parties
) -> tuple[Finding, ...]:
    """Return what the rules found, what tracking misses, what is wrong with the parties, and advice."""
    # Advice stands in the room of the rules, which those who only read an invoice's data must not load.
    from choriste.application.deposits.advise_document import advice_on  # noqa: PLC0415

    return (
        *validation.findings,
        *_missing_terms(reading, told=validation.findings),
        *_party_findings(parties),
        *advice_on(
            ports,
            reading,
            record=parties.record,
            recipient=parties.recipient,
            in_works=(submission.parties.frame or announced_frame(reading.invoice)).is_works,
        ),
    )


def data_key(flow_id: FlowId, position: int) -> str:
    """Return where the XML of a document that is a Factur-X is kept, for those who cannot open a PDF."""
    return f"data/{flow_id}/{position}.xml"


def _find_parties(ports: DepositPorts, submission: Submission, invoice: Invoice) -> _Parties:
    numbers, addressing = numbers_of(invoice.seller), addressing_of(invoice)
    supplier, recipient = _structure(ports, numbers), _structure(ports, addressing.recipient)
    frame = submission.parties.frame or announced_frame(invoice)
    sides = Sides(frame=frame, supplier=supplier, recipient=recipient)
    account = principal_of(ports.accounts, submission.account, at=submission.at)
    return _Parties(
        supplier_numbers=numbers,
        supplier=supplier,
        addressing=addressing,
        recipient=recipient,
        named=find_parties(ports, submission, sides),
        record=record_of(ports, supplier.id) if supplier is not None else SupplierRecord(supplier=""),
        depositing=account if sides.are_with(submission.depositor) else None,
    )


def _structure(ports: DepositPorts, numbers: PartyNumbers) -> Structure | None:
    if numbers.siret is not None:
        return ports.directory.structure_by_identifier(StructureIdentifier.siret(numbers.siret))
    if numbers.vat_number is not None and numbers.siren is None:
        identifier = StructureIdentifier(IdentifierKind.EU_VAT, numbers.vat_number)
        return ports.directory.structure_by_identifier(identifier)
    return None


def _missing_terms(reading: Reading, *, told: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Demand the terms without which an invoice cannot be tracked, whatever its profile's own rules say.

    A term that is there but cannot be read is not missing: its own finding says what is wrong with it. One
    that the rules miss too follows from their finding.
    """
    invoice, unreadable = reading.invoice, _unreadable(reading, told)
    missing = [_MANDATORY[name] for name in _MANDATORY if not getattr(invoice, name)]
    if invoice.totals is None or invoice.totals.with_vat is None:
        missing.append("BT-112")
    return tuple(_missing(term, told) for term in missing if term not in unreadable)


def _unreadable(reading: Reading, told: tuple[Finding, ...]) -> frozenset[str]:
    """Return the terms whose value its type refuses; none unless a fatal finding refuses the invoice."""
    if all(finding.severity is not Severity.FATAL for finding in told):
        return frozenset()
    return frozenset(fault.term_path for fault in reading.faults)


def _missing(term: str, told: tuple[Finding, ...]) -> Finding:
    causes = (f for f in told if f.term == term and f.severity is Severity.FATAL and f.consequence_of is None)
    cause = next((finding.rule for finding in causes if finding.found is None), None)
    return replace(worded("deposits", f"TRACKING-{term}-MISSING", term=term), consequence_of=cause)


def _party_findings(parties: _Parties) -> tuple[Finding, ...]:
    supplier = _supplier_finding(parties)
    routing = recipient_findings(parties.addressing, parties.recipient, supplier=parties.supplier)
    return (*((supplier,) if supplier is not None else ()), *routing, *parties.named.findings)


def _supplier_finding(parties: _Parties) -> Finding | None:
    number = parties.supplier_numbers.best
    if number is None:
        return routing_finding("ROUTING-SUPPLIER-MISSING")
    if parties.supplier is None:
        return routing_finding("ROUTING-SUPPLIER-UNKNOWN", found=number)
    closed = supplier_closed(parties.supplier, number)
    if closed is not None or parties.named.role is not Role.SUPPLIER:
        return closed
    if parties.depositing is None or not may_issue(parties.depositing, parties.supplier.id):
        return routing_finding("ROUTING-NOT-ENTITLED", found=number)
    return None


def _register(
    ports: DepositPorts, flow: Flow, document: Document, invoice: Invoice, parties: _Parties
) -> Document:
    head = _head(ports, flow, document, invoice, parties)
    change = StatusChange(
        invoice_id=head.id,
        version=1,
        at=head.status_at,
        transition="submit",
        before=None,
        after=Status.DEPOSEE,
        role=parties.named.role,
        actor=flow.account,
        actor_name=_depositor_name(ports, head, parties),
    )
    audit = audit_row(change, previous="")
    try:
        ports.invoices.register(replace(head, audit_hash=audit.hash), change, audit, document=document)
    except DuplicateInvoiceError as error:
        return _duplicate(document, error)
    except PieceAnsweredError as error:
        return _answered(ports, document, error)
    except IdentifierTakenError:
        renamed = replace(document, invoice_id=new_invoice_id(ports.clock.now()))
        return _register(ports, flow, renamed, invoice, parties)
    remember_invoice(ports, invoice, record=parties.record)
    return document


def _head(
    ports: DepositPorts, flow: Flow, document: Document, invoice: Invoice, parties: _Parties
) -> InvoiceHead:
    now, totals, recipient = ports.clock.now(), invoice.totals or Totals(), parties.recipient
    named = parties.named
    if invoice.number is None or invoice.issue_date is None or recipient is None:
        raise BrokenInvariantError("an accepted document has its number, its date and its recipient")
    return InvoiceHead(
        id=document.invoice_id,
        version=1,
        frame=flow.parties.frame or announced_frame(invoice),
        status=Status.DEPOSEE,
        status_at=now,
        number=invoice.number,
        issue_date=invoice.issue_date,
        type_code=invoice.type_code or "",
        currency=invoice.currency or "",
        without_vat=totals.without_vat or Decimal(0),
        vat=totals.vat or Decimal(0),
        with_vat=totals.with_vat or Decimal(0),
        due=totals.due if totals.due is not None else totals.with_vat or Decimal(0),
        supplier=_party(invoice.seller, parties.supplier, parties.supplier_numbers),
        recipient=_party(invoice.buyer, recipient, parties.addressing.recipient),
        service_code=parties.addressing.service_code,
        engagement=parties.addressing.engagement,
        contract=parties.addressing.contract,
        flow_id=flow.id,
        position=document.position,
        channel=flow.channel,
        depositor=flow.depositor,
        account=flow.account,
        deposited_at=now,
        syntax=document.syntax,
        profile=document.profile,
        validator_1=named.party(Role.VALIDATOR_1),
        validator_2=named.party(Role.VALIDATOR_2),
        moe=named.party(Role.MOE),
        moa=named.party(Role.MOA),
        moe_service=named.moe_service,
        previous=named.previous,
        billing_file=named.billing_file,
        adjusted=named.adjusted,
        is_state=recipient.settings.is_state,
        validation_step=recipient.settings.validation_step,
        payment_unreported=recipient.settings.payment_unreported,
        files=parties.files,
        due_at=now + INTAKE_WATCH,
        payment_due=invoice.due_date,
    )


def _depositor_name(ports: DepositPorts, head: InvoiceHead, parties: _Parties) -> str:
    """Return who the history says deposited: a party, or the structure that has the supplier's mandate."""
    if parties.named.depositor is not None:
        return parties.named.depositor.name
    supplier, principal = head.supplier.structure, parties.depositing
    holder = mandated_holder(principal, giver=supplier) if principal is not None and supplier else None
    known = ports.directory.structure(holder) if holder is not None else None
    return known.name if known is not None else head.supplier.name


def _party(party: Party | None, structure: Structure | None, numbers: PartyNumbers) -> PartyReference:
    name = structure.name if structure is not None else (party.name if party is not None else None)
    identifier = structure.identifier.value if structure is not None else numbers.best
    return PartyReference(
        identifier=identifier or "", name=name or "", structure=structure.id if structure else None
    )


def _original(document: Document) -> AttachedFile:
    return AttachedFile(
        kind=FileKind.ORIGINAL,
        name=document.filename,
        key=document.key,
        size=document.size,
        sha256=document.sha256,
        mime_type=mime_type_of(document.filename),
    )


def _answered(ports: DepositPorts, document: Document, error: PieceAnsweredError) -> Document:
    """Refuse a document whose piece another one answered between the checks and the registration."""
    piece = ports.invoices.get(error.piece)
    found = described(piece) if piece is not None else str(error.piece)
    state = piece.status.value if piece is not None else ""
    finding = parties_finding(FaultCode.ALREADY_ANSWERED, found=found, expected=state)
    return document.refused((*document.findings, finding), verdict=Verdict.INVALID)


def _duplicate(document: Document, error: DuplicateInvoiceError) -> Document:
    finding = worded(
        "deposits",
        "DUPLICATE",
        term="BT-1",
        found=document.number,
        expected=f"≠ {document.number}",
        values={"first": error.first},
    )
    refused = document.refused((*document.findings, finding), verdict=Verdict.INVALID)
    return replace(refused, duplicate_of=error.first)
