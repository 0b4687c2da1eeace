"""A value is certain by one rule only, and no reader can grant certainty to a part of a value."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from choriste.documents.read.inspection import TextPage, Word
from choriste.documents.read.prefill import Box, Confidence, Doubt, Evidence, FieldName, Found, prefill
from choriste.documents.read.prefill.evidence import confidence_of, cut_off
from choriste.documents.read.prefill.judgement import doubted, judge

BOX = Box(1, 0, 0, 10, 10)
ANY_EVIDENCE = st.frozensets(st.sampled_from(Evidence))
ANY_DOUBTS = st.frozensets(st.sampled_from(Doubt))


def found(value: str, *evidence: Evidence, top: float = 0) -> Found:
    return Found(value, Box(1, 0, top, 10, top + 10), frozenset(evidence))


@given(ANY_EVIDENCE, ANY_DOUBTS)
def test_doubt_of_any_kind_keeps_a_value_from_being_certain(
    evidence: frozenset[Evidence], doubts: frozenset[Doubt]
) -> None:
    certain = confidence_of(evidence, doubts) is Confidence.CERTAIN

    assert not (certain and doubts)
    assert not (certain and len(evidence) < 2)


@pytest.mark.parametrize(
    ("evidence", "certain"),
    [
        ({Evidence.NAMED}, False),
        ({Evidence.NAMED, Evidence.HINTED}, False),
        ({Evidence.TITLE, Evidence.PAIRED, Evidence.BLOCK}, False),
        ({Evidence.CHECKSUM}, False),
        ({Evidence.NAMED, Evidence.PAIRED}, True),
        ({Evidence.CHECKSUM, Evidence.BLOCK}, True),
        ({Evidence.HINTED, Evidence.SUMS}, True),
        ({Evidence.NAMED, Evidence.REPEATED}, True),
    ],
)
def test_two_sources_that_know_nothing_of_each_other_make_certain(
    evidence: set[Evidence], *, certain: bool
) -> None:
    assert (confidence_of(evidence, ()) is Confidence.CERTAIN) is certain


def test_confidence_follows_from_evidence_and_cannot_be_given() -> None:
    value = found("F-1", Evidence.NAMED, Evidence.PAIRED)

    assert value.confidence is Confidence.CERTAIN
    assert doubted(value, Doubt.CUT_OFF).confidence is Confidence.PROBABLE
    with pytest.raises((AttributeError, TypeError)):
        value.confidence = Confidence.CERTAIN  # type: ignore[misc]


def test_rival_with_as_much_for_it_leaves_a_doubt() -> None:
    one, other = found("F-1", Evidence.NAMED, Evidence.PAIRED), found("F-2", Evidence.NAMED, Evidence.PAIRED)

    verdict = judge([one, other])

    assert verdict.found is not None
    assert (verdict.found.value, verdict.found.doubts) == ("F-1", frozenset({Doubt.RIVAL}))


def test_value_that_belongs_to_something_else_is_passed_over_and_kept_for_the_explanation() -> None:
    quoted = doubted(found("F-9", Evidence.NAMED, Evidence.TITLE), Doubt.ANOTHER_DOCUMENT)
    own = found("F-1", Evidence.HINTED)

    verdict = judge([quoted, own])

    assert verdict.found == own
    assert verdict.considered == (own, quoted)


def test_two_places_that_say_the_same_agree() -> None:
    verdict = judge([found("F-1", Evidence.NAMED), found("F-1", Evidence.NAMED, top=300)])

    assert verdict.found is not None
    assert verdict.found.evidence == {Evidence.NAMED, Evidence.REPEATED}
    assert verdict.found.confidence is Confidence.CERTAIN


@pytest.mark.parametrize(
    ("text", "end", "cut"),
    [
        ("10 123 456 789", 2, True),
        ("F-12/3", 4, True),
        ("F-12 / 3", 4, True),
        ("2026 - 045", 4, True),
        ("F-12 B", 4, True),
        ("F-12", 4, False),
        ("F-12, code 45", 4, False),
        ("F-12 du 03/11/2026", 4, False),
        ("F-12 03/11/2026", 4, True),
        ("F-12 1 200,00 €", 4, True),
        ("F-12 Lyon", 4, False),
    ],
)
def test_text_that_goes_on_behind_a_reference_is_noticed(text: str, end: int, *, cut: bool) -> None:
    assert cut_off(text, end) is cut


GROUP = st.from_regex(r"[A-Z]{0,3}[0-9]{1,6}", fullmatch=True)
JOINT = st.sampled_from([" ", "-", "/", " - ", " / ", ".", " – ", "\u00a0", "_"])
LABEL = st.sampled_from(
    ["Facture n°", "N° de facture :", "FACTURE N°", "Bon de commande n°", "N° d'engagement :", "Marché n°"]
)


@settings(max_examples=400, deadline=None)
@given(LABEL, st.lists(st.tuples(JOINT, GROUP), min_size=1, max_size=4))
def test_part_of_a_number_is_never_certain(label: str, groups: list[tuple[str, str]]) -> None:
    number = "".join(joint + group for joint, group in groups).lstrip(" -/.–_\u00a0")

    read = prefill([line(f"{label} {number}")])

    for name in (FieldName.NUMBER, FieldName.PURCHASE_ORDER, FieldName.ENGAGEMENT, FieldName.CONTRACT):
        value = read.filled().get(name)
        assert value is None or bare(value) == bare(number), (name, value, number)


@settings(max_examples=200, deadline=None)
@given(LABEL, st.lists(GROUP, min_size=1, max_size=3), st.lists(GROUP, min_size=1, max_size=3))
def test_part_of_a_number_that_goes_on_in_the_next_line_is_never_certain(
    label: str, first: list[str], second: list[str]
) -> None:
    number = " ".join((*first, *second))
    upper, lower = line(f"{label} {' '.join(first)}"), line(" ".join(second))
    moved = tuple(replace(word, top=word.top + 13, bottom=word.bottom + 13) for word in lower.words)

    filled = prefill([replace(upper, words=upper.words + moved)]).filled()

    for name in (FieldName.NUMBER, FieldName.PURCHASE_ORDER, FieldName.ENGAGEMENT, FieldName.CONTRACT):
        value = filled.get(name)
        assert value is None or bare(value) == bare(number), (name, value, number)


def bare(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def line(text: str) -> TextPage:
    """Set one line of text on a page."""
    x, words = 50.0, []
    for word in text.split():
        words.append(Word(word, x, 50, x + 5 * len(word), 61))
        x += 5 * len(word) + 3
    return TextPage(1, 595, 842, tuple(words))
