"""The parts of Cross Industry Invoices that the document and its lines share."""

from __future__ import annotations

from typing import Final

from choriste.formats.binding.tables import Box, Constant, Group, Identity, Leaf, Node, Schemed, When
from choriste.formats.binding.values import DATE_102, DECIMAL

FORMAT_102: Final = (("format", "102"),)
SCHEMED_ID: Final = Identity(scheme="schemeID")
_PLAIN_ID: Final = Identity(scheme="schemeID", takes=Schemed.WITHOUT)
_GLOBAL_ID: Final = Identity(scheme="schemeID", takes=Schemed.WITH)


def date(tag: str, path: str, *, once: bool = False) -> Leaf:
    """Bind a date in format 102."""
    return Leaf(f"{tag}/udt:DateTimeString", path, DATE_102, fixed=FORMAT_102, once=once)


def number(tag: str, path: str) -> Leaf:
    """Bind an amount, a quantity, a price or a rate."""
    return Leaf(tag, path, DECIMAL)


def type_is(*codes: str) -> When:
    """Return the condition that a referenced document has one of these UNTDID 1001 codes, or none."""
    return When("ram:TypeCode", frozenset(codes))


def indicator_is(*values: str) -> When:
    """Return the condition that the indicator, charge or allowance, has one of these values."""
    return When("ram:ChargeIndicator/udt:Indicator", frozenset(values), is_boolean=True)


def address(path: str) -> Box:
    """Bind a postal address: BG-5, BG-8, BG-12 or BG-15."""
    return Box(
        "ram:PostalTradeAddress",
        (
            Leaf("ram:PostcodeCode", f"{path}.postcode"),
            Leaf("ram:LineOne", f"{path}.line1"),
            Leaf("ram:LineTwo", f"{path}.line2"),
            Leaf("ram:LineThree", f"{path}.line3"),
            Leaf("ram:CityName", f"{path}.city"),
            Leaf("ram:CountryID", f"{path}.country"),
            Leaf("ram:CountrySubDivisionName", f"{path}.subdivision"),
        ),
    )


def identifiers(path: str, *, many: bool = True) -> tuple[Leaf, Leaf]:
    """Bind identifiers: `ID` takes those without a scheme, `GlobalID` those with one."""
    return (
        Leaf("ram:ID", path, identity=_PLAIN_ID, many=many),
        Leaf("ram:GlobalID", path, identity=_GLOBAL_ID, many=many),
    )


def _contact(path: str) -> Box:
    return Box(
        "ram:DefinedTradeContact",
        (
            Leaf("ram:PersonName", f"{path}.name"),
            Leaf("ram:DepartmentName", f"{path}.name", is_alias=True),
            Leaf("ram:TelephoneUniversalCommunication/ram:CompleteNumber", f"{path}.telephone"),
            Leaf("ram:EmailURIUniversalCommunication/ram:URIID", f"{path}.email"),
        ),
    )


def vat_registration(path: str) -> Box:
    """Bind a VAT number: BT-31, BT-48 or BT-63."""
    vat = Leaf("ram:ID", path, fixed=(("schemeID", "VA"),))
    return Box(
        "ram:SpecifiedTaxRegistration", (vat,), when=When("ram:ID/@schemeID", frozenset({"VA", "VAT"}))
    )


LOCAL_REGISTRATION: Final = Box(
    "ram:SpecifiedTaxRegistration",
    (Leaf("ram:ID", "seller.tax_registration", fixed=(("schemeID", "FC"),)),),
    when=When("ram:ID/@schemeID", frozenset({"FC", ""})),
)


def legal_organization(party: str, *more: Leaf) -> Box:
    """Bind the legal registration; `more` follows it."""
    registration = Leaf("ram:ID", f"{party}.legal_registration", identity=SCHEMED_ID)
    return Box("ram:SpecifiedLegalOrganization", (registration, *more))


def trading_party(party: str, tag: str, *registrations: Box) -> Box:
    """Bind the seller or the buyer; `registrations` follow the VAT number."""
    information = (Leaf("ram:Description", "seller.legal_information"),) if party == "seller" else ()
    return Box(
        tag,
        (
            *identifiers(f"{party}.identifiers"),
            Leaf("ram:Name", f"{party}.name"),
            *information,
            legal_organization(party, Leaf("ram:TradingBusinessName", f"{party}.trading_name")),
            _contact(f"{party}.contact"),
            address(f"{party}.address"),
            Leaf(
                "ram:URIUniversalCommunication/ram:URIID", f"{party}.electronic_address", identity=SCHEMED_ID
            ),
            vat_registration(f"{party}.vat_number"),
            *registrations,
        ),
        keep=True,
    )


def period(path: str) -> Box:
    """Bind BG-14 or BG-26."""
    return Box(
        "ram:BillingSpecifiedPeriod",
        (date("ram:StartDateTime", f"{path}.start"), date("ram:EndDateTime", f"{path}.end")),
    )


def allowance_charge(path: str, indicator: str, also: str, *tax: Node) -> Group:
    """Bind allowances (indicator false) or charges (true); `also` is the other xs:boolean form."""
    return Group(
        "ram:SpecifiedTradeAllowanceCharge",
        path,
        (
            Constant("ram:ChargeIndicator/udt:Indicator", indicator, (also,)),
            number("ram:CalculationPercent", "percentage"),
            number("ram:BasisAmount", "base_amount"),
            number("ram:ActualAmount", "amount"),
            Leaf("ram:ReasonCode", "reason_code"),
            Leaf("ram:Reason", "reason"),
            *tax,
        ),
        when=indicator_is(indicator, also),
    )
