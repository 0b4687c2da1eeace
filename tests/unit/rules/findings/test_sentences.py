"""Every rule of every facts file, broken on paper: its finding must tell what is wrong and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from types import SimpleNamespace
from typing import NamedTuple, cast

import pytest
from lxml import etree

from choriste.domain.invoice.terms import TERMS
from choriste.domain.shared.findings import Finding
from choriste.formats.detect import detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.names import NAMESPACES
from choriste.rules import check
from choriste.rules.engine import facts
from choriste.rules.engine.facts import RuleFact
from choriste.rules.engine.judge import Hit, Outcome
from choriste.rules.engine.rule import Broken, Rule
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.syntax import CII
from choriste.rules.engine.tree import Node
from choriste.rules.findings.sentences import key_of, sentences
from choriste.rules.findings.wording import Writer
from choriste.rules.rulesets.catalogue import BR_FR, CTC_FR, EN16931, FACTURX
from choriste.rules.rulesets.deviations import DEAD
from tests.agreement.compare import parsed
from tests.agreement.corpora import mutants, whole_files
from tests.builders.rule_samples import TODAY

SETS = (EN16931, *FACTURX.values(), BR_FR, CTC_FR)
WORDS = {"category": "S", "count": "2", "subject": "PMT"}
MENDING = re.compile(
    r"\b(Ajoutez|Corrigez|Supprimez|Gardez|Écrivez|Choisissez|Mettez|Renseignez|Arrondissez|Raccourcissez|Donnez"
    r"|Recalculez|Retirez|Réunissez|Cherchez|Demandez|Transmettez|Faites|Changez|Ne laissez|N’en gardez"
    r"|changez|mettez|supprimez|ajoutez|corrigez)\b"
)


class Row(NamedTuple):
    """One rule in one place of the facts: its set and syntax, the context's path, and its facts."""

    rule_set: RuleSet
    syntax: str
    path: str
    fact: RuleFact


def every_row() -> Iterator[Row]:
    for rule_set in SETS:
        for syntax, name in rule_set.facts.items():
            for context in (c for pattern in facts.table(name) for c in pattern):
                path = context.at[0]["path"] if context.at else ""
                yield from (
                    Row(rule_set, syntax, path, fact) for fact in context.facts if DEAD.isdisjoint(fact.names)
                )


def a_node(names: list[str], syntax: str) -> Node:
    """Return the node at the end of a path of names, each in the namespace that the names table gives it."""
    usual = "ram" if syntax == CII else "cbc"
    root = "CrossIndustryInvoice" if syntax == CII else "Invoice"
    path = tuple(n for n in names if n.isidentifier() and n not in {root, "CreditNote"})
    tags = [(facts.namespace_of_names().get(name, usual), name) for name in path]
    element = top = etree.Element(f"{{{NAMESPACES['rsm' if syntax == CII else 'inv']}}}{root}")
    for prefix, name in tags:
        element = etree.SubElement(element, f"{{{NAMESPACES[prefix]}}}{name}")
    assert top is not None
    return cast("Node", SimpleNamespace(element=element, number=0, state=_Place((root, *path))))


class _Place(NamedTuple):
    path: tuple[str, ...]


def broken_by(fact: RuleFact, node: Node) -> Broken:
    """Return what the check of a rule finds: nothing there, or a value that no rule accepts."""
    kind = fact.kind
    if kind in {"exact", "count", "max"}:
        return Broken(node, "3", "≤ 1")
    if kind == "list":
        return Broken(None, "XX", fact.parameters["codes"])
    if kind in {"format", "decimals", "maxlen", "code", "own"}:
        return Broken(node, "1,5", "≤ 2" if kind != "code" else "0", WORDS)
    return Broken(words=WORDS)


def finding_of(row: Row) -> Finding:
    node = a_node(row.path.strip("/").split("/"), row.syntax)
    made = Rule(row.fact, lambda *_: None, row.rule_set.name)
    (found,) = Writer().findings(Outcome((Hit(made, node, broken_by(row.fact, node)),), ()))
    return found.finding


@pytest.mark.parametrize("rule_set", SETS, ids=lambda s: s.title.replace(" ", "-"))
def test_every_rule_says_what_is_wrong_where_and_what_to_do(rule_set: RuleSet) -> None:
    for row in (r for r in every_row() if r.rule_set is rule_set):
        found = finding_of(row)

        for text in (found.message.fr, found.message.en):
            assert not re.search(r"\bNone\b|[{}]|\?|«\s*»|“\s*”|: \.|\(\)|\s{2}| ,", text), (
                row.fact.name,
                text,
            )
            assert not re.search(r"//|\.\.|namespace|local-name", text), (row.fact.id, text)
        assert MENDING.search(found.message.fr), (row.fact.name, found.message.fr)
        assert found.message.fr.split(" : ")[0] != found.message.fr, (row.fact.name, found.message.fr)
        assert found.location, row.fact.name
        assert found.expected is None or "None" not in found.expected, row.fact.name


def test_every_finding_names_its_business_term_or_its_element() -> None:
    for row in every_row():
        found = finding_of(row)

        title = found.message.fr.partition(" : ")[0]
        term = TERMS.get(found.term or "")
        if term is not None:
            assert term.name.fr in title, (row.fact.name, found.message.fr)
            assert term.name.en in found.message.en, (row.fact.name, found.message.en)
        else:
            assert "lément " in title or found.term is not None, (row.fact.name, title)


def test_no_rule_is_told_by_the_sentence_for_unknown_rules() -> None:
    assert "is not met" in sentences()["unworded"].en

    for row in every_row():
        assert "is not met" not in finding_of(row).message.en, row.fact.name


def test_sentences_have_the_same_places_and_terms_in_both_languages() -> None:
    for key, message in sentences().items():
        places = [sorted(re.findall(r"\{[\w-]+\}", text)) for text in (message.fr, message.en)]
        terms = [sorted(re.findall(r"\bB[TG]-\d+", text)) for text in (message.fr, message.en)]

        assert places[0] == places[1], key
        assert terms[0] == terms[1], key
        assert message.fr != message.en or len(message.fr) < 12, key


def test_rules_of_vat_categories_never_speak_for_code_lists_or_decimals() -> None:
    assert key_of("BR-CL-01", "", "list") != key_of("BR-AE-01", "", "code")
    assert key_of("BR-DEC-09", "", "decimals") == "kind:decimals"
    assert key_of("FX-SCH-A-000197", "BR-Z-08", "own") == "BR-VAT-08"
    assert key_of("BR-FREXT-S-08ini", "", "own") == "BR-VAT-08"


@pytest.mark.corpora
@pytest.mark.slow
def test_findings_on_real_files_and_mutants_are_told_well() -> None:
    for case in islice(chain(whole_files(), mutants()), 0, None, 4):
        for found in findings_in(case.xml):
            for text in (found.message.fr, found.message.en):
                assert not re.search(r"\bNone\b|[{}]|«\s*»|“\s*”|is not met", text), (case.name, found)
            assert found.location, (case.name, found)


def findings_in(xml: bytes) -> tuple[Finding, ...]:
    parsed_file = parsed(xml)
    try:
        detected = detect_xml(parsed_file[0]) if parsed_file else None
    except UnreadableError:
        return ()
    return check(parsed_file[0], detected=detected, on=TODAY) if parsed_file and detected else ()
