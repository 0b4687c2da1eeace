"""Invoices of 50 MB and of 100,000 lines: handled, or refused with a limit that the report names."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from types import FrameType

import pytest
from lxml import etree

from choriste.application.deposits.validate_file import validate_file
from choriste.domain.shared.findings import Verdict
from choriste.formats.detect import detect_xml
from choriste.formats.xml.parsing import TAG_LIMIT
from choriste.rules import check
from tests.builders.large_invoices import (
    LINES_OVER_THE_LIMIT,
    an_invoice_of_lines,
    an_invoice_with_attachment,
)
from tests.builders.rule_samples import TODAY, a_french_invoice


@pytest.mark.slow
def test_an_invoice_of_fifty_megabytes_is_handled() -> None:
    content = an_invoice_with_attachment(50 * 1024 * 1024)

    validation = validate_file(content, filename="large.xml", on=TODAY)

    assert len(content) > 50 * 1024 * 1024
    assert validation.verdict is Verdict.VALID, validation.findings[:3]


@pytest.mark.slow
def test_an_invoice_of_a_hundred_thousand_lines_is_refused_with_the_limit() -> None:
    content = an_invoice_of_lines(LINES_OVER_THE_LIMIT)

    validation = validate_file(content, filename="long.xml", on=TODAY)

    (finding,) = validation.findings
    assert (validation.verdict, finding.rule) == (Verdict.UNREADABLE, "XML-TAGS")
    assert finding.expected == str(TAG_LIMIT)
    assert str(TAG_LIMIT) in finding.message.fr


def test_an_invoice_of_a_thousand_lines_is_valid() -> None:
    assert validate_file(an_invoice_of_lines(1_000), filename="x.xml", on=TODAY).findings == ()


def _calls(work: Callable[[], object]) -> int:
    """Return how many Python functions a piece of work calls: its size, whatever the machine is doing."""
    calls = 0

    def seen(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


_NEVER_SEEN: Iterator[int] = count(1)
_ENDS = (b"</ram:IncludedSupplyChainTradeLineItem>", b"</cac:InvoiceLine>", b"</cac:LegalMonetaryTotal>")


def _checked(xml: bytes) -> int:
    """Return the calls that a file takes whose layout is new: what is learnt of a layout hides growth."""
    found = 0
    for _ in range(2):  # the first time also loads the rules
        blanks = b" " * next(_NEVER_SEEN)
        text = xml
        for end in (*_ENDS, b"</ram:ApplicableHeaderTradeDelivery>"):
            text = text.replace(end, blanks + end)
        root = etree.fromstring(text)
        detected = detect_xml(root)
        found = _calls(partial(check, root, detected=detected, on=TODAY))
    return found


_WRONG_EVERYWHERE = (
    lambda xml: xml,
    lambda xml: xml.replace(b'unitCode="C62"', b'unitCode="HEURE"'),
    lambda xml: xml.replace(b">S<", b">X<"),
    lambda xml: xml.replace(b">100.00<", b">100,00<"),
    lambda xml: xml.replace(b"<ram:LineTotalAmount>100.00</ram:LineTotalAmount>", b""),
)


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
@pytest.mark.parametrize("change", _WRONG_EVERYWHERE, ids=["valid", "codes", "vat", "decimals", "missing"])
def test_work_grows_with_the_lines_and_no_faster(syntax: str, change: Callable[[bytes], bytes]) -> None:
    few, many = (_checked(change(a_french_invoice(syntax, lines=n))) for n in (200, 800))

    assert many < 4.5 * few


def test_work_grows_with_unknown_elements_and_no_faster() -> None:
    def with_strangers(number: int) -> bytes:
        strangers = b"".join(b'<x:n%d xmlns:x="urn:x"><x:a/></x:n%d>' % (n, n) for n in range(number))
        return a_french_invoice(lines=1).replace(b"<ram:BuyerReference>", strangers + b"<ram:BuyerReference>")

    few, many = (_checked(with_strangers(n)) for n in (500, 2000))

    assert many < 4.5 * few
