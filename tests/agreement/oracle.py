"""The official engine as an oracle: the published XSLT run by saxonche, for the tools of this folder only."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from lxml import etree
from saxonche import PySaxonApiError, PySaxonProcessor

from tests.agreement.extract_facts import SVRL, artefacts

Verdict = frozenset[tuple[str, str]]


@cache
def _processor() -> Any:
    return PySaxonProcessor(license=False)


@cache
def stylesheet(name: str) -> Any:
    """Return an official stylesheet compiled, by its name in `artefacts()`."""
    compiler = _processor().new_xslt30_processor()
    return compiler.compile_stylesheet(stylesheet_file=str(artefacts()[name]))


def official(xml: bytes, name: str) -> Verdict | None:
    """Return what the official engine says of a file: pairs (rule id, severity), None where it aborts."""
    try:
        node = _processor().parse_xml(xml_text=xml.decode("utf-8-sig"))
        report = stylesheet(name).transform_to_string(xdm_node=node)
    except (PySaxonApiError, UnicodeDecodeError):
        return None
    root = etree.fromstring(report.encode())
    found = [*root.iter(SVRL + "failed-assert"), *root.iter(SVRL + "successful-report")]
    return frozenset((n.get("id") or _named(n), n.get("flag") or "fatal") for n in found)


def _named(told: etree._Element) -> str:
    """Return the id that a few assertions have only at the start of their text, else nothing."""
    text = re.match(r"\[([A-Z][\w-]+?)\]", "".join(map(str, told.itertext())).strip())
    return text[1] if text else ""
