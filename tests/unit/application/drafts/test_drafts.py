"""Drafts: prepared, changed, abandoned, deposited; and a refused invoice taken up under a new number."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from choriste.application.drafts.abandon_draft import abandon_draft
from choriste.application.drafts.begin_draft import DraftSource, begin_draft
from choriste.application.drafts.change_draft import change_draft
from choriste.application.drafts.deposit_draft import check_draft, deposit_draft
from choriste.application.drafts.read_drafts import list_drafts, read_draft
from choriste.application.drafts.reissue_invoice import reissue_invoice
from choriste.application.invoices.act_on_invoice import comment_invoice
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import Draft
from choriste.domain.invoice.entry import DraftFields, DraftLine, fields_of
from choriste.domain.invoice.reading import Syntax
from choriste.domain.lifecycle import (
    Frame,
    Origin,
    Reason,
    ReasonCode,
    Status,
    TransitionRefusedError,
)
from choriste.domain.shared.errors import (
    BadRequestError,
    DraftClosedError,
    DraftInvalidError,
    ForbiddenError,
    NotFoundError,
    StaleVersionError,
)
from choriste.domain.tracking.journey import Journey
from choriste.local.scenarios.files import file_of
from choriste.local.scenarios.model import Deposit
from tests.builders.intake import run_intake
from tests.builders.stage import CITY, COCONTRACTOR, CONTRACTOR, SUBCONTRACTOR, Stage, a_sample, a_stage

LINE = DraftLine(
    name="Étude d’accessibilité",
    quantity=Decimal(10),
    unit="HUR",
    price=Decimal("95.00"),
    vat_rate=Decimal(20),
)


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _entry(stage: Stage, **changes: object) -> DraftFields:
    whole = DraftFields(
        number="B-2026-001",
        issue_date=dt.date(2026, 11, 23),
        due_date=dt.date(2026, 12, 23),
        delivery_date=dt.date(2026, 11, 20),
        recipient_siret=stage.sirets[CITY],
        service_code="TECHNIQUE",
        engagement="ENG-1",
        payment_terms="30 jours",
        iban="FR7630006000011234567890189",
        lines=(LINE,),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def _begin(
    stage: Stage, entry: DraftFields | None = None, *, by: str = CONTRACTOR, **beginning: object
) -> Draft:
    start = DraftSource(**beginning)  # type: ignore[arg-type]
    return begin_draft(
        stage.ports, stage.principals[by], structure=CONTRACTOR, fields=entry or _entry(stage), source=start
    )


def _deposit(stage: Stage, draft: Draft, *, by: str = CONTRACTOR) -> Draft:
    sent, receipt = deposit_draft(stage.ports, stage.principals[by], draft.id, channel=Channel.CONSOLE)
    if receipt.is_new:
        document = run_intake(stage.ports, receipt.flow.id, 1)
        stage.invoices[document.number or ""] = document.invoice_id
        stage.documents.append(document)
    return sent


def test_draft_keeps_what_is_missing_and_computes_what_is_there(stage: Stage) -> None:
    empty = _begin(stage, DraftFields())
    exempt = replace(LINE, quantity=Decimal(3), price=Decimal("0.335"), vat_rate=Decimal(0))
    filled = _begin(stage, _entry(stage, lines=(LINE, exempt), exemption_reason="Art. 293 B du CGI"))

    totals = filled.invoice.totals
    assert (empty.status, empty.invoice.number) == (Status.BROUILLON, None)
    assert totals is not None
    assert (totals.without_vat, totals.vat, totals.with_vat) == (
        Decimal("951.01"),
        Decimal("190.00"),
        Decimal("1141.01"),
    )
    assert [(row.category, row.base) for row in filled.invoice.vat_breakdown] == [
        ("S", Decimal("950.00")),
        ("E", Decimal("1.01")),
    ]


def test_entry_comes_back_as_it_was_entered(stage: Stage) -> None:
    entry = _entry(stage)

    kept = fields_of(_begin(stage, entry).invoice)

    assert replace(kept, type_code=None, currency=None, lines=()) == replace(entry, lines=())
    assert [replace(line, id=None) for line in kept.lines] == [LINE]


def test_draft_read_from_a_pdf_waits_to_be_confirmed(stage: Stage) -> None:
    draft = _begin(stage, DraftFields(number="F-9"), origin=Origin.PDF)

    assert draft.status is Status.INTERPRETEE_OCR
    assert draft.is_open


def test_draft_is_changed_from_the_version_that_was_read(stage: Stage) -> None:
    draft, who = _begin(stage), stage.principals[CONTRACTOR]
    parties = NamedParties(frame=Frame.A9, validator=stage.sirets[COCONTRACTOR])

    changed = change_draft(
        stage.ports, who, draft.id, fields=_entry(stage, number="B-2"), parties=parties, expected_version=1
    )

    assert (changed.version, changed.invoice.number, changed.frame) == (2, "B-2", Frame.A9)
    with pytest.raises(StaleVersionError):
        change_draft(stage.ports, who, draft.id, fields=_entry(stage), parties=parties, expected_version=1)


def test_complete_draft_is_deposited_once_and_becomes_an_invoice(stage: Stage) -> None:
    draft = _begin(stage)

    sent = _deposit(stage, draft)

    assert stage.documents[-1].findings == ()
    assert (sent.status, stage.status("B-2026-001")) == (Status.DEPOSEE, Status.MISE_A_DISPOSITION)
    assert stage.head("B-2026-001").flow_id == sent.flow_id
    with pytest.raises(DraftClosedError):
        _deposit(stage, draft)


def test_draft_with_a_validator_goes_to_the_validator(stage: Stage) -> None:
    draft = _begin(stage, parties=NamedParties(frame=Frame.A9, validator=stage.sirets[COCONTRACTOR]))

    _deposit(stage, draft)

    assert stage.status("B-2026-001") is Status.A_VALIDER_1


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"number": None}, "TRACKING-BT-1-MISSING"),
        ({"recipient_siret": "99999999900001"}, "ROUTING-RECIPIENT-UNKNOWN"),
        ({"service_code": "NULLE-PART"}, "ROUTING-SERVICE-UNKNOWN"),
        ({"lines": ()}, "BR-16"),
    ],
)
def test_draft_that_would_be_refused_stays_open_and_says_why(
    stage: Stage, changes: dict[str, object], rule: str
) -> None:
    draft = _begin(stage, _entry(stage, **changes))

    with pytest.raises(DraftInvalidError) as refusal:
        _deposit(stage, draft)

    findings = refusal.value.parameters["findings"]
    assert isinstance(findings, list)
    assert rule in {finding.rule for finding in findings}
    kept = stage.ports.drafts.get(draft.id)
    assert kept == draft
    assert stage.bench.intake.started == []


def test_deposit_that_broke_off_is_taken_up_where_it_stood(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, save = _begin(stage), stage.ports.drafts.save
    monkeypatch.setattr(stage.ports.drafts, "save", _broken)
    with pytest.raises(TimeoutError):
        _deposit(stage, draft)
    monkeypatch.setattr(stage.ports.drafts, "save", save)

    again = _deposit(stage, draft)

    assert again.status is Status.DEPOSEE
    assert len({flow for flow, *_ in stage.bench.intake.started}) == 1


def _broken(draft: Draft, *, expected_version: int) -> None:
    raise TimeoutError(draft.id, expected_version)


def test_abandoned_draft_leaves_its_number_free(stage: Stage) -> None:
    draft, who = _begin(stage), stage.principals[CONTRACTOR]

    given_up = abandon_draft(stage.ports, who, draft.id)
    _deposit(stage, _begin(stage))

    assert given_up.status is Status.SUPPRIMEE
    assert stage.status("B-2026-001") is Status.MISE_A_DISPOSITION
    with pytest.raises(DraftClosedError):
        change_draft(stage.ports, who, draft.id, fields=DraftFields(), parties=NamedParties())
    with pytest.raises(DraftClosedError):
        abandon_draft(stage.ports, who, draft.id)


def test_drafts_are_the_depositors_own(stage: Stage) -> None:
    draft = _begin(stage)

    for other in (CITY, SUBCONTRACTOR):
        with pytest.raises(NotFoundError):
            read_draft(stage.ports, stage.principals[other], draft.id)
        with pytest.raises(ForbiddenError):
            list_drafts(stage.ports, stage.principals[other], structure=CONTRACTOR)
        with pytest.raises(NotFoundError):
            abandon_draft(stage.ports, stage.principals[other], draft.id)
    with pytest.raises(ForbiddenError):
        _begin(stage, by=CITY)
    page = list_drafts(stage.ports, stage.principals[CONTRACTOR], structure=CONTRACTOR)
    assert [each.id for each in page.rows] == [draft.id]


def test_refused_invoice_is_taken_up_whole_under_a_new_number(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"), frame=Frame.A9, validator=stage.sirets[COCONTRACTOR])
    stage.act("F-1", COCONTRACTOR, "refuse-validation", reason=Reason(ReasonCode.CALCUL_ERR, "Ligne 2."))
    who = stage.principals[CONTRACTOR]

    draft = reissue_invoice(stage.ports, who, stage.invoices["F-1"], number="F-1-BIS")
    before = stage.status("F-1")
    _deposit(stage, draft)

    invoice = draft.invoice
    assert (invoice.number, invoice.issue_date) == ("F-1-BIS", stage.bench.clock.now().date())
    assert (len(invoice.lines), len(invoice.allowances), invoice.totals and invoice.totals.with_vat) == (
        5,
        1,
        Decimal("1792.18"),
    )
    assert (before, stage.status("F-1")) == (Status.REFUSEE_1, Status.DUPLIQUE_APRES_REFUS)
    assert stage.status("F-1-BIS") is Status.A_VALIDER_1
    with pytest.raises(TransitionRefusedError):
        reissue_invoice(stage.ports, who, stage.invoices["F-1"], number="F-1-TER")


def test_refused_invoice_is_marked_as_taken_up_also_when_somebody_comments_at_that_moment(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.deposit(a_sample("F-1"), frame=Frame.A9, validator=stage.sirets[COCONTRACTOR])
    stage.act("F-1", COCONTRACTOR, "refuse-validation", reason=Reason(ReasonCode.CALCUL_ERR, "Ligne 2."))
    ports, who, save = stage.ports, stage.principals[CONTRACTOR], stage.ports.invoices.save
    draft = reissue_invoice(ports, who, stage.invoices["F-1"], number="F-1-BIS")

    def met(journey: Journey) -> None:
        monkeypatch.setattr(ports.invoices, "save", save)
        comment_invoice(ports, stage.principals[COCONTRACTOR], stage.invoices["F-1"], "Refaite ?")
        save(journey)

    monkeypatch.setattr(ports.invoices, "save", met)
    _deposit(stage, draft)

    assert stage.status("F-1") is Status.DUPLIQUE_APRES_REFUS


def test_refused_factur_x_is_taken_up_from_its_data(stage: Stage) -> None:
    name, content = file_of(Deposit(channel="api", form="facturx", changes=({"number": "F-1"},)))
    stage.deposit(content, filename=name)
    stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))

    draft = reissue_invoice(stage.ports, stage.principals[CONTRACTOR], stage.invoices["F-1"], number="F-2")

    assert stage.head("F-1").syntax is Syntax.FACTURX
    assert [line.item and line.item.name for line in draft.invoice.lines][:2] == [
        "Étude d'accessibilité",
        "Panneau signalétique",
    ]
    assert draft.invoice.totals is not None
    assert draft.invoice.totals.with_vat == Decimal("1792.18")


def test_rejected_invoice_keeps_its_status_when_it_is_taken_up(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"))
    stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))

    draft = reissue_invoice(stage.ports, stage.principals[CONTRACTOR], stage.invoices["F-1"], number="F-2")
    _deposit(stage, draft)

    assert (stage.status("F-1"), stage.status("F-2")) == (Status.REJETEE, Status.MISE_A_DISPOSITION)


def test_number_of_a_refused_invoice_is_not_used_again(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"))
    stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))
    who, invoice = stage.principals[CONTRACTOR], stage.invoices["F-1"]

    with pytest.raises(BadRequestError):
        reissue_invoice(stage.ports, who, invoice, number=" F-1 ")
    draft = reissue_invoice(stage.ports, who, invoice, number="F-2")
    back = change_draft(
        stage.ports,
        who,
        draft.id,
        fields=replace(fields_of(draft.invoice), number="F-1"),
        parties=draft.parties,
    )

    assert check_draft(stage.ports, back)[0].rule == "DRAFT-NUMBER-TAKEN"


@pytest.mark.parametrize(("by", "error"), [(CITY, ForbiddenError), (SUBCONTRACTOR, NotFoundError)])
def test_nobody_else_takes_a_refused_invoice_up(stage: Stage, by: str, error: type[Exception]) -> None:
    stage.deposit(a_sample("F-1"))
    stage.act("F-1", CITY, "reject", reason=Reason(ReasonCode.MONTANT_ERR, "Total faux."))

    with pytest.raises(error):
        reissue_invoice(stage.ports, stage.principals[by], stage.invoices["F-1"], number="F-2")


def test_invoice_that_was_not_refused_is_not_duplicated(stage: Stage) -> None:
    stage.deposit(a_sample("F-1"))

    with pytest.raises(TransitionRefusedError):
        reissue_invoice(stage.ports, stage.principals[CONTRACTOR], stage.invoices["F-1"], number="F-2")


def test_credit_note_needs_the_date_of_the_invoice_that_it_corrects(stage: Stage) -> None:
    invoice = _deposit(stage, _begin(stage))
    typed = _entry(
        stage, number="AV-1", type_code="381", corrected_invoice="F-ELSEWHERE", lines=(LINE,), due_date=None
    )
    of_another_platform = _begin(stage, typed)
    known = _begin(stage, replace(typed, number="AV-2", corrected_invoice=invoice.invoice.number))

    told = check_draft(stage.ports, of_another_platform)
    dated = _begin(stage, replace(typed, corrected_date=dt.date(2026, 10, 1)))

    assert "BR-FR-CO-05_BT-3" in {each.rule for each in told}
    assert fields_of(known.invoice).corrected_date == dt.date(2026, 11, 23)
    assert _deposit(stage, known).flow_id is not None
    assert _deposit(stage, dated).flow_id is not None
