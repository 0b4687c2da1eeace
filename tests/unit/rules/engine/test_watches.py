"""A watch only saves work: with and without, a file breaks the same rules in the same places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from choriste.formats.detect import detect_xml
from choriste.formats.errors import UnreadableError
from choriste.formats.xml.parsing import parse_xml
from choriste.rules.engine import contexts, judge
from choriste.rules.engine.rule import Context, Rule, Watch
from choriste.rules.engine.ruleset import RuleSet
from choriste.rules.engine.run import _patterns, grammar_of, run
from choriste.rules.rulesets.selection import rule_sets_for, syntax_of
from tests.verdicts.sample import JUDGED_ON, read

File = tuple[str, etree._Element, tuple[RuleSet, ...], str]
Broken = set[tuple[str, int, str | None]]


@pytest.mark.slow
@pytest.mark.parametrize("family", ["files", "mutants"])
def test_rules_broken_are_the_same_where_every_rule_is_judged_on_every_node(
    family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = list(_files(family))
    watched = [_broken(file) for file in files]
    monkeypatch.setattr(contexts, "_watch", _judge_everywhere)
    monkeypatch.setattr(judge, "holds", lambda *_: False)
    _forget_compiled_rules()
    try:
        everywhere = [_broken(file) for file in files]
    finally:
        _forget_compiled_rules()
    differing = [file[0] for file, a, b in zip(files, watched, everywhere, strict=True) if a != b]
    assert len(files) > 100
    assert sum(map(len, watched)) > 100
    assert not differing


def _judge_everywhere(context: Context, rule: Rule, _watch: Watch) -> None:
    rule.prepare()
    context.checks.append(rule)


def _forget_compiled_rules() -> None:
    grammar_of.cache_clear()
    _patterns.cache_clear()


def _files(family: str) -> Iterator[File]:
    for record in read(family):
        try:
            root = parse_xml(record.xml.encode())
            detected = detect_xml(root)
        except UnreadableError:
            continue
        rule_sets = rule_sets_for(root, detected=detected, on=JUDGED_ON)
        yield record.name, root, rule_sets, syntax_of(detected)


def _broken(file: File) -> Broken:
    _, root, rule_sets, syntax = file
    outcome = run(root, rule_sets, syntax=syntax)
    hits = {(hit.rule.id, hit.node.number, hit.broken.found) for hit in outcome.hits}
    return hits | {(error.expected, error.node.number, None) for error in outcome.malformed}
