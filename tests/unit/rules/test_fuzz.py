from __future__ import annotations

import contextlib
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from choriste.formats.detect import detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml import parse_xml
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


@pytest.mark.slow
@pytest.mark.parametrize("syntax", ["cii", "ubl"])
def test_time_grows_with_the_lines_and_no_faster(syntax: str) -> None:
    def seconds(lines: int) -> float:
        root = etree.fromstring(a_french_invoice(syntax, lines=lines))
        times = []
        for _ in range(3):
            start = time.process_time()
            check(root, detected=detect_xml(root), on=TODAY)
            times.append(time.process_time() - start)
        return min(times)

    seconds(100)
    small, large = seconds(500), seconds(4000)

    assert large < 8 * 3 * small


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
