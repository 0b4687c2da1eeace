"""`consulter/*`: everything that one invoice says, in the words of its three readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from choriste.application.invoices.read_content import read_content
from choriste.domain.invoice.model import Invoice, Line, Party, VatBreakdown
from choriste.domain.parties.structure import Structure, StructureId
from choriste.domain.shared.ids import InvoiceId
from choriste.domain.tracking.head import AttachedFile, FileKind, InvoiceHead
from functions.chorus.codes import PAYMENT_MODES, WORKS_KINDS, invoice_kind, vat_kind
from functions.chorus.directory import identifier_kind, structure_number
from functions.chorus.factures.fields import COLUMNS
from functions.chorus.operation import Call, Operation, Rows, Tells, Within, date_text
from functions.chorus.paging import PAGE_SIZE
from functions.chorus.reading import Field, group, number, required, text


@dataclass(frozen=True, slots=True)
class Facture:
    """An invoice as it is consulted: its head, what it says, and who asks for which pages of its parts."""

    call: Call
    head: InvoiceHead
    content: Invoice

    def structure(self, number_: str | None) -> Structure | None:
        """Return a structure of the directory."""
        return self.call.ports.directory.structure(StructureId(number_)) if number_ else None

    def service_name(self) -> str | None:
        """Return the name of the recipient's service."""
        found, code = self.structure(self.head.recipient.structure), self.head.service_code
        service = found.service(code) if found is not None and code is not None else None
        return service.name if service is not None else None

    def part(self, name: str, every: Sequence[Any]) -> Part:
        """Return the page that was asked for of a part; all of it where no page was."""
        asked = self.call.asked.get(name) or {}
        size = asked.get("size") or max(len(every), PAGE_SIZE)
        page = max(asked.get("page") or 1, 1)
        return Part(every[(page - 1) * size : page * size], page, -(-len(every) // size), size, len(every))


@dataclass(frozen=True, slots=True)
class Part:
    """A page of a part of an invoice."""

    rows: Sequence[Any]
    page: int
    pages: int
    size: int
    total: int


def consult(call: Call) -> Facture:
    """Return an invoice by its id under `invoice`."""
    head, content = read_content(call.ports, call.principal, InvoiceId(call["invoice"]))
    return Facture(call, head, content)


def _paging(page: str, size: str) -> dict[str, Field]:
    return {"page": Field(page, number), "size": Field(size, number)}


_LINES: Final = _paging("pageResultatDemandeeLignesPoste", "nbResultatsParPageLignesPoste")
_FILES: Final = _paging("pageResultatDemandeeListePieceJointe", "nbResultatsParPageListePieceJointe")
_VAT: Final = _paging(
    "pageResultatDemandeeListeRecapitulatifTVA", "nbResultatsParPageListeListeRecapitulatifTVA"
)


def _asks(lines: str, files: str, vat: str) -> dict[str, Field]:
    return {
        "invoice": required("identifiantFactureCPP", number),
        "language": Field("codeLangue", text(10)),
        "lines": Field(lines, group(_LINES)),
        "files": Field(files, group(_FILES)),
        "vat": Field(vat, group(_VAT)),
    }


def _paged(listed: str, tells: Tells, *, part: str) -> Tells:
    """Return the rows of a part of an invoice, and the four fields about its pages, which end in its name."""
    return {
        listed: Rows(lambda found: found.rows, tells),
        f"pageCourante{part}": lambda found: found.page,
        f"pages{part}": lambda found: found.pages,
        f"nbResultatsParPage{part}": lambda found: found.size,
        f"total{part}": lambda found: found.total,
    }


def _of_head(name: str) -> Callable[[Facture], object]:
    return lambda facture: COLUMNS[name](facture.head)


def _address(party: Callable[[Facture], Party | None], suffix: str) -> Tells:
    def tell(field: str) -> Callable[[Facture], object]:
        def fill(facture: Facture) -> object:
            found = party(facture)
            return getattr(found.address, field) if found is not None and found.address is not None else None

        return fill

    return {
        f"adresse{suffix}Detail": tell("line1"),
        f"adresse{suffix}Complement1": tell("line2"),
        f"adresse{suffix}Complement2": tell("line3"),
        f"adresse{suffix}CodePostal": tell("postcode"),
        f"adresse{suffix}Ville": tell("city"),
        f"adresse{suffix}CodePays": tell("country"),
    }


_RECIPIENT: Final = {
    "idDestinataire": _of_head("idDestinataire"),
    "codeDestinataire": _of_head("codeDestinataire"),
    "libelleDestinataire": _of_head("designationDestinataire"),
    "idServiceExecutant": _of_head("idServiceExecutant"),
    "codeServiceExecutant": _of_head("codeServiceExecutant"),
    "libelleServiceExecutant": lambda facture: facture.service_name(),
    **_address(lambda facture: facture.content.buyer, "Destinataire"),
}
_SUPPLIER: Final = {
    "idFournisseur": _of_head("idFournisseur"),
    "typeIdentifiantFournisseur": _of_head("typeIdentifiantFournisseur"),
    "codeFournisseur": _of_head("codeFournisseur"),
    **_address(lambda facture: facture.content.seller, "Fournisseur"),
    "coordBancairesFournisseurCompteBancaire": lambda facture: _account(facture.content),
    "coordBancairesFournisseurType": lambda facture: "IBAN" if _account(facture.content) else None,
    "coordBancairesBicSwift": lambda facture: _bic(facture.content),
}


def _account(invoice: Invoice) -> str | None:
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    return transfers[0].account if transfers else None


def _bic(invoice: Invoice) -> str | None:
    transfers = invoice.payment.credit_transfers if invoice.payment is not None else ()
    return transfers[0].bic if transfers else None


def _actor(role: str, suffix: str, code: str, name: str) -> Tells:
    """Return what is told of a validator or a works actor."""

    def tell(how: Callable[[Any], object]) -> Callable[[Facture], object]:
        def fill(facture: Facture) -> object:
            party = getattr(facture.head, role)
            return how(party) if party is not None else None

        return fill

    return {
        f"id{suffix}": tell(lambda party: structure_number(party.structure)),
        f"typeIdentifiant{suffix}": tell(lambda party: identifier_kind(party.identifier)),
        f"{code}{suffix}": tell(lambda party: party.identifier),
        f"{name}{suffix}": tell(lambda party: party.name),
    }


_FRAME: Final = {
    "codeCadreFacturation": _of_head("cadreFacturation"),
    **_actor("validator_1", "Valideur1", "code", "raisonSociale"),
    **_actor("validator_2", "Valideur2", "code", "raisonSociale"),
    **_actor("moe", "Moe", "identifiant", "raisonSociale"),
    **_actor("moa", "Moa", "identifiant", "raisonSociale"),
    "idServiceMoe": _of_head("idServiceMoe"),
    "codeServiceMoe": _of_head("codeServiceMoe"),
}


def _exemption(facture: Facture) -> str | None:
    reasons = (row.exemption_reason or row.exemption_code for row in facture.content.vat_breakdown)
    return next((reason for reason in reasons if reason), None)


def _origin(facture: Facture) -> str | None:
    before = facture.content.preceding_invoices
    return before[0].number if before else None


def _means(facture: Facture) -> object:
    payment = facture.content.payment
    return PAYMENT_MODES.get(payment.means_code or "") if payment is not None else None


_REFERENCES: Final = {
    "dateFacture": _of_head("dateFacture"),
    "dateDepot": _of_head("dateDepot"),
    "codeDeviseFacture": _of_head("devise"),
    "typeFacture": lambda facture: invoice_kind(facture.head),
    "typeFactureTravaux": lambda facture: WORKS_KINDS.get(facture.head.frame),
    "typeTva": lambda facture: vat_kind(facture.content),
    "motifExonerationTva": _exemption,
    "numeroMarche": _of_head("numeroMarche"),
    "numeroBonCommande": _of_head("numeroBonCommande"),
    "numeroFactureOrigine": _origin,
    "modePaiement": _means,
    "dateEcheancePaiement": lambda facture: date_text(facture.content.due_date),
    "tailleTotalePiecesJointes": _of_head("taille"),
    "numeroDpMandat": _of_head("numeroDpMandat"),
}
_TOTALS: Final = {
    "montantHtTotal": _of_head("montantHT"),
    "montantTVA": lambda facture: facture.head.vat,
    "montantTtcAvantRemiseGlobalTTC": _of_head("montantTTC"),
    "montantTtcTotal": _of_head("montantTTC"),
    "montantAPayer": _of_head("montantAPayer"),
}
_VAT_ROW: Final[Tells] = {
    "ligneTvaTauxManuel": lambda row: row.rate,
    "ligneTvaTauxRefValeur": lambda row: row.rate,
    "ligneTvaMontantBaseHtParTaux": lambda row: row.base,
    "ligneTvaMontantTvaParTaux": lambda row: row.tax,
}
_LINE: Final[Tells] = {
    "lignePosteNumero": lambda row: row.number,
    "lignePosteReference": lambda row: row.line.item.seller_id if row.line.item else None,
    "lignePosteDenomination": lambda row: row.line.item.name if row.line.item else None,
    "lignePosteQuantite": lambda row: row.line.quantity,
    "lignePosteUniteLibelle": lambda row: row.line.unit,
    "lignePosteMontantUnitaireHT": lambda row: row.line.price.net if row.line.price else None,
    "lignePosteMontantRemiseHT": lambda row: row.discount,
    "lignePosteTauxTvaManuel": lambda row: row.line.vat_rate,
    "lignePosteMontantHtApresRemise": lambda row: row.line.net_amount,
    "lignePosteMontantTva": lambda row: row.tax,
    "lignePosteMontantTtcApresRemise": lambda row: row.with_tax,
}
_FILE: Final[Tells] = {
    "pieceJointeTypeCode": lambda row: row.file.category or row.file.kind.name,
    "pieceJointeTypeLibelle": lambda row: row.file.category or row.file.kind.value,
    "pieceJointeDesignation": lambda row: row.file.name,
    "pieceJointeId": lambda row: row.number,
    "pieceJointeIdLiaison": lambda row: row.number,
    "pieceJointeExtension": lambda row: row.file.name.rpartition(".")[2].upper(),
}


@dataclass(frozen=True, slots=True)
class _LineRow:
    number: int
    line: Line

    @property
    def discount(self) -> Decimal | None:
        found = [allowance.amount for allowance in self.line.allowances if allowance.amount is not None]
        return sum(found, Decimal(0)) if found else None

    @property
    def tax(self) -> Decimal | None:
        if self.line.net_amount is None or self.line.vat_rate is None:
            return None
        return (self.line.net_amount * self.line.vat_rate / 100).quantize(Decimal("0.01"))

    @property
    def with_tax(self) -> Decimal | None:
        tax = self.tax
        return self.line.net_amount + tax if tax is not None and self.line.net_amount is not None else None


@dataclass(frozen=True, slots=True)
class _FileRow:
    number: int
    file: AttachedFile


def _lines(facture: Facture) -> Part:
    every = [_LineRow(n, line) for n, line in enumerate(facture.content.lines, start=1)]
    return facture.part("lines", every)


def _files(facture: Facture) -> Part:
    every = [_FileRow(n, file) for n, file in enumerate(facture.head.files, start=1)]
    return facture.part("files", every)


def _breakdown(facture: Facture) -> Part:
    found: tuple[VatBreakdown, ...] = facture.content.vat_breakdown
    return facture.part("vat", found)


def _main_file(facture: Facture) -> int | None:
    kinds = [file.kind for file in facture.head.files]
    return kinds.index(FileKind.READABLE_COPY) + 1 if FileKind.READABLE_COPY in kinds else None


def _comment(facture: Facture) -> str | None:
    notes = (note.text for note in facture.content.notes if note.subject_code in {None, "AAI"})
    return next((text_ for text_ in notes if text_), None)


def _facture(*, next_number: str, previous: Tells, recipient: Tells, supplier: Tells) -> Tells:
    """Return the fields of an invoice; its readers know a few of them by other names."""
    return {
        "identifiantFactureCPP": _of_head("identifiantFactureCPP"),
        "numeroFacture": _of_head("numeroFacture"),
        "statutFacture": _of_head("statut"),
        "modeDepot": _of_head("modeDepot"),
        "destinataire": recipient,
        "fournisseur": supplier,
        "cadreDeFacturation": _FRAME,
        "references": _REFERENCES,
        "recapitulatifDeTva": Within(
            _breakdown,
            _paged("ligneTva", _VAT_ROW, part="LignesRecapitulativesTVA"),
        ),
        "montantTotal": _TOTALS,
        "pieceJointePrincipale": Within(
            _main_file,
            {"idPieceJointePrincipale": lambda n: n, "idLiaisonPieceJointePrincipale": lambda n: n},
        ),
        "listeDesPiecesJointes": Within(
            _files,
            _paged("pieceJointe", _FILE, part="ListePiecesJointe"),
        ),
        "piecePrecedente": Within(lambda facture: facture.head.previous[:1] or None, previous),
        "pieceSuivante": Within(
            lambda facture: facture.head.answered_by,
            {"idPieceSuivante": lambda piece: piece, next_number: str},
        ),
        "lignesDePoste": Within(
            _lines,
            _paged("lignePoste", _LINE, part="LignesPoste"),
        ),
        "commentaire": _comment,
    }


_PREVIOUS: Final[Tells] = {"idPiecePrecedente": lambda pieces: pieces[0]}
_ISSUED: Final[Tells] = {
    "rejetTraite": _of_head("rejetTraite"),
    **_facture(
        next_number="numeroPieceSuiante",  # sic, in the official description
        previous=_PREVIOUS,
        recipient={**_RECIPIENT, "designationDestinataire": _of_head("designationDestinataire")},
        supplier={
            **_SUPPLIER,
            "raisonSocialeFournisseur": _of_head("designationFournisseur"),
            "designationFournisseur": _of_head("designationFournisseur"),
        },
    ),
}


def issued_facture() -> Tells:
    """Return the fields of an invoice as its supplier and its validator read it."""
    return _ISSUED


_RECEIVED: Final[Tells] = _facture(
    next_number="numeroPieceSuivante",
    previous=_PREVIOUS,
    recipient={**_RECIPIENT, "destinataireEtat": lambda facture: "OUI" if facture.head.is_state else "NON"},
    supplier={**_SUPPLIER, "designationFournisseur": _of_head("designationFournisseur")},
)

DETAILS: Final = (
    Operation(
        path="factures/v1/consulter/fournisseur",
        name="consulterFactureParFournisseur",
        act=consult,
        asks=_asks("getpLignesPoste", "getpListePiecesJointes", "getpLigneRecapTva"),
        tells={"facture": _ISSUED},
    ),
    Operation(
        path="factures/v1/consulter/recipiendaire",
        name="consulterFactureParRecipiendaire",
        act=consult,
        asks=_asks("rechercheLignePoste", "recherchePj", "rechercheligneTvaRecap"),
        tells={"facture": _RECEIVED},
    ),
    Operation(
        path="factures/v1/consulter/valideur",
        name="consulterFactureParValideur",
        act=consult,
        asks=_asks("rechercheLignePoste", "recherchePj", "rechercheLigneTvaRecap"),
        tells={"facture": _ISSUED},
    ),
)
