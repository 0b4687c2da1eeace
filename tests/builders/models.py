"""Random invoices of the model, for property tests: any term may be absent, as the model allows.

What no syntax can hold is left out: empty texts, white space about a value, characters outside XML,
groups of which every term is absent, and the combinations that a syntax writes by deriving a value.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from choriste.domain.invoice.model import (
    Address,
    AllowanceCharge,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    ItemAttribute,
    Line,
    Note,
    Party,
    PaymentCard,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    Totals,
    VatBreakdown,
)

_LETTERS = "aZ09é€<>&\"'-_./ #𝄞"
TEXTS = st.text(_LETTERS, min_size=1, max_size=8).map(lambda text: text.strip() or "x")
PLAIN_TEXTS = TEXTS.map(lambda text: text.lstrip("#") or "x").map(str.strip)
AMOUNTS = st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)
RATES = st.decimals(0, 100, places=2)
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2999, 12, 31))
IDENTIFIERS = st.builds(Identifier, TEXTS, st.none() | st.sampled_from(["0002", "0009", "0225"]))
SCHEMED = st.builds(Identifier, TEXTS, st.sampled_from(["0002", "0009", "0225"]))


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


def _some(owner: type, **terms: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return objects with any of the terms, None for none of them: a group without terms reads as absent."""
    return st.builds(owner, **{name: _maybe(values) for name, values in terms.items()}).map(
        lambda made: None if made == owner() else made
    )


def _sorted_identifiers(**more: Any) -> st.SearchStrategy[tuple[Identifier, ...]]:
    return st.lists(IDENTIFIERS, max_size=3, **more).map(
        lambda found: tuple(sorted(found, key=lambda one: one.scheme is not None))
    )


def _many(values: st.SearchStrategy[Any], *, at_least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(values, min_size=at_least, max_size=2).map(tuple)


ADDRESSES = _some(
    Address,
    line1=TEXTS,
    line2=TEXTS,
    line3=TEXTS,
    city=TEXTS,
    postcode=TEXTS,
    subdivision=TEXTS,
    country=TEXTS,
)
CONTACTS = _some(Contact, name=TEXTS, telephone=TEXTS, email=TEXTS)
PERIODS = _some(Period, start=DAYS, end=DAYS)


def _trading_parties(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[Party]:
    return st.builds(
        Party,
        name=TEXTS,
        trading_name=_maybe(TEXTS),
        identifiers=_sorted_identifiers(),
        legal_registration=_maybe(IDENTIFIERS),
        vat_number=_maybe(TEXTS),
        electronic_address=_maybe(SCHEMED),
        address=_maybe(ADDRESSES),
        contact=_maybe(CONTACTS),
        **more,
    )


def _allowance_charges(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[AllowanceCharge, ...]]:
    return _many(
        st.builds(
            AllowanceCharge,
            amount=AMOUNTS,
            base_amount=_maybe(AMOUNTS),
            percentage=_maybe(RATES),
            reason=_maybe(TEXTS),
            reason_code=_maybe(TEXTS),
            **more,
        )
    )


PRICES = st.builds(
    Price, net=AMOUNTS, base_quantity=_maybe(AMOUNTS), discount=st.none(), gross=st.none()
) | st.builds(
    Price,
    net=AMOUNTS,
    discount=AMOUNTS,
    gross=AMOUNTS,
    base_quantity=AMOUNTS,
    base_unit=_maybe(TEXTS),
)

ITEMS = st.builds(
    Item,
    name=TEXTS,
    description=_maybe(TEXTS),
    seller_id=_maybe(TEXTS),
    buyer_id=_maybe(TEXTS),
    standard_id=_maybe(SCHEMED),
    classifications=_many(SCHEMED | st.builds(Identifier, TEXTS, st.just("STI"), TEXTS)),
    origin_country=_maybe(TEXTS),
    attributes=_many(st.builds(ItemAttribute, name=TEXTS, value=TEXTS)),
)

LINES = st.builds(
    Line,
    id=TEXTS,
    note=_maybe(TEXTS),
    object_id=_maybe(SCHEMED),
    quantity=AMOUNTS,
    unit=_maybe(TEXTS),
    net_amount=AMOUNTS,
    order_line=_maybe(TEXTS),
    buyer_accounting_reference=_maybe(TEXTS),
    period=_maybe(PERIODS),
    allowances=_allowance_charges(),
    charges=_allowance_charges(),
    price=PRICES,
    vat_category=TEXTS,
    vat_rate=_maybe(RATES),
    item=ITEMS,
)

PAYMENTS = st.builds(
    PaymentInstructions,
    means_code=TEXTS,
    means_text=_maybe(TEXTS),
    remittance=_maybe(TEXTS),
    credit_transfers=_many(
        st.builds(CreditTransfer, account=TEXTS, account_name=_maybe(TEXTS), bic=_maybe(TEXTS))
    ),
    card=_maybe(st.builds(PaymentCard, number=TEXTS, holder=_maybe(TEXTS))),
    direct_debit=_maybe(_some(DirectDebit, mandate=TEXTS, creditor=TEXTS, debited_account=TEXTS)),
)

BREAKDOWNS = _many(
    st.builds(
        VatBreakdown,
        base=AMOUNTS,
        tax=AMOUNTS,
        category=TEXTS,
        rate=_maybe(RATES),
        exemption_reason=_maybe(TEXTS),
        exemption_code=_maybe(TEXTS),
    ),
    at_least=1,
)

DOCUMENTS = _many(
    st.builds(
        SupportingDocument,
        reference=TEXTS,
        description=_maybe(TEXTS),
        uri=_maybe(TEXTS),
        content=st.just(b"%PDF-1.7"),
        mime_type=_maybe(TEXTS),
        filename=_maybe(TEXTS),
    )
)

_VAT = {"vat_category": TEXTS, "vat_rate": _maybe(RATES)}

_REFERENCES = {
    name: _maybe(TEXTS)
    for name in (
        "buyer_reference",
        "project_reference",
        "contract_reference",
        "sales_order_reference",
        "receiving_advice_reference",
        "despatch_advice_reference",
        "tender_reference",
        "buyer_accounting_reference",
        "payment_terms",
        "business_process",
    )
}

TOTALS = st.builds(
    Totals,
    lines=AMOUNTS,
    allowances=_maybe(AMOUNTS),
    charges=_maybe(AMOUNTS),
    without_vat=AMOUNTS,
    vat=AMOUNTS,
    vat_in_accounting_currency=st.none(),
    with_vat=AMOUNTS,
    paid=_maybe(AMOUNTS),
    rounding=_maybe(AMOUNTS),
    due=AMOUNTS,
)

INVOICES: st.SearchStrategy[Invoice] = st.builds(
    Invoice,
    number=TEXTS,
    issue_date=DAYS,
    type_code=st.sampled_from(["380", "381", "384", "386", "261"]),
    currency=st.just("EUR"),
    tax_point_date=_maybe(DAYS),
    tax_point_code=_maybe(st.sampled_from(["3", "35", "432"])),
    due_date=_maybe(DAYS),
    purchase_order_reference=_maybe(TEXTS),
    invoiced_object=_maybe(SCHEMED),
    notes=_many(
        st.builds(Note, text=PLAIN_TEXTS, subject_code=_maybe(st.sampled_from(["PMT", "PMD", "AAB", "AAI"])))
    ),
    specification=TEXTS,
    preceding_invoices=_many(st.builds(PrecedingInvoice, number=TEXTS, issue_date=_maybe(DAYS))),
    seller=_trading_parties(tax_registration=_maybe(TEXTS), legal_information=_maybe(TEXTS)),
    buyer=_trading_parties(),
    payee=_maybe(
        st.builds(
            Party, name=TEXTS, identifiers=_sorted_identifiers(), legal_registration=_maybe(IDENTIFIERS)
        )
    ),
    tax_representative=_maybe(
        st.builds(Party, name=TEXTS, vat_number=_maybe(TEXTS), address=_maybe(ADDRESSES))
    ),
    delivery=_maybe(_some(Delivery, name=TEXTS, location=IDENTIFIERS, date=DAYS, address=ADDRESSES)),
    period=_maybe(PERIODS),
    payment=_maybe(PAYMENTS),
    allowances=_allowance_charges(**_VAT),
    charges=_allowance_charges(**_VAT),
    totals=TOTALS,
    vat_breakdown=BREAKDOWNS,
    supporting_documents=DOCUMENTS,
    lines=_many(LINES, at_least=1),
    **_REFERENCES,
)
"""Whole invoices."""
