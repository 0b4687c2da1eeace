"""`choriste inspect` of XML says what the invoice is, or why there is none."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from choriste.cli.main import main

UBL = Path(str(files("choriste.local").joinpath("samples", "invoice-ubl.xml")))


def test_an_xml_invoice_is_described_with_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["inspect", str(UBL)])

    described = json.loads(capsys.readouterr().out)
    assert code == 0
    assert described["document"] == {
        "syntax": "UBL-Invoice",
        "profile": "EN 16931",
        "number": "LUM-26-00482",
        "type_code": "380",
        "issue_date": "2026-10-12",
        "due_date": "2026-11-11",
        "currency": "EUR",
        "seller": {
            "name": "Papeterie Lumen SARL",
            "legal_registration": "792541831",
            "vat_number": "FR14792541831",
        },
        "buyer": {"name": "Commune de Valbrume", "legal_registration": "216901231"},
        "lines": 3,
        "totals": {"without_vat": "663.00", "vat": "82.58", "with_vat": "745.58", "due": "745.58"},
    }


@pytest.mark.parametrize(
    ("content", "rule"),
    [(UBL.read_bytes()[:600], "XML-TRUNCATED"), (b"<?xml version='1.0'?><html/>", "FORMAT-HTML")],
)
def test_xml_without_an_invoice_is_refused_with_its_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, rule: str
) -> None:
    file = tmp_path / "sent.xml"
    file.write_bytes(content)

    code = main(["inspect", str(file)])

    described = json.loads(capsys.readouterr().out)
    assert code == 1
    assert described["refused"] is True
    assert [finding["rule"] for finding in described["findings"]] == [rule]
    assert "document" not in described
