"""The Factur-X conformance level of a CII, as its guideline (BT-24) says."""

from __future__ import annotations

from typing import Final

from choriste.documents.errors import AssemblyError
from choriste.formats.detect import Profile, detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.parsing import parse_xml

# A CIUS keeps the level of EN 16931; the French extension is an EXTENDED for Factur-X readers.
_LEVELS: Final = {
    Profile.MINIMUM: "MINIMUM",
    Profile.BASIC_WL: "BASIC WL",
    Profile.BASIC: "BASIC",
    Profile.EN16931: "EN 16931",
    Profile.EXTENDED: "EXTENDED",
    Profile.EXTENDED_CTC_FR: "EXTENDED",
    Profile.PLAIN: "EN 16931",
}


def conformance_level(cii: bytes) -> str:
    """Return `MINIMUM`, `BASIC WL`, `BASIC`, `EN 16931` or `EXTENDED`, as the XMP writes them.

    Raises AssemblyError where the bytes are no CII.
    """
    try:
        return _LEVELS[detect_xml(parse_xml(cii)).profile]
    except UnreadableError as error:
        raise AssemblyError("factur-x.xml would not be an invoice") from error
