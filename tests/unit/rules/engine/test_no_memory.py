"""The engine keeps compiled rules and nothing of a file: a verdict depends on its file alone."""

from __future__ import annotations

import gc
import random
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from choriste.domain.invoice.reading import Syntax
from choriste.formats.detect import detect_xml
from choriste.rules import check
from choriste.rules.engine import run as engine
from tests.builders.rule_samples import TODAY, a_french_invoice

VALUES = (
    *("", " ", "0.00", "-1.00", "1,5", "12.345", "S", "E", "Z", "FR", "DE", "EUR", "VAT", "380"),
    "2026-13-01",
)


def told(data: bytes) -> list[tuple[object, ...]]:
    root = etree.fromstring(data)
    found = detect_xml(root)
    detected = replace(found, syntax=Syntax.FACTURX) if found.syntax is Syntax.CII else found
    findings = check(root, detected=detected, on=TODAY)
    return [(f.rule, f.severity, f.location, f.line, f.found, f.expected, f.message.fr) for f in findings]


@st.composite
def broken_invoices(draw: st.DrawFn) -> list[bytes]:
    syntax = draw(st.sampled_from(["cii", "ubl"]))
    invoices = []
    for _ in range(draw(st.integers(2, 4))):
        text = a_french_invoice(syntax, lines=draw(st.integers(1, 3))).decode()
        leaves = [m.span(1) for m in re.finditer(r">([^<\s][^<]*)</", text)]
        chosen = draw(st.lists(st.sampled_from(leaves), max_size=3, unique=True))
        for start, end in sorted(chosen, reverse=True):
            text = text[:start] + draw(st.sampled_from(VALUES)) + text[end:]
        invoices.append(text.encode())
    return invoices


@settings(max_examples=15, deadline=None)
@given(broken_invoices())
def test_verdict_does_not_depend_on_what_was_judged_before(invoices: list[bytes]) -> None:
    alone = []
    for data in invoices:
        engine.grammar_of.cache_clear()
        alone.append(told(data))

    engine.grammar_of.cache_clear()
    together = [told(data) for data in (*invoices, *reversed(invoices))]

    assert together == [*alone, *reversed(alone)]


def layouts(syntax: str, count: int) -> set[bytes]:
    """Return so many invoices that differ by the elements they leave out and by their number of lines."""
    chance = random.Random(2026)  # noqa: S311 -- reproducible, not secret
    made: set[bytes] = set()
    while len(made) < count:
        root = etree.fromstring(a_french_invoice(syntax, lines=chance.randint(1, 9)))
        for leaf in chance.sample([e for e in root.iter("*") if len(e) == 0], chance.randint(1, 6)):
            parent = leaf.getparent()
            assert parent is not None
            parent.remove(leaf)
        made.add(etree.tostring(root))
    return made


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_nothing_of_three_hundred_different_files_is_kept(syntax: str) -> None:
    first, *others = sorted(layouts(syntax, 300))
    before = told(first)
    for data in others:
        told(data)
    gc.collect()
    compiled = len(gc.get_objects())

    again = [told(data) for data in (*others, first)]

    assert again[-1] == before
    del again
    gc.collect()
    assert len(gc.get_objects()) - compiled < len(others) // 10


@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_nothing_is_kept_of_paths_that_nobody_knows(syntax: str) -> None:
    def judge(number: int) -> None:
        root = etree.fromstring(a_french_invoice(syntax, lines=1))
        for at in range(200):
            place = etree.SubElement(root, f"{{urn:x}}n{number}-{at}")
            etree.SubElement(place, "{urn:x}m")
        check(root, detected=detect_xml(root), on=TODAY)

    for number in range(30):
        judge(number)
    gc.collect()
    known = len(gc.get_objects())
    for number in range(30, 40):
        judge(number)
    gc.collect()

    assert len(gc.get_objects()) - known < len("a few")
