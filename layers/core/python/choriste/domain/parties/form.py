"""What somebody enters of a structure, cleaned and checked as a whole: every fault at once, by its field.

A form is a mapping of field names to texts, as a page sends it and as the API's models dump it. Lengths are
those of the postal standard and of the Chorus Pro API.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from choriste.domain.invoice.model import Address
from choriste.domain.parties.structure import StructureContact
from choriste.domain.shared.errors import ChoristeError
from choriste.domain.shared.field_faults import field_fault
from choriste.domain.shared.findings import Finding

Form = Mapping[str, str]
"""Texts by the name of their field; one that is absent is empty."""

NAME_LENGTH: Final = 200
_LIMITS: Final[Mapping[str, int]] = {
    "name": NAME_LENGTH,
    "line1": 100,
    "line2": 100,
    "line3": 100,
    "postcode": 10,
    "city": 100,
    "country": 2,
    "email": 254,
    "telephone": 30,
    "vat_number": 20,
    "code": 100,
    "description": 500,
    "label": 100,
    "holder": 140,
    "text": 300,
}
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 .()-]{4,28}")
_FRENCH_POSTCODE: Final = re.compile(r"[0-9]{5}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]+")


class FieldsInvalidError(ChoristeError):
    """Fields that cannot be accepted; parameter: `findings`, one a fault, its `location` the field's name."""

    code = "fields-invalid"

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The faults, in the order of the form."""
        found = self.parameters.get("findings")
        return tuple(found) if isinstance(found, tuple) else ()


def refused(name: str, rule: str, **values: object) -> FieldsInvalidError:
    """Return the refusal of one field for one fault, by its code."""
    return FieldsInvalidError(findings=(replace(field_fault(rule, **values), location=name),))


@dataclass(slots=True)
class Faults:
    """The faults of a form, gathered while it is read."""

    found: list[Finding] = field(default_factory=list)

    def add(self, name: str, fault: Finding | None) -> None:
        """Keep a fault of a field; None is no fault."""
        if fault is not None:
            self.found.append(replace(fault, location=name))

    def mark(self, name: str, rule: str, **values: object) -> None:
        """Keep a fault of a field by its code."""
        self.add(name, field_fault(rule, **values))

    def refuse_any(self) -> None:
        """Raise `FieldsInvalidError` when there is a fault."""
        if self.found:
            raise FieldsInvalidError(findings=tuple(self.found))


def text_of(form: Form, name: str, faults: Faults, *, needed: bool = False) -> str | None:
    """Return the text of a field on one line, None when it is empty; a text that is too long is a fault."""
    text = " ".join(_CONTROL.sub(" ", form.get(name, "")).split())
    limit = _LIMITS[name]
    if len(text) > limit:
        faults.mark(name, "FIELD-TOO-LONG", limit=limit)
    elif not text and needed:
        faults.mark(name, "FIELD-LENGTH", limit=limit)
    return text or None


def texts_of(form: Form, names: Iterable[str], faults: Faults) -> dict[str, str | None]:
    """Return the texts of several fields that may be empty."""
    return {name: text_of(form, name, faults) for name in names}


def address_of(form: Form, faults: Faults) -> Address:
    """Return the postal address of a form; a French one needs its postal code and city."""
    texts = texts_of(form, ("line1", "line2", "line3", "postcode", "city", "country"), faults)
    country = (texts.pop("country") or "FR").upper()
    if not re.fullmatch("[A-Z]{2}", country):
        faults.mark("country", "COUNTRY-UNKNOWN", found=country)
    if country == "FR":
        for name, rule in _french_faults(texts):
            faults.mark(name, rule, limit=_LIMITS[name], found=texts[name] or "")
    return Address(country=country, **texts)


def _french_faults(texts: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    if not _FRENCH_POSTCODE.fullmatch(texts["postcode"] or ""):
        yield "postcode", "POSTCODE"
    if texts["city"] is None:
        yield "city", "FIELD-LENGTH"


def contact_of(form: Form, faults: Faults) -> StructureContact:
    """Return the contact of a form; either part may be empty."""
    email, telephone = text_of(form, "email", faults), text_of(form, "telephone", faults)
    if email is not None and not _EMAIL.fullmatch(email):
        faults.mark("email", "EMAIL", found=email[:60])
    if telephone is not None and not _TELEPHONE.fullmatch(telephone):
        faults.mark("telephone", "TELEPHONE", found=telephone[:30])
    return StructureContact(email=email, telephone=telephone)
