"""The parties that a file cannot name: read alike on each channel, kept until the file arrives."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choriste.application.deposits.offer_upload import offer_upload
from choriste.application.deposits.parse_named_parties import (
    parse_flat_parties,
    parse_named_parties,
    parties_of_text,
    parties_text,
)
from choriste.application.deposits.read_report import read_report
from choriste.application.deposits.receive_inbox_object import receive_inbox_object
from choriste.application.shared.ports import Bucket
from choriste.domain.deposits.flow import Flow, FlowState
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.lifecycle import Frame, Status
from choriste.domain.shared.errors import BadRequestError
from choriste.domain.shared.findings import Severity
from choriste.domain.shared.ids import InvoiceId
from functions.api.http.models import finding_out
from functions.api.v1.deposits.schemas import report_out
from tests.builders.bad_files import a_zip
from tests.builders.intake import run_intake
from tests.builders.stage import COCONTRACTOR, PARTNER, SUBCONTRACTOR, Stage, a_sample, a_stage
from tests.fakes.surroundings import MemoryFiles

LOGIN = f"m-{PARTNER}"
DROP = f"partners/{LOGIN}/a.xml"


@pytest.fixture
def stage() -> Stage:
    return a_stage()


def _arrive(stage: Stage, key: str, content: bytes, **metadata: str) -> Flow:
    stage.ports.files.put(Bucket.INBOX, key, content, mime_type="application/xml")
    assert isinstance(stage.ports.files, MemoryFiles)
    stage.ports.files.named[Bucket.INBOX, key] = metadata
    receipt = receive_inbox_object(stage.ports, key, delivery="1")
    assert receipt is not None
    for each in stage.ports.flows.documents(receipt.flow.id):
        document = run_intake(stage.ports, receipt.flow.id, each.position)
        stage.invoices[document.number or ""] = document.invoice_id
    flow = stage.ports.flows.get(receipt.flow.id)
    assert flow is not None
    return flow


def test_partner_names_the_validator_in_the_metadata_of_a_drop(stage: Stage) -> None:
    flow = _arrive(
        stage, DROP, a_sample("F-1"), frame="A9", validator=stage.sirets[COCONTRACTOR], mtime="1700000000"
    )

    assert flow.state is FlowState.INTEGRATED
    assert stage.status("F-1") is Status.A_VALIDER_1
    assert stage.head("F-1").validator_1 is not None


def _archive(*numbers: str) -> bytes:
    return a_zip((f"{number}.xml", a_sample(number)) for number in numbers)


def test_parties_of_an_archive_count_for_each_of_its_invoices_and_the_report_says_so(stage: Stage) -> None:
    validator = stage.sirets[COCONTRACTOR]

    flow = _arrive(stage, DROP, _archive("F-1", "F-2"), frame="A9", validator=validator)

    report = report_out(read_report(stage.ports, stage.principals[PARTNER], flow.id))
    (told,) = flow.all_findings
    assert flow.state is FlowState.INTEGRATED
    assert (told.rule, told.severity) == ("PARTIES-FOR-ALL", Severity.WARNING)
    assert told.found == f"frame=A9, validator={validator}"
    assert "chacune des 2 pièces" in told.message.fr
    assert "each of the 2 documents" in told.message.en
    assert report.findings == [finding_out(told)]
    assert [stage.status(number) for number in ("F-1", "F-2")] == [Status.A_VALIDER_1] * 2


def test_archive_of_one_invoice_or_without_parties_needs_no_such_word(stage: Stage) -> None:
    alone = _arrive(stage, DROP, _archive("F-1"), frame="A9", validator=stage.sirets[COCONTRACTOR])
    unnamed = _arrive(stage, f"partners/{LOGIN}/b.zip", _archive("F-2", "F-3"))

    assert (alone.all_findings, unnamed.all_findings) == ((), ())


@pytest.mark.parametrize("named", ["previous", "adjust"])
def test_archive_of_several_documents_cannot_answer_one_piece(stage: Stage, named: str) -> None:
    answer = {"previous": "2170000000000001", "adjust": "2170000000000001:10.00"}[named]

    flow = _arrive(stage, DROP, _archive("F-1", "F-2"), frame="A15", **{named: answer})

    (finding,) = flow.all_findings
    assert (flow.state, flow.documents) == (FlowState.REFUSED, 0)
    assert (finding.rule, finding.severity, finding.found) == (
        "PARTIES-PREVIOUS-SEVERAL",
        Severity.FATAL,
        named,
    )
    assert stage.ports.flows.documents(flow.id) == ()


def test_metadata_may_be_encoded_and_name_a_service(stage: Stage) -> None:
    flow = _arrive(stage, DROP, a_sample("F-1"), **{"moe-service": "%C3%89COLES", "moe": "80456712100012"})

    assert (flow.parties.moe_service, flow.parties.moe) == ("ÉCOLES", "80456712100012")


def test_metadata_that_cannot_be_read_refuse_the_drop_and_say_why(stage: Stage) -> None:
    flow = _arrive(stage, DROP, a_sample("F-1"), frame="B7")

    assert flow.state is FlowState.REFUSED
    assert [finding.rule for finding in flow.findings] == ["PARTIES-FRAME-UNKNOWN"]
    assert "B7" in flow.findings[0].message.fr


def test_upload_has_the_parties_named_when_its_address_was_asked_for(stage: Stage) -> None:
    parties = NamedParties(frame=Frame.A9, validator=stage.sirets[SUBCONTRACTOR])
    offer = offer_upload(
        stage.ports,
        stage.principals[PARTNER],
        structure=PARTNER,
        filename="a.xml",
        size=9,
        parties=parties,
    )

    flow = _arrive(stage, offer.key, a_sample("F-1"))

    assert flow.parties == parties
    assert stage.status("F-1") is Status.A_VALIDER_1


def test_metadata_of_an_upload_name_nobody(stage: Stage) -> None:
    offer = offer_upload(stage.ports, stage.principals[PARTNER], structure=PARTNER, filename="a.xml", size=9)

    flow = _arrive(stage, offer.key, a_sample("F-1"), validator="80912345800014")

    assert flow.parties == NamedParties()


@pytest.mark.parametrize("field", ["validator", "validator2", "moe", "moa"])
def test_siret_may_be_written_with_spaces(field: str) -> None:
    read = parse_named_parties({field: " 809 123 458 00014 "})

    assert getattr(read, field) == "80912345800014"


def test_empty_fields_name_nobody() -> None:
    assert parse_flat_parties({"frame": "", "validator": "  ", "previous": " ", "x": "y"}) == NamedParties()


@pytest.mark.parametrize(
    ("named", "rule"),
    [
        ({"frame": "Z1"}, "PARTIES-FRAME-UNKNOWN"),
        ({"previous": "12 F-1"}, "PARTIES-PREVIOUS-UNREADABLE"),
        ({"previous": "1" * 17}, "PARTIES-PREVIOUS-UNREADABLE"),
        ({"adjust": "12"}, "PARTIES-ADJUST-UNREADABLE"),
        ({"adjust": "12:NaN"}, "PARTIES-ADJUST-UNREADABLE"),
        ({"adjust": "x:1.00"}, "PARTIES-ADJUST-UNREADABLE"),
        ({"moa": "1" * 101}, "PARTIES-TEXT-TOO-LONG"),
    ],
)
def test_what_cannot_be_read_is_told_in_both_languages(named: dict[str, str], rule: str) -> None:
    with pytest.raises(BadRequestError) as refusal:
        parse_flat_parties(named)

    findings = refusal.value.parameters["findings"]
    assert isinstance(findings, list)
    assert [finding.rule for finding in findings] == [rule]
    assert findings[0].message.fr != findings[0].message.en


_codes = st.none() | st.text("0123456789", min_size=1, max_size=14)


@given(
    st.builds(
        NamedParties,
        frame=st.none() | st.sampled_from(Frame),
        validator=_codes,
        validator2=_codes,
        moe=_codes,
        moe_service=st.none() | st.just("ÉCOLES"),
        moa=_codes,
        previous=st.lists(st.integers(1, 10**15).map(InvoiceId), max_size=3).map(tuple),
        adjusted=st.lists(
            st.tuples(st.integers(1, 10**15).map(InvoiceId), st.decimals("0", "99999", places=2)), max_size=3
        ).map(tuple),
    )
)
def test_what_was_named_is_kept_as_it_was(parties: NamedParties) -> None:
    assert parties_of_text(parties_text(parties)) == parties


def test_amounts_stay_exact() -> None:
    assert parse_flat_parties({"adjust": "12:0.10"}).adjusted == ((InvoiceId(12), Decimal("0.10")),)
