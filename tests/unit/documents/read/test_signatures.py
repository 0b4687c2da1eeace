from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from choriste.documents.read.inspection import Coverage, FileKind, Inspection, Obstacle, inspect, limits
from choriste.domain.shared.findings import Severity
from tests.builders.pdfs import a_facturx, plain_pdf, sign
from tests.builders.signed import (
    locked_and_signed,
    signed,
    with_changed_page,
    with_format,
    with_timestamp,
    with_unknown_digest,
    with_validation_data,
    without_certificate,
)


def _states(inspection: Inspection) -> list[tuple[Coverage, bool | None, Obstacle | None]]:
    assert inspection.pdf is not None
    return [(each.coverage, each.intact, each.obstacle) for each in inspection.pdf.signatures]


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


def test_what_alters_the_document_after_the_signature_is_told() -> None:
    inspection = inspect(with_changed_page(signed()), filename="facture.pdf")

    assert _states(inspection) == [(Coverage.ALTERED_AFTER, True, None)]
    assert [finding.rule for finding in inspection.findings] == ["PDF-SIGNATURE-PARTIAL"]


def test_a_second_signature_does_not_cover_what_was_altered_before_it() -> None:
    inspection = inspect(signed(with_changed_page(signed()), field="Signature2"), filename="facture.pdf")

    assert [(each.rule, each.found) for each in inspection.findings] == [
        ("PDF-SIGNATURE-PARTIAL", "Signature1")
    ]


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_signature_of_a_locked_pdf_is_checked(revision: int) -> None:
    inspection = inspect(locked_and_signed(revision), filename="facture.pdf")

    assert _states(inspection) == [(Coverage.WHOLE_FILE, True, None)]
    assert [finding.rule for finding in inspection.findings] == ["PDF-RESTRICTED"]


@pytest.mark.parametrize("digest", ["sha1", "sha384", "sha512", "sha3_256", "sha3_512"])
def test_signature_is_checked_whatever_its_digest(digest: str) -> None:
    inspection = inspect(signed(digest=digest), filename="facture.pdf")

    assert _states(inspection) == [(Coverage.WHOLE_FILE, True, None)]
    assert inspection.findings == ()


@pytest.mark.parametrize("padding", [b"\n", b"\r\n\r\n", bytes(700), b"\n" + bytes(512)])
def test_padding_after_a_signed_file_is_no_content(padding: bytes) -> None:
    inspection = inspect(signed() + padding, filename="facture.pdf")

    assert _states(inspection) == [(Coverage.WHOLE_FILE, True, None)]
    assert inspection.findings == ()


@pytest.mark.parametrize(
    "complete",
    [
        with_validation_data,
        with_timestamp,
        lambda data: with_timestamp(with_validation_data(data)),
        lambda data: with_validation_data(with_timestamp(with_validation_data(data))),
    ],
    ids=["B-LT", "timestamp", "B-LTA", "B-LTA renewed"],
)
def test_what_only_proves_a_signature_is_no_tampering(complete: Callable[[bytes], bytes]) -> None:
    inspection = inspect(complete(signed()), filename="facture.pdf")

    states = _states(inspection)
    assert states[0] == (Coverage.VALIDATION_DATA_ADDED, True, None)
    assert all(intact for _, intact, _ in states)
    assert inspection.findings == ()


@pytest.mark.parametrize(
    ("make", "obstacle", "found"),
    [
        (
            lambda: with_format(signed(), b"/adbe.x509.rsa_sha1"),
            Obstacle.FORMAT,
            "Signature1 (adbe.x509.rsa_sha1)",
        ),
        (lambda: with_format(signed(), b"/ACME.sealed"), Obstacle.FORMAT, "Signature1 (ACME.sealed)"),
        (lambda: with_unknown_digest(signed()), Obstacle.ALGORITHM, "Signature1 (1.2.643.7.1.1.2.2)"),
        (lambda: without_certificate(signed()), Obstacle.CERTIFICATE, "Signature1"),
    ],
)
def test_signature_that_cannot_be_checked_is_not_called_broken(
    make: Callable[[], bytes], obstacle: Obstacle, found: str
) -> None:
    inspection = inspect(make(), filename="facture.pdf")

    assert [(intact, why) for _, intact, why in _states(inspection)] == [(None, obstacle)]
    (told,) = inspection.findings
    assert (told.rule, told.found) == (f"PDF-SIGNATURE-{obstacle.value.upper()}", found)
    assert told.severity is Severity.WARNING


def test_changed_content_is_broken_even_without_a_certificate() -> None:
    data = without_certificate(signed())
    at = data.index(b"stream") + 12

    inspection = inspect(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], filename="facture.pdf")

    assert [intact for _, intact, _ in _states(inspection)] == [False]


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
