"""`telecharger/groupe`: the pivot against the official schema, PDFs, and what the recipient has fetched."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from choriste.application.shared.ports import Bucket
from choriste.domain.invoice.model import SupportingDocument
from choriste.domain.shared.ids import InvoiceId
from tests.builders.chorus import Chorus, a_chorus
from tests.builders.ports import accountant, stranger
from tests.builders.swagger import SPECIFICATIONS

DOWNLOAD = "factures/v1/telecharger/groupe"
SCHEMA = SPECIFICATIONS / "xsd" / "CPPFacturePivot_V2_02.xsd"


@pytest.fixture
def chorus(monkeypatch: pytest.MonkeyPatch) -> Chorus:
    return a_chorus(monkeypatch)


def _with_copy(chorus: Chorus, invoice: int) -> int:
    """Keep the bytes of the readable copy, which this intake leaves out."""
    head = chorus.bench.ports.invoices.get(InvoiceId(invoice))
    assert head is not None
    copy = next(file for file in head.files if file.name.startswith("PJP00XFAC"))
    chorus.bench.ports.files.put(Bucket.DOCUMENTS, copy.key, b"%PDF-1.7", mime_type=copy.mime_type)
    return invoice


def _download(chorus: Chorus, form: str, *invoices: int, **more: Any) -> bytes:
    body = {"format": form, "listeFacture": [{"idFacture": each} for each in invoices], **more}
    return base64.b64decode(chorus.post(DOWNLOAD, body)["fichierResultat"])


def test_pivot_carries_the_invoice_its_id_and_its_files_under_their_names(chorus: Chorus) -> None:
    plan = SupportingDocument(
        reference="1",
        description="BON_LIVRAISON",
        content=b"%PDF bon",
        mime_type="application/pdf",
        filename="bon de livraison.pdf",
    )
    invoice = _with_copy(chorus, chorus.invoice("F-1", supporting_documents=(plan,)))
    chorus.caller = accountant()

    root = etree.fromstring(_download(chorus, "PIVOT", invoice))

    files = {
        each.findtext("NomPJ"): (
            each.findtext("TypePJ"),
            each.findtext("NomPJOrigine"),
            each.findtext("CategoriePJ"),
        )
        for each in root.iter("PJ")
    }
    assert files == {
        "facture.xml": ("01", None, None),
        f"PJP00XFAC{invoice}.pdf": ("02", f"PJP00XFAC{invoice}.pdf", "DUPLICATA FACTUR-X"),
        "bon de livraison.pdf": ("02", "bon de livraison.pdf", "BON_LIVRAISON"),
    }
    packed = base64.b64decode(next(root.iter("PJ")).findtext("Contenu") or "")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.namelist() == ["facture.xml"]
    assert root.findtext(".//IdCPRO") == str(invoice)
    assert (root.findtext(".//Renvoi"), root.findtext(".//Cadre")) == ("Non", "A1")
    assert len(root.findall(".//Ligne")) == 5


@pytest.mark.corpora
@pytest.mark.skipif(not SCHEMA.exists(), reason="the official schema is not at hand")
def test_pivot_of_several_invoices_is_valid_by_the_official_schema(chorus: Chorus) -> None:
    long_name = SupportingDocument(
        content=b"x",
        mime_type="text/csv",
        filename="n" * 80 + ".csv",
        description="DOCUMENT_ANNEXE",
        reference="1",
    )
    invoices = [
        _with_copy(chorus, chorus.invoice("F-1")),
        _with_copy(chorus, chorus.invoice("F-2-NUMERO-BIEN-TROP-LONG", supporting_documents=(long_name,))),
        _with_copy(chorus, chorus.invoice("F-3", delivery=None)),
    ]
    chorus.caller = accountant()
    for path, body in (
        ("traiter/recue", {"nouveauStatut": "SUSPENDUE", "motif": "Pièce manquante"}),
        ("traiter/recue", {"nouveauStatut": "MANDATEE"}),
    ):
        chorus.post(f"factures/v1/{path}", {"idFacture": invoices[0], **body})

    written = _download(chorus, "xml", *invoices)

    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    schema.assertValid(etree.fromstring(written))


def test_pdf_is_one_file_or_a_zip_with_a_folder_each(chorus: Chorus) -> None:
    first, second = (_with_copy(chorus, chorus.invoice(number)) for number in ("F/1", "F-2"))

    assert _download(chorus, "PDF", first, avecPiecesJointesComplementaires="Non") == b"%PDF-1.7"
    with zipfile.ZipFile(io.BytesIO(_download(chorus, "PDF", first, second))) as archive:
        names = archive.namelist()
    assert [name.partition("/")[0] for name in names] == [f"F_1-{first}", f"F-2-{second}"]


def test_download_of_the_recipient_is_noted_once(chorus: Chorus) -> None:
    invoice = _with_copy(chorus, chorus.invoice())
    _download(chorus, "PDF", invoice)
    chorus.caller = accountant()
    wanted = {"idDestinataire": 1001, "factureTelechargeeParDestinataire": False}
    assert len(chorus.post("factures/v1/rechercher/recipiendaire", wanted)["listeFactures"]) == 1

    _download(chorus, "PDF", invoice)
    _download(chorus, "PIVOT", invoice)

    assert chorus.post("factures/v1/rechercher/recipiendaire", wanted)["codeRetour"] == 20000
    told = chorus.post("factures/v1/consulter/historique", {"idFacture": invoice})
    actions = told["historiquesDesActionsUtilisateurs"]["histoAction"]
    assert [row["histoActionCode"] for row in actions] == ["TELECHARGEMENT_FACTURE"]


def test_attachment_operation_gives_the_same_files(chorus: Chorus) -> None:
    invoice = _with_copy(chorus, chorus.invoice())
    body = {
        "objetPieceJointe": "DEMANDE_PAIEMENT",
        "demandePaiement": {"format": "PDF", "listeFacture": [{"idFacture": invoice}]},
    }

    assert base64.b64decode(chorus.post("transverses/v1/telecharger/pieceJointe", body)["pieceJointe"])


def test_download_that_is_too_large_is_413(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    ports = chorus.bench.ports
    head = ports.invoices.get(InvoiceId(invoice))
    assert head is not None
    large = replace(head, files=tuple(replace(file, size=5_000_000) for file in head.files))
    ports.invoices._heads[large.id] = large  # type: ignore[attr-defined]

    answer = chorus.ask(DOWNLOAD, {"format": "PDF", "listeFacture": [{"idFacture": invoice}]})

    assert (answer["statusCode"], json.loads(answer["body"])["codeRetour"]) == (413, 29413)


def test_stranger_downloads_nothing(chorus: Chorus) -> None:
    invoice = chorus.invoice()
    chorus.caller = stranger()

    answer = chorus.post(DOWNLOAD, {"format": "PDF", "listeFacture": {"idFacture": invoice}})

    assert answer["codeRetour"] == 20000
