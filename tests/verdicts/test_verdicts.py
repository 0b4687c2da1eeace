"""Our verdicts and the official ones, on the frozen sample that every clone carries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Final

import pytest

from choriste.application.deposits.validate_file import validate_file
from choriste.domain.invoice.reading import Syntax
from choriste.domain.shared.findings import Severity, Verdict
from choriste.formats.detect import Detected, Profile, detect_xml
from choriste.formats.xml.parsing import parse_xml
from choriste.rules import check, rule_ids
from tests.verdicts.sample import FOLDER, JUDGED_ON, Judgement, Pairs, Record, read

FAMILIES: Final = (
    "akretion",
    "cas-limites",
    "cen-examples",
    "cen-unit",
    "generated",
    "gobl",
    "kosit-config",
    "kosit-testsuite",
    "lunatech-fr",
    "mustang",
    "oracles",
    "phax-cii2ubl",
    "zugferd-corpus",
)
of_each_family = pytest.mark.parametrize("family", FAMILIES)


@of_each_family
def test_rules_broken_are_those_that_the_official_engines_name(family: str) -> None:
    found = [line for record, judgement in _judged(family) for line in _differences(record, judgement)]

    assert not found, "\n" + "\n".join(found)


@of_each_family
def test_file_on_which_an_official_engine_aborts_is_refused_with_a_place_and_a_value(family: str) -> None:
    aborted = [record for record in _of(family) if None in record.judgements[0].official.values()]

    unanswered = [_named(record) for record in aborted if not _is_answered(record)]

    assert not unanswered, "\n".join(unanswered)


@of_each_family
def test_file_that_breaks_an_official_fatal_rule_is_invalid(family: str) -> None:
    accepted = [
        f"{_named(record)}: {sorted(_fatal(record))}"
        for record in _of(family)
        if _fatal(record) and _validated(record.xml)[0] is not Verdict.INVALID
    ]

    assert not accepted, "\n".join(accepted)


@of_each_family
def test_no_finding_names_an_official_rule_that_holds(family: str) -> None:
    invented = [
        f"{_named(record)}: {rule}"
        for record in _of(family)
        if None not in record.judgements[0].official.values()
        for rule in sorted(_validated(record.xml)[1] & _official_rules() - _rules(record))
    ]

    assert not invented, "\n".join(invented)


def test_sample_has_these_families_and_an_abort_of_each_rule_set() -> None:
    records = [*read("files"), *read("mutants")]
    aborted = {
        name for r in records for j in r.judgements for name, pairs in j.official.items() if pairs is None
    }

    assert {record.family for record in records} == set(FAMILIES)
    assert aborted == {"en16931", "facturx", "ctcfr", "brfr"}


def test_readme_names_every_source_with_its_licence() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    origins = {(record.source, record.licence) for record in (*read("files"), *read("mutants"))}

    missing = [
        origin
        for origin in sorted(origins)
        if not any(_stands(*origin, line) for line in readme.splitlines())
    ]

    assert not missing


@cache
def _of(family: str) -> tuple[Record, ...]:
    """Return the published files and the mutants of a family."""
    return tuple(record for name in ("files", "mutants") for record in read(name) if record.family == family)


def _judged(family: str) -> Iterator[tuple[Record, Judgement]]:
    for record in _of(family):
        for judgement in record.judgements:
            yield record, judgement


def _differences(record: Record, judgement: Judgement) -> Iterator[str]:
    """Yield a line for each rule set on which we differ: `+` marks rules only we name, `-` only they."""
    kind = Detected(Syntax(judgement.syntax), Profile(judgement.profile))
    ours = rule_ids(parse_xml(record.xml.encode()), detected=kind, on=JUDGED_ON)
    place = f"{_named(record)}, as {judgement.syntax} {judgement.profile}"
    if ours.keys() != judgement.official.keys():
        yield f"{place}: rule sets {sorted(ours)} instead of {sorted(judgement.official)}"
    for rule_set, theirs in judgement.official.items():
        mine = ours.get(rule_set, frozenset())
        if theirs is not None and mine != theirs:
            yield f"{place}, {rule_set}: {_signed('+', mine - theirs)} {_signed('-', theirs - mine)}"


def _signed(sign: str, pairs: Pairs) -> str:
    return " ".join(f"{sign}{rule} ({severity})" for rule, severity in sorted(pairs))


def _is_answered(record: Record) -> bool:
    """Whether the rules refuse a file with a finding that says where and what."""
    root = parse_xml(record.xml.encode())
    findings = check(root, detected=detect_xml(root), on=JUDGED_ON)
    return any(f.severity is Severity.FATAL and f.location and f.found is not None for f in findings)


@cache
def _validated(xml: str) -> tuple[Verdict, frozenset[str]]:
    """Return the verdict of `validate_file`, with the rules that its findings name."""
    validation = validate_file(xml.encode(), filename="invoice.xml", on=JUDGED_ON)
    return validation.verdict, frozenset(finding.rule for finding in validation.findings)


def _fatal(record: Record) -> set[str]:
    """Return the fatal rules that the official engines name, taking the file for what it says it is."""
    return {
        rule
        for pairs in record.judgements[0].official.values()
        for rule, severity in pairs or ()
        if severity == "fatal"
    }


def _rules(record: Record) -> set[str]:
    return {rule for pairs in record.judgements[0].official.values() for rule, _ in pairs or ()}


@cache
def _official_rules() -> frozenset[str]:
    """Return every official rule id of the sample."""
    return frozenset(rule for family in FAMILIES for record in _of(family) for rule in _rules(record))


def _named(record: Record) -> str:
    return f"{record.name} ({record.mutation})" if record.mutation else record.name


def _stands(source: str, licence: str, line: str) -> bool:
    return line.startswith("|") and source in line and licence in line
