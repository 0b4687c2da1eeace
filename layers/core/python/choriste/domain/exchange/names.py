"""The names of exchanged files: an interface, an application code, and the number of the flow.

`FSO1110A_CPP001_CPP0011110000000000001557`: the interface, the application code of the partner, then the
flow's number of 25 characters, which begins with that code and the digits of the interface. An extension may
follow (`.xml`, `.pdf`, `.tar.gz`). Source: docs/reference/exchange.md#names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from choriste.domain.shared.findings import Finding, worded


class Interface(StrEnum):
    """The interfaces that this platform speaks."""

    UBL = "FSO1100A"
    CII = "FSO1106A"
    CPP_MINIMAL = "FSO1110A"
    FACTURX = "FSO1117A"
    LIFECYCLE_CHORUS = "FEN1200A"
    LIFECYCLE = "FEN1201A"
    PIVOT = "FEN0036A"

    @property
    def digits(self) -> str:
        """The four digits that the numbers of its flows hold."""
        return self.value[3:7]


INVOICES: Final = frozenset({Interface.UBL, Interface.CII, Interface.CPP_MINIMAL, Interface.FACTURX})
STATUSES: Final = frozenset({Interface.LIFECYCLE_CHORUS, Interface.LIFECYCLE})
WITHDRAWN: Final = "FSO1102A"

CODE: Final = re.compile(r"[A-Z]{3}[0-9]{3}")
"""An application code: three capitals and three digits."""

_NAME: Final = re.compile(
    r"(?P<interface>[A-Z]{3}[0-9]{4}[A-Z])_(?P<code>[A-Z]{3}[0-9]{3})_(?P<number>[A-Z0-9]{25})"
    r"(?P<extension>\.[A-Za-z.]{1,10})?"
)
_SHAPE: Final = "FSO1117A_{code}_{code}1117000000000000001"


@dataclass(frozen=True, slots=True)
class FlowName:
    """The name of a file that a partner dropped, read: `number` is the partner's own for the flow."""

    interface: Interface
    number: str

    @property
    def carries_statuses(self) -> bool:
        """Whether the file tells the statuses of invoices, and is no invoice."""
        return self.interface in STATUSES


def read_name(filename: str, *, code: str) -> FlowName | Finding:
    """Return what a file's name says, or why the partner with that code may not send a file of that name."""
    found = _NAME.fullmatch(filename)
    if found is None:
        return worded("exchange", "EDI-NAME", found=filename, expected=_SHAPE.format(code=code))
    if found["interface"] == WITHDRAWN:
        return worded("exchange", "EDI-INTERFACE-WITHDRAWN", found=WITHDRAWN, expected=Interface.CII.value)
    known = INVOICES | STATUSES
    if found["interface"] not in {each.value for each in known}:
        expected = ", ".join(sorted(each.value for each in known))
        return worded("exchange", "EDI-INTERFACE-UNKNOWN", found=found["interface"], expected=expected)
    interface = Interface(found["interface"])
    if found["code"] != code or not found["number"].startswith(code):
        stated = found["code"] if found["code"] != code else found["number"][:6]
        return worded("exchange", "EDI-OTHER-CODE", found=stated, expected=code)
    if found["number"][6:10] != interface.digits or not found["number"][10:].isdigit():
        expected = f"{code}{interface.digits}000000000000001"
        return worded("exchange", "EDI-NUMBER", found=found["number"], expected=expected)
    return FlowName(interface, found["number"])


def tells_statuses(filename: str) -> bool:
    """Say whether a file calls itself a flow of statuses, whoever sent it."""
    found = _NAME.fullmatch(filename)
    return found is not None and found["interface"] in {each.value for each in STATUSES}


def report_interface(interface: Interface) -> str:
    """Return the interface of the reports on a flow: `CSO` and the digits of the flow's own."""
    return f"CSO{interface.digits}A"
