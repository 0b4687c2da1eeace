"""Checksums of the identifiers that invoices carry: SIREN, SIRET, VAT number, IBAN.

Every function takes the identifier without spaces and answers yes or no; none looks anything up, so a
well-formed identifier may still belong to nobody.
"""

from __future__ import annotations

import re
from typing import Final

LA_POSTE_SIREN: Final = "356000000"
"""La Poste numbers its own branches: their SIRETs satisfy a plain digit sum instead of Luhn's (INSEE)."""

VAT_FORMATS: Final[dict[str, str]] = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "GB": r"\d{9}(?:\d{3})?|(?:GD|HA)\d{3}",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"\d[A-Z0-9+*]\d{5}[A-Z]{1,2}",
    "IT": r"\d{11}",
    "LT": r"\d{9}(?:\d{3})?",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{10}01",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"\d{9}(?:\d{3})?|(?:GD|HA)\d{3}",
}
"""Prefix of a VAT number → shape of the rest, as the European Commission's VIES page gives it."""

IBAN_LENGTHS: Final[dict[str, int]] = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29,
    "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24,
    "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21,
    "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24,
    "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "XK": 20,
}  # fmt: skip
"""Country → length of its IBANs (ISO 13616 registry)."""


def luhn(digits: str) -> bool:
    """Tell whether the digits satisfy Luhn's formula (ISO/IEC 7812-1, annex B)."""
    if not _is_digits(digits):
        return False
    total = 0
    for rank, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + rank % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - Luhn adds the digits of a two-digit product
    return total % 10 == 0


def is_siren(value: str) -> bool:
    """Tell whether the value is a SIREN: nine digits that satisfy Luhn's formula."""
    return len(value) == 9 and luhn(value) and value != "000000000"  # noqa: PLR2004 - INSEE gives SIRENs nine digits


def is_siret(value: str) -> bool:
    """Tell whether the value is a SIRET: fourteen digits, a SIREN first, that satisfy Luhn's formula.

    La Poste's branches may satisfy a sum of digits divisible by five instead.
    """
    if len(value) != 14 or not is_siren(value[:9]):  # noqa: PLR2004 - a SIRET is a SIREN and a NIC of five digits
        return False
    if luhn(value):
        return True
    return value.startswith(LA_POSTE_SIREN) and _is_digits(value) and sum(map(int, value)) % 5 == 0


def is_vat_number(value: str) -> bool:
    """Tell whether the value has the shape of a European VAT number; a French numeric key is computed too."""
    shape = VAT_FORMATS.get(value[:2])
    if shape is None or not re.fullmatch(shape, value[2:], re.ASCII):
        return False
    return value[:2] != "FR" or _french_key_holds(value[2:4], value[4:])


def french_vat_number(siren: str) -> str:
    """Return the VAT number that the tax administration derives from a SIREN: FR, key, SIREN."""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def is_iban(value: str) -> bool:
    """Tell whether the value is an IBAN: its country's length, and a remainder of 1 modulo 97 (ISO 13616)."""
    if len(value) != IBAN_LENGTHS.get(value[:2]) or not re.fullmatch(
        r"[A-Z]{2}\d{2}[A-Z0-9]+", value, re.ASCII
    ):
        return False
    return int("".join(str(int(character, 36)) for character in value[4:] + value[:4])) % 97 == 1


def _french_key_holds(key: str, siren: str) -> bool:
    # Monaco's companies have VAT numbers of the form FRxx000nnnnnn, on no SIREN.
    if not key.isdigit():
        return is_siren(siren)
    return int(key) == (12 + 3 * (int(siren) % 97)) % 97 and (siren.startswith("000") or is_siren(siren))


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()
