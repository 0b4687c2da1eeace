from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pikepdf
import pypdfium2
import pytest

from choriste.documents.issue import integration_report
from choriste.documents.issue.assembly import Attachment
from choriste.documents.issue.follow_up import make_follow_up
from choriste.documents.issue.integration_report import make_integration_report
from choriste.documents.issue.subcontractor import ContractorDecision, make_subcontractor_request
from choriste.documents.issue.works import make_works_document
from tests.builders.printouts import (
    DIGEST,
    PRINTOUTS,
    a_follow_up_slip,
    a_subcontractor_request,
    a_works_document,
    an_integration_report,
)
from tests.builders.readable import squeezed, text_of

TITLES = {
    "follow-up": ("Bordereau de suivi", "Follow-up slip"),
    "integration-report": ("Compte rendu d’intégration", "Integration report"),
    "deposit-certificate": ("Certificat de dépôt", "Deposit certificate"),
    "works": ("Projet de décompte mensuel", "Draft monthly statement"),
    "subcontractor": ("Demande de paiement de sous-traitant", "Subcontractor’s payment request"),
}


@pytest.mark.parametrize("name", PRINTOUTS)
def test_printout_speaks_both_languages(name: str) -> None:
    french, english = (text_of(PRINTOUTS[name](language)) for language in ("fr", "en"))

    assert french.startswith(squeezed(TITLES[name][0]))
    assert english.startswith(squeezed(TITLES[name][1]))


@pytest.mark.parametrize("name", PRINTOUTS)
def test_printout_is_the_same_bytes_for_the_same_input(name: str) -> None:
    assert PRINTOUTS[name]("fr") == PRINTOUTS[name]("fr")


def test_follow_up_names_the_structure_that_let_its_time_run_out() -> None:
    text = text_of(make_follow_up(a_follow_up_slip()))

    assert squeezed("Le délai de réponse de Bâtir Ensemble SA (552 100 554 00021) a expiré") in text
    assert squeezed("le 21 octobre 2026.") in text


def test_follow_up_shows_every_step_with_its_reason() -> None:
    slip = a_follow_up_slip()

    text = text_of(make_follow_up(slip))

    for event in slip.events:
        for shown in (event.status.fr, event.person, event.reason, event.comment):
            assert squeezed(shown or "") in text


def test_integration_report_explains_each_finding() -> None:
    text = text_of(make_integration_report(an_integration_report()))

    for shown in ("BR-CO-15", "Bloquant", "999,99", "359,24", "BT-112", "Ligne 412"):
        assert squeezed(shown) in text
    assert squeezed("Refusée. 1 erreur bloquante à corriger, 1 avertissement.") in text


def test_integration_report_counts_what_was_accepted() -> None:
    text = text_of(make_integration_report(an_integration_report(), language="en"))

    assert squeezed("Invoices read 3") in text
    assert squeezed("Accepted 1") in text
    assert squeezed("Refused 2") in text


@pytest.mark.parametrize("decision", ContractorDecision)
def test_subcontractor_request_says_what_the_contractor_decided(decision: ContractorDecision) -> None:
    request = replace(a_subcontractor_request(), decision=decision, decided_on=dt.date(2026, 10, 20))

    text = text_of(make_subcontractor_request(request, language="en"))

    assert squeezed("Bâtir Ensemble SA (552 100 554 00021)") in text
    assert squeezed("20 October 2026") in text


def test_works_document_carries_its_annexes() -> None:
    annex = Attachment(name="attachement.csv", content=b"poste;avancement\n", mime_type="text/csv")

    pdf = pikepdf.open(io.BytesIO(make_works_document(a_works_document(), attachments=(annex,))))

    assert pdf.attachments["attachement.csv"].get_file().read_bytes() == annex.content
    assert pdf.check_pdf_syntax() == []


def test_printout_made_between_two_seconds_is_dated_by_the_first() -> None:
    slip = a_follow_up_slip()
    between = replace(slip, made_at=slip.made_at.replace(microsecond=999_999))

    assert make_follow_up(between) == make_follow_up(slip)


def test_integration_report_counts_the_findings_that_it_does_not_print() -> None:
    report = an_integration_report()
    refused = replace(report.documents[1], findings=report.documents[1].findings[:1] * 7)
    many = replace(report, documents=(refused,) * 3)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(integration_report, "MAX_FINDINGS", 10)
        text = text_of(make_integration_report(many))

    assert text.count("BR-CO-15") == 10
    assert squeezed("4 constats de plus ne sont pas imprimés") in text
    assert squeezed("7 constats de plus ne sont pas imprimés") in text


def test_digest_can_be_copied_from_the_certificate_as_it_is() -> None:
    pages = pypdfium2.PdfDocument(PRINTOUTS["deposit-certificate"]("fr"))

    assert DIGEST in pages[0].get_textpage().get_text_range()
