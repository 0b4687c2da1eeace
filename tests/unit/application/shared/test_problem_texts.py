"""What a person reads of a refusal: the sentence for its case, in both languages."""

from __future__ import annotations

import pytest

from choriste.application.shared.problems import problem_text
from choriste.runtime.http import problem_document


@pytest.mark.parametrize(
    ("code", "parameters", "french", "english"),
    [
        (
            "transition-wrong-status",
            {"action": "pay", "status": "REJETEE", "allowed": ()},
            "aucune action ne vous est ouverte à cet état (REJETEE)",
            "no action is open to you at this status (REJETEE)",
        ),
        (
            "transition-condition",
            {"action": "pay", "condition": "not state", "allowed": ()},
            "Aucune autre action ne vous est ouverte",
            "not state. No other action is open to you",
        ),
        (
            "transition-wrong-status",
            {"action": "pay", "status": "MANDATEE", "allowed": ("suspend",)},
            "Actions possibles\xa0: suspend.",
            "Possible actions: suspend.",
        ),
        (
            "stale-version",
            {"version": 3, "status": "MANDATEE", "read": 1},
            "vous\xa0: version 1\xa0; maintenant\xa0: version 3, état MANDATEE",
            "you: version 1; now: version 3, status MANDATEE",
        ),
        ("stale-version", {"version": 3, "status": "MANDATEE"}, "vient de changer", "has just changed"),
        ("not-found", {"kind": "flow", "id": "999999"}, "Le flux 999999 est", "Flow 999999 was not found"),
        ("not-found", {"kind": "API client", "id": "x"}, "Introuvable pour ce compte", "Not found for this"),
        (
            "forbidden",
            {"right": "issue:modify", "structure": "7"},
            "«\xa0émettre des factures\xa0» (issue:modify)",
            "“issue invoices” (issue:modify)",
        ),
        ("forbidden", {"right": "operator", "structure": None}, "réservée à l’exploitant", "the operator"),
        ("unauthenticated", {"what": "bearer"}, "Le jeton", "The token"),
        ("unauthenticated", {"what": "account"}, "Le compte technique", "The technical account"),
        ("bad-request", {"field": "/path/id", "expected": "7"}, "de l’adresse", "“id” of the address"),
        ("bad-request", {"field": "/header/If-Match", "expected": "7"}, "L’en-tête", "The header “If-Match”"),
        ("bad-request", {"field": "/query/a", "fault": "missing"}, "Le paramètre", "“a” is missing"),
    ],
)
def test_problem_has_the_sentence_of_its_case(
    code: str, parameters: dict[str, object], french: str, english: str
) -> None:
    detail = problem_text(code, parameters).detail

    assert french in detail.fr
    assert english in detail.en


def test_sentence_about_the_token_does_not_speak_of_another_api() -> None:
    assert "cpro" not in problem_text("unauthenticated", {"what": "bearer"}).detail.en


def test_parameter_without_a_value_is_left_out() -> None:
    document = problem_document(
        "forbidden", {"right": "issue:modify", "structure": "7", "service": None}, language="en"
    )

    assert document["parameters"] == {"right": "issue:modify", "structure": "7"}
