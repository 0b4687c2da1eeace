"""The identifiers that invoices carry: SIREN, SIRET, VAT number, IBAN, with their check digits.

The checks are those of python-stdnum, La Poste's own SIRETs and Monaco's VAT numbers included. Every function
takes the identifier as it is stored, without separators, and looks nothing up: a well-formed identifier may
still belong to nobody. The library is loaded at the first check: most functions start without needing one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

_UNUSED_SIREN = "000000000"
"""Its digits satisfy the formula; INSEE gives it to nobody."""


def is_siren(value: str) -> bool:
    """Say whether a value is a SIREN: nine digits that satisfy Luhn's formula."""
    from stdnum.fr import siren  # noqa: PLC0415 - 16 ms of a cold start

    return _holds(siren.validate, value) and value != _UNUSED_SIREN


def is_siret(value: str) -> bool:
    """Say whether a value is a SIRET: a SIREN and five digits that satisfy Luhn's formula or La Poste's."""
    from stdnum.fr import siret  # noqa: PLC0415 - 16 ms of a cold start

    return _holds(siret.validate, value) and not value.startswith(_UNUSED_SIREN)


def is_vat_number(value: str) -> bool:
    """Say whether a value is a VAT number of a member state or of the United Kingdom, with its prefix."""
    from stdnum.eu import vat  # noqa: PLC0415 - 16 ms of a cold start
    from stdnum.gb import vat as british_vat  # noqa: PLC0415 - as above

    if value.startswith("GB"):
        return _holds(british_vat.validate, value[2:])
    return _holds(vat.validate, value)


def french_vat_number(number: str) -> str:
    """Return the VAT number that the tax administration derives from a SIREN: FR, key, SIREN."""
    from stdnum.fr import siren  # noqa: PLC0415 - 16 ms of a cold start

    return f"FR{siren.to_tva(number)}"


def is_iban(value: str) -> bool:
    """Say whether a value is an IBAN: the structure of its country, and check digits that hold (ISO 13616).

    Whether the bank exists is not asked: national lists of banks are never quite up to date.
    """
    from stdnum import iban  # noqa: PLC0415 - 20 ms of a cold start

    return _holds(partial(iban.validate, check_country=False), value)


def is_bic(value: str) -> bool:
    """Say whether a value has the form of a BIC: eight or eleven characters (ISO 9362)."""
    from stdnum import bic  # noqa: PLC0415 - as above

    return _holds(bic.validate, value)


def _holds(validate: Callable[[str], str], value: str) -> bool:
    """Say whether a value is valid and written without separators."""
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - loaded by the check itself

    try:
        return validate(value) == value
    except ValidationError:
        return False
