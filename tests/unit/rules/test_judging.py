"""What is learnt of a layout never changes a verdict: neither the order of files nor their number counts."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bench.rules import sample
from choriste.rules import check, engine, grammar
from choriste.rules.judging import TRIAL
from choriste.rules.rulesets import EN16931

DAY = dt.date(2026, 11, 22)
VALUES = (
    "",
    " ",
    "0.00",
    "-1.00",
    "1,5",
    "12.345",
    "S",
    "E",
    "Z",
    "FR",
    "DE",
    "EUR",
    "VAT",
    "380",
    "2026-13-01",
)


def detected(syntax: str) -> SimpleNamespace:
    return SimpleNamespace(syntax={"CII": "Factur-X", "UBL": "UBL-Invoice"}[syntax], profile="EN 16931")


def told(data: bytes, syntax: str) -> list[tuple[object, ...]]:
    root = etree.fromstring(data)
    found = check(root, detected=detected(syntax), on=DAY, source=data)
    assert found == check(root, detected=detected(syntax), on=DAY)
    return [(f.rule, f.severity, f.location, f.line, f.found, f.expected, f.message.fr) for f in found]


@st.composite
def broken_invoices(draw: st.DrawFn) -> tuple[str, list[bytes]]:
    syntax = draw(st.sampled_from(["CII", "UBL"]))
    invoices = []
    for _ in range(draw(st.integers(2, 4))):
        text = sample(syntax, draw(st.integers(1, 3)), seed=draw(st.integers(0, 3))).decode()
        leaves = [m.span(1) for m in re.finditer(r">([^<\s][^<]*)</", text)]
        for start, end in sorted(
            draw(st.lists(st.sampled_from(leaves), max_size=3, unique=True)), reverse=True
        ):
            text = text[:start] + draw(st.sampled_from(VALUES)) + text[end:]
        invoices.append(text.encode())
    return syntax, invoices


@settings(max_examples=15, deadline=None)
@given(broken_invoices())
def test_verdict_does_not_depend_on_what_was_judged_before(drawn: tuple[str, list[bytes]]) -> None:
    syntax, invoices = drawn
    alone = []
    for data in invoices:
        engine.grammar_of.cache_clear()
        alone.append(told(data, syntax))

    engine.grammar_of.cache_clear()
    together = [told(data, syntax) for data in (*invoices, *reversed(invoices))]

    assert together == [*alone, *reversed(alone)]


@pytest.mark.parametrize("syntax", ["CII", "UBL"])
def test_values_that_never_come_again_are_still_judged(syntax: str) -> None:
    broken = re.sub(rb">(\d+\.\d\d)</", rb">1\1</", sample(syntax, 3, seed=99))
    engine.grammar_of.cache_clear()
    alone = told(broken, syntax)
    engine.grammar_of.cache_clear()

    right = [told(sample(syntax, 3, seed=seed), syntax) for seed in range(2 * TRIAL)]

    assert right == [[]] * (2 * TRIAL)
    assert alone
    assert told(broken, syntax) == alone


@pytest.mark.parametrize("syntax", ["CII", "UBL"])
def test_source_that_is_written_oddly_is_judged_as_its_tree(syntax: str) -> None:
    text = sample(syntax, 2, seed=3).decode()
    text = text.replace('schemeID="', "schemeID = '").replace('unitCode="', "unitCode\n=\t'")
    text = re.sub(r"('[^'\"<>]*)\"", r"\1'", text)

    found = told(text.encode(), syntax)

    assert found == []


def test_layouts_are_kept_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grammar, "MAX_LAYOUTS", 10)
    engine.grammar_of.cache_clear()

    for layout in range(40):
        root = etree.fromstring(sample("UBL", 2, seed=layout, layout=layout))
        engine.run(root, [EN16931], syntax="ubl")

    kept = engine.grammar_of((EN16931,), "ubl")._layouts
    assert len(kept) <= 10
