"""Schema errors of libxml2 as findings, in words for the person who must fix the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from choriste.domain.invoice.terms import TERMS
from choriste.domain.shared.findings import Finding
from choriste.formats.binding.term_paths import form_at, term_at
from choriste.formats.binding.values import WHITESPACE
from choriste.formats.wording import excerpt, word
from choriste.formats.xml.names import Paths, prefixed
from choriste.i18n.catalogue import fill, message, template
from choriste.i18n.message import Message

if TYPE_CHECKING:
    from lxml.etree import _Element, _LogEntry

_CLARK: Final = re.compile(r"\{[^}]*\}[\w.-]+")
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_ATTRIBUTE: Final = re.compile(r"attribute '([^']*)'")
_TYPE: Final = re.compile(r"(?:atomic|simple|union|list) type '([^']*)'")
_SET: Final = re.compile(r"element of the set \{(.*)\}", re.DOTALL)
_POSITION: Final = re.compile(r"\[\d+\]")
_SHOWN: Final = 4
_LISTED: Final = 10
_LIST_SHOWN: Final = 8

_BY_NUMBER: Final = {
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": "XSD-TYPE",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_2": "XSD-TYPE",
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_3": "XSD-TYPE",
    "SCHEMAV_CVC_ENUMERATION_VALID": "XSD-LIST",
    "SCHEMAV_CVC_PATTERN_VALID": "XSD-FORM",
    "SCHEMAV_CVC_LENGTH_VALID": "XSD-FORM",
    "SCHEMAV_CVC_MINLENGTH_VALID": "XSD-FORM",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "XSD-FORM",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "XSD-FORM",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "XSD-FORM",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "XSD-ATTRIBUTE",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "XSD-ATTRIBUTE",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "XSD-ATTRIBUTE-MISSING",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "XSD-TEXT",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "XSD-TEXT",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "XSD-CHILDREN",
    "SCHEMAV_CVC_TYPE_3_1_2": "XSD-CHILDREN",
    "SCHEMAV_CVC_TYPE_3_1_1": "XSD-ATTRIBUTE",
    "SCHEMAV_CVC_ELT_1": "XSD-ROOT",
}
_FORMS: Final = {"decimal": "decimal", "date-iso": "date", "base64": "base64Binary"}
_KINDS: Final = {
    "decimal": "XSD-TYPE-decimal",
    "date": "XSD-TYPE-date",
    "boolean": "XSD-TYPE-boolean",
    "base64Binary": "XSD-TYPE-base64",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One schema error: the element, its XPath and line, libxml2's number and English message."""

    number: str
    text: str
    element: _Element | None
    location: str
    line: int

    @classmethod
    def of(cls, error: _LogEntry, root: _Element, paths: Paths) -> Violation:
        """Return the violation that a log entry reports on a document."""
        element = _element_at(error.path, root)
        location = paths.of(element) if element is not None else (error.path or "/")
        return cls(error.type_name, error.message, element, location, error.line)


def _element_at(path: str | None, root: _Element) -> _Element | None:
    """Find the element of libxml2's own path, step by step: to compile an XPath an error costs far more.

    A step is `*` or a name with the prefix of the file, and its position in brackets among what fits it.
    """
    if not path:
        return None
    element: _Element | None = root
    for step in path.split("/@")[0].split("/")[2:]:
        if element is None:
            return None
        name, _, position = step.partition("[")
        fitting = element.iterchildren(_tag_of(name, element))
        element = next(islice(fitting, int(position[:-1] or 1) - 1, None), None)
    return element


def _tag_of(name: str, parent: _Element) -> str:
    """Return the tag of a step; a prefix that only the child itself declares stands for any namespace."""
    prefix, _, local = name.rpartition(":")
    uri = parent.nsmap.get(prefix or None, "*") if prefix else None
    return f"{{{uri}}}{local}" if uri else name


def finding_of(violation: Violation) -> Finding:
    """Return the finding of a violation: its rule, its term where one is known, and its sentences."""
    code = _code(violation)
    expected = _expected(violation, code)
    name = violation.location.rsplit("/", 1)[-1]
    parameters = {
        "element": _POSITION.sub("", name),
        "location": violation.location,
        "found": _found(violation, code),
        "expected": expected,
    }
    finding = word(code, parameters, line=violation.line)
    message = _sentence(code, parameters, line=violation.line)
    return _named(replace(finding, term=_term(violation, code, expected), message=message))


def _code(violation: Violation) -> str:
    if violation.number == "SCHEMAV_ELEMENT_CONTENT":
        return "XSD-MISSING" if "Missing child" in violation.text else "XSD-UNEXPECTED"
    return _BY_NUMBER.get(violation.number, "XSD-OTHER")


def _expected(violation: Violation, code: str) -> str | None:
    if code in {"XSD-MISSING", "XSD-UNEXPECTED"}:
        return _expected_elements(violation.text, only_last=code == "XSD-MISSING")
    if code == "XSD-TYPE":
        return _expected_type(violation)
    if code == "XSD-LIST":
        values = _SET.search(violation.text)
        return _shortened([value.strip(" '") for value in values[1].split(",")]) if values else None
    if code == "XSD-OTHER":
        return excerpt(_readable(violation.text))
    if code == "XSD-FORM":
        return _readable(violation.text).split("': ", 1)[-1].split("] ", 1)[-1]
    return None


def _expected_type(violation: Violation) -> str | None:
    """Return the type's name, from libxml2's message or, for a nameless type, from the binding table."""
    kind = _TYPE.search(violation.text)
    if kind:
        return kind[1].rpartition(":")[2].rpartition("}")[2]
    return _FORMS.get(form_at(_POSITION.sub("", violation.location)) or "")


def _expected_elements(text: str, *, only_last: bool) -> str | None:
    """Return what the schema would accept here; the last of libxml2's list is what it cannot do without.

    libxml2 lists ten names at most: of a full list, the last may be an optional one too.
    """
    expected = _EXPECTED.search(text)
    if expected is None:
        return None
    names = [prefixed(name.strip(" *")) for name in expected[1].split(", ") if not name.startswith("##")]
    if only_last and len(names) < _LISTED:
        return names[-1]
    return ("… " if len(names) > _SHOWN else "") + ", ".join(names[-_SHOWN:])


def _shortened(values: list[str]) -> str:
    return ", ".join(values[:_LIST_SHOWN]) + (" …" if len(values) > _LIST_SHOWN else "")


def _readable(text: str) -> str:
    return _CLARK.sub(lambda name: prefixed(name[0]), text)


def _found(violation: Violation, code: str) -> str | None:
    attribute = _ATTRIBUTE.search(violation.text)
    if attribute and code.startswith("XSD-ATTRIBUTE"):
        return attribute[1]
    if violation.element is None:
        return None
    if attribute:
        return excerpt(violation.element.get(attribute[1]) or "")
    text = (violation.element.text or "").strip(WHITESPACE)
    return excerpt(text) if text else None


def _term(violation: Violation, code: str, expected: str | None) -> str | None:
    path = _POSITION.sub("", violation.location)
    if code == "XSD-MISSING" and expected and "," not in expected:
        return term_at(f"{path}/{expected}")
    return term_at(path)


def _sentence(code: str, parameters: dict[str, str | None], *, line: int) -> Message:
    """Return the sentence of a violation: that of its type where there is one, and of what is known of it."""
    expected = parameters["expected"]
    special = _KINDS.get(expected or "") if code == "XSD-TYPE" else None
    alone = f"{code}-ALONE" if expected is None else None
    keys = (special, alone, code)
    sentence = next(text for key in keys if key and (text := template("formats", key)) is not None)
    found: object = parameters["found"]
    return fill(
        sentence,
        {**parameters, "line": line, "found": message("formats", "empty") if found is None else found},
    )


def _named(finding: Finding) -> Finding:
    """Put the name of the term before the sentence, in both languages."""
    term = TERMS.get(finding.term or "")
    if term is None:
        return finding
    sentence = Message(fr=_lowered(finding.message.fr), en=_lowered(finding.message.en))
    return replace(
        finding, message=message("formats", "of-term", term=term.name, id=term.id, sentence=sentence)
    )


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
