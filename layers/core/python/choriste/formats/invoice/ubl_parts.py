"""The parts of UBL 2.1 documents that the invoice, the credit note and their lines share."""

from __future__ import annotations

from typing import Final

from choriste.formats.binding.tables import Box, Constant, Group, Identity, Leaf, Node, When
from choriste.formats.binding.values import BINARY, DATE_ISO, DECIMAL

SCHEMED: Final = Identity(scheme="schemeID")
VAT_SCHEME: Final = Constant("cac:TaxScheme/cbc:ID", "VAT")

_SEPA: Final = When("cbc:ID/@schemeID", frozenset({"SEPA"}))


def amount(tag: str, path: str, *, currency: str = "currency") -> Leaf:
    """Bind an amount, which carries `currencyID` in UBL."""
    return Leaf(tag, path, DECIMAL, currency=currency)


def date(tag: str, path: str) -> Leaf:
    """Bind an xs:date."""
    return Leaf(tag, path, DATE_ISO)


def period(path: str, *more: Leaf) -> Box:
    """Bind BG-14 or BG-26; `more` follows the dates."""
    return Box(
        "cac:InvoicePeriod",
        (date("cbc:StartDate", f"{path}.start"), date("cbc:EndDate", f"{path}.end"), *more),
    )


def _address(tag: str, path: str) -> Box:
    return Box(
        tag,
        (
            Leaf("cbc:StreetName", f"{path}.line1"),
            Leaf("cbc:AdditionalStreetName", f"{path}.line2"),
            Leaf("cbc:CityName", f"{path}.city"),
            Leaf("cbc:PostalZone", f"{path}.postcode"),
            Leaf("cbc:CountrySubentity", f"{path}.subdivision"),
            Leaf("cac:AddressLine/cbc:Line", f"{path}.line3"),
            Leaf("cac:Country/cbc:IdentificationCode", f"{path}.country"),
        ),
    )


def _identification(party: str) -> tuple[Leaf, ...]:
    """Bind the party's identifiers, and the creditor identifier (BT-90) that UBL puts among them."""
    creditor = Leaf(
        "cac:PartyIdentification/cbc:ID",
        "payment.direct_debit.creditor",
        fixed=(("schemeID", "SEPA"),),
        is_alias=party != "seller",
        when=_SEPA,
    )
    identifiers = Leaf("cac:PartyIdentification/cbc:ID", f"{party}.identifiers", identity=SCHEMED, many=True)
    return identifiers, creditor


def _vat_registration(party: str) -> Box:
    return Box(
        "cac:PartyTaxScheme",
        (Leaf("cbc:CompanyID", f"{party}.vat_number"), VAT_SCHEME),
        when=When("cac:TaxScheme/cbc:ID", frozenset({"VAT"})),
    )


_LOCAL_REGISTRATION: Final = Box(
    "cac:PartyTaxScheme",
    (Leaf("cbc:CompanyID", "seller.tax_registration"), Constant("cac:TaxScheme/cbc:ID", "TAX", ("FC",))),
)


def _trading_party(tag: str, party: str) -> Box:
    is_seller = party == "seller"
    return Box(
        f"cac:{tag}",
        (
            Box(
                "cac:Party",
                (
                    Leaf("cbc:EndpointID", f"{party}.electronic_address", identity=SCHEMED),
                    *(_identification(party) if is_seller else _identification(party)[:1]),
                    Leaf("cac:PartyName/cbc:Name", f"{party}.trading_name"),
                    _address("cac:PostalAddress", f"{party}.address"),
                    _vat_registration(party),
                    *((_LOCAL_REGISTRATION,) if is_seller else ()),
                    _legal_entity(party),
                    _contact(f"{party}.contact"),
                ),
                keep=True,
            ),
        ),
        keep=True,
    )


def _legal_entity(party: str) -> Box:
    information = (Leaf("cbc:CompanyLegalForm", "seller.legal_information"),) if party == "seller" else ()
    return Box(
        "cac:PartyLegalEntity",
        (
            Leaf("cbc:RegistrationName", f"{party}.name"),
            Leaf("cbc:CompanyID", f"{party}.legal_registration", identity=SCHEMED),
            *information,
        ),
    )


def _contact(path: str) -> Box:
    return Box(
        "cac:Contact",
        (
            Leaf("cbc:Name", f"{path}.name"),
            Leaf("cbc:Telephone", f"{path}.telephone"),
            Leaf("cbc:ElectronicMail", f"{path}.email"),
        ),
    )


PARTIES: Final[tuple[Node, ...]] = (
    _trading_party("AccountingSupplierParty", "seller"),
    _trading_party("AccountingCustomerParty", "buyer"),
    Box(
        "cac:PayeeParty",
        (
            *_identification("payee"),
            Leaf("cac:PartyName/cbc:Name", "payee.name"),
            Leaf("cac:PartyLegalEntity/cbc:CompanyID", "payee.legal_registration", identity=SCHEMED),
        ),
    ),
    Box(
        "cac:TaxRepresentativeParty",
        (
            Leaf("cac:PartyName/cbc:Name", "tax_representative.name"),
            _address("cac:PostalAddress", "tax_representative.address"),
            _vat_registration("tax_representative"),
        ),
    ),
    Box(
        "cac:Delivery",
        (
            date("cbc:ActualDeliveryDate", "delivery.date"),
            Box(
                "cac:DeliveryLocation",
                (
                    Leaf("cbc:ID", "delivery.location", identity=SCHEMED),
                    _address("cac:Address", "delivery.address"),
                ),
            ),
            Leaf("cac:DeliveryParty/cac:PartyName/cbc:Name", "delivery.name"),
        ),
    ),
)
"""Seller, buyer, payee, tax representative and delivery, in the order of both documents."""


def allowance_charges(*tax: Node) -> tuple[Group, Group]:
    """Bind the allowances and the charges of the document or of a line."""
    return _allowance_charge("allowances", "false", "0", tax), _allowance_charge("charges", "true", "1", tax)


def _allowance_charge(path: str, indicator: str, also: str, tax: tuple[Node, ...]) -> Group:
    return Group(
        "cac:AllowanceCharge",
        path,
        (
            Constant("cbc:ChargeIndicator", indicator, (also,)),
            Leaf("cbc:AllowanceChargeReasonCode", "reason_code"),
            Leaf("cbc:AllowanceChargeReason", "reason"),
            Leaf("cbc:MultiplierFactorNumeric", "percentage", DECIMAL),
            amount("cbc:Amount", "amount"),
            amount("cbc:BaseAmount", "base_amount"),
            *tax,
        ),
        when=indicator_is(indicator, also),
    )


def indicator_is(*values: str) -> When:
    """Return the condition that the indicator, charge or allowance, has one of these values."""
    return When("cbc:ChargeIndicator", frozenset(values), is_boolean=True)


def tax_category(tag: str) -> Box:
    """Bind the VAT category and rate of an allowance, a charge or a line."""
    return Box(tag, (Leaf("cbc:ID", "vat_category"), Leaf("cbc:Percent", "vat_rate", DECIMAL), VAT_SCHEME))


SUPPORTING_DOCUMENT: Final = Group(
    "cac:AdditionalDocumentReference",
    "supporting_documents",
    (
        Leaf("cbc:ID", "reference"),
        Leaf("cbc:DocumentDescription", "description"),
        Box(
            "cac:Attachment",
            (
                Leaf(
                    "cbc:EmbeddedDocumentBinaryObject",
                    "content",
                    BINARY,
                    attributes=(("mimeCode", "mime_type"), ("filename", "filename")),
                ),
                Leaf("cac:ExternalReference/cbc:URI", "uri"),
            ),
        ),
    ),
)
