from __future__ import annotations

import contextlib
import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from choriste.application.deposits.validate_file import validate_file
from choriste.formats.detect import detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.parsing import parse_xml
from choriste.rules import check
from tests.agreement.mutate import mutants
from tests.builders.rule_samples import TODAY, a_french_invoice

NAMES = [str(e.tag) for s in ("cii", "ubl") for e in etree.fromstring(a_french_invoice(s)).iter("*")]


@given(seed=st.integers(0, 2**32), syntax=st.sampled_from(["cii", "ubl"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rules_answer_on_any_mutant(seed: int, syntax: str) -> None:
    for _, xml in mutants(a_french_invoice(syntax), seed=seed, count=1):
        root = etree.fromstring(xml)

        found = check(root, detected=detect_xml(root), on=TODAY)

        assert all(f.rule and f.message.fr and f.message.en for f in found)


@given(data=st.data(), syntax=st.sampled_from(["cii", "ubl"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_rules_answer_on_any_tree_of_known_names(data: st.DataObject, syntax: str) -> None:
    root = etree.fromstring(a_french_invoice(syntax, lines=1))
    places = list(root.iter("*"))
    for _ in range(data.draw(st.integers(1, 30))):
        parent = data.draw(st.sampled_from(places))
        child = etree.SubElement(parent, data.draw(st.sampled_from(NAMES)))
        child.text = data.draw(st.sampled_from(["", "1", "S", "1e5", "20261301", "-3.14159", "é", "true"]))

    check(root, detected=detect_xml(root), on=TODAY)


@given(cut=st.integers(1, 9000), noise=st.binary(max_size=20))
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_refused_by_name_or_judged(cut: int, noise: bytes) -> None:
    data = a_french_invoice()
    damaged = data[:cut] + noise + data[cut + len(noise) :]

    with contextlib.suppress(UnreadableError):
        root = parse_xml(damaged)
        check(root, detected=detect_xml(root), on=TODAY)


@given(seed=st.integers(0, 2**32), syntax=st.sampled_from(["cii", "ubl"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_mutant_file_is_validated_and_told_well(seed: int, syntax: str) -> None:
    for _, xml in mutants(a_french_invoice(syntax), seed=seed, count=2):
        validation = validate_file(xml, filename="mutant.xml", on=TODAY)

        for found in validation.findings:
            for text in (found.message.fr, found.message.en):
                assert not re.search(r"\bNone\b|[{}]|«\s*»|“\s*”", text), found


@given(noise=st.binary(max_size=40), at=st.integers(0, 9000), length=st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_a_file_with_a_hole_ends_in_a_verdict_and_a_sentence(noise: bytes, at: int, length: int) -> None:
    data = a_french_invoice("ubl")

    validation = validate_file(data[:at] + noise + data[at + length :], filename="hole.xml", on=TODAY)

    assert all(found.message.fr and found.message.en for found in validation.findings)
    assert validation.findings or validation.source is not None


@pytest.mark.slow
def test_an_invoice_of_a_hundred_thousand_lines_is_judged() -> None:
    root = etree.fromstring(
        a_french_invoice("ubl", lines=100_000), etree.XMLParser(huge_tree=True, resolve_entities=False)
    )

    assert check(root, detected=detect_xml(root), on=TODAY) == ()


def test_a_hostile_file_with_a_different_path_for_every_element_is_judged() -> None:
    chance = random.Random(5)  # noqa: S311 -- reproducible, not secret
    root = etree.fromstring(a_french_invoice(lines=1))
    for number in range(3000):
        place = root
        for _ in range(4):
            place = etree.SubElement(place, f"{{urn:x}}n{chance.randrange(50)}-{number % 97}")

    check(root, detected=detect_xml(root), on=TODAY)
