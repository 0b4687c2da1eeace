"""What machines need and readers do not: codes, addresses of networks, identifiers of the platform.

They stand in one small block at the end, so that the facts above can be read in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from choriste.documents.issue.context import DocumentContext
from choriste.documents.issue.pages.pairs import Pair, identifier_pair, labelled, pairs
from choriste.documents.issue.pages.parties import is_told_by_siret
from choriste.documents.issue.wording import Wording
from choriste.domain.invoice.model import AllowanceCharge, Identifier, Invoice, Party, PaymentInstructions

Block = dict[str, object]


def technical_block(invoice: Invoice, context: DocumentContext, words: Wording) -> Block | None:
    """Return the technical data of a document, or None where it has none."""
    shown = [*_addresses(invoice, words), *_codes(invoice, words), *_tracking(context, words)]
    return {"title": words["technical"], "pairs": shown} if shown else None


def _addresses(invoice: Invoice, words: Wording) -> Iterator[Pair]:
    """Yield the parties' addresses for electronic invoices, and the registrations that a SIRET tells."""
    roles = ("seller", "tax_representative", "payee", "buyer")
    for role in roles:
        party: Party | None = getattr(invoice, role)
        if party is None:
            continue
        label = f"{words['technical.address']} — {words[role].lower()}"
        yield from pairs((label, _network_address(party.electronic_address)))
        if is_told_by_siret(party):
            for label, value in identifier_pair(words["party.registration"], party.legal_registration):
                yield [f"{label} — {words[role].lower()}", value]


def _network_address(address: Identifier | None) -> str | None:
    if address is None:
        return None
    return f"{address.scheme}:{address.value}" if address.scheme else address.value


def _codes(invoice: Invoice, words: Wording) -> list[Pair]:
    payment = invoice.payment or PaymentInstructions()
    lines = invoice.lines
    categories = [part.category for part in invoice.vat_breakdown]
    categories += [line.vat_category for line in lines]
    categories += [each.vat_category for each in (*invoice.allowances, *invoice.charges)]
    values = (
        ("type", invoice.type_code),
        ("process", invoice.business_process),
        ("specification", invoice.specification),
        ("tax_point", invoice.tax_point_code),
        ("means", payment.means_code),
        ("categories", _listed(categories)),
        ("exemptions", _listed(part.exemption_code for part in invoice.vat_breakdown)),
        ("allowances", _listed(each.reason_code for each in _all(invoice, "allowances"))),
        ("charges", _listed(each.reason_code for each in _all(invoice, "charges"))),
        ("notes", _listed(note.subject_code for note in invoice.notes)),
        ("units", _listed(line.unit for line in lines)),
        ("attachments", _listed(document.mime_type for document in invoice.supporting_documents)),
    )
    return labelled(words, "technical", values)


def _all(invoice: Invoice, name: str) -> Iterator[AllowanceCharge]:
    """Yield the allowances or the charges of the document and of its lines."""
    yield from getattr(invoice, name)
    for line in invoice.lines:
        yield from getattr(line, name)


def _listed(codes: Iterable[str | None]) -> str:
    """Return the codes, each once, in the order in which they come."""
    return ", ".join(dict.fromkeys(code for code in codes if code))


def _tracking(context: DocumentContext, words: Wording) -> list[Pair]:
    deposited = words.moment(context.deposited_at) if context.deposited_at else None
    values = (
        ("technical_id", context.technical_id),
        ("deposited", deposited),
        ("channel", words.of("channel", context.channel)),
        ("flow", context.flow_id),
        ("original", context.original_filename),
        ("digest", context.original_digest),
    )
    return labelled(words, "tracking", values)
