from __future__ import annotations

import hashlib

import pytest

from choriste.documents.read.inspection import Coverage, FileKind, inspect, limits
from choriste.domain.shared.findings import Severity
from tests.builders.pdfs import a_facturx, append_revision, plain_pdf, sign


def test_signature_over_the_whole_file_is_intact_and_names_its_certificate() -> None:
    signed = sign(plain_pdf())

    inspection = inspect(signed, filename="facture.pdf")

    assert inspection.kind is FileKind.SIGNED_PDF
    assert inspection.pdf is not None
    (signature,) = inspection.pdf.signatures
    assert (signature.coverage, signature.intact) == (Coverage.WHOLE_FILE, True)
    assert signature.format == "ETSI.CAdES.detached"
    assert signature.digest_algorithm == "sha256"
    assert signature.signed_at is not None
    assert signature.certificate is not None
    assert signature.certificate.subject == "C=FR,CN=Jeanne Test"
    assert signature.certificate.serial == "1234"
    assert signature.certificate.self_signed
    assert signature.certificate.valid_until == "2028-01-01T00:00:00+00:00"
    assert signature.as_json()["trusted"] is None
    assert inspection.refusal is None


def test_signature_followed_by_an_update_covers_an_earlier_revision() -> None:
    updated = append_revision(sign(plain_pdf()))

    inspection = inspect(updated, filename="facture.pdf")

    assert inspection.pdf is not None
    (signature,) = inspection.pdf.signatures
    assert (signature.coverage, signature.intact) == (Coverage.EARLIER_REVISION, True)
    assert "PDF-SIGNATURE-PARTIAL" in {finding.rule for finding in inspection.findings}


def test_two_signatures_are_both_read() -> None:
    twice = sign(sign(plain_pdf()), field="Signature2")

    inspection = inspect(twice, filename="facture.pdf")

    assert inspection.pdf is not None
    coverages = {signature.field: signature.coverage for signature in inspection.pdf.signatures}
    assert coverages == {"Signature1": Coverage.EARLIER_REVISION, "Signature2": Coverage.WHOLE_FILE}
    assert "PDF-SIGNATURE-PARTIAL" not in {finding.rule for finding in inspection.findings}


def test_changed_content_breaks_the_signature() -> None:
    signed = sign(plain_pdf())
    at = signed.index(b"stream") + 12
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]

    inspection = inspect(changed, filename="facture.pdf")

    assert inspection.pdf is not None
    assert not inspection.pdf.signatures[0].intact
    broken = next(finding for finding in inspection.findings if finding.rule == "PDF-SIGNATURE-BROKEN")
    assert broken.severity is Severity.WARNING


def test_signature_of_garbage_is_reported_as_broken() -> None:
    signed = sign(plain_pdf())
    start = signed.index(b"/Contents <") + len(b"/Contents <")
    garbage = signed[:start] + b"30" * 400 + signed[start + 800 :]

    inspection = inspect(garbage, filename="facture.pdf")

    assert inspection.pdf is not None
    assert [signature.intact for signature in inspection.pdf.signatures] == [False]


def test_signed_facturx_is_a_facturx_with_its_signature_beside() -> None:
    inspection = inspect(sign(a_facturx()), filename="facture.pdf")

    assert inspection.kind is FileKind.FACTURX
    assert inspection.pdf is not None
    assert inspection.pdf.signatures[0].intact


def test_inspection_leaves_the_bytes_as_received() -> None:
    signed = sign(plain_pdf())

    inspection = inspect(signed, filename="facture.pdf")

    assert inspection.sha256 == hashlib.sha256(signed).hexdigest()


def test_child_that_cannot_answer_leaves_the_signature_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SIGNATURE_CPU", 0.01)

    inspection = inspect(sign(plain_pdf()), filename="facture.pdf")

    assert inspection.pdf is not None
    (signature,) = inspection.pdf.signatures
    assert (signature.coverage, signature.intact) == (Coverage.UNCLEAR, None)
    assert [finding.rule for finding in inspection.findings] == ["PDF-SIGNATURE-UNCHECKED"]
