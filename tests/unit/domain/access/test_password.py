"""Which passwords may be chosen, and why others may not."""

from __future__ import annotations

import pytest

from choriste.domain.access.errors import WeakPasswordError
from choriste.domain.access.password import Weakness, normal_password, require_strong, weakness_of


def weakness(password: str) -> Weakness | None:
    return weakness_of(password, email="ana.petit@valbrume.example", name="Ana Petit")


@pytest.mark.parametrize(
    ("password", "found"),
    [
        ("", Weakness.TOO_SHORT),
        ("Tr0ub4dor&3", Weakness.TOO_SHORT),
        ("x" * 60 + "yz" * 40, Weakness.TOO_LONG),
        ("aaaaaaaaaaaa", Weakness.MONOTONOUS),
        ("abababababab", Weakness.MONOTONOUS),
        ("123456789012", Weakness.MONOTONOUS),
        ("AZERTYUIOPAZERTY", Weakness.MONOTONOUS),
        ("qwertyuiopqw", Weakness.MONOTONOUS),
        ("passwordpassword", Weakness.KNOWN),
        ("Password2026!", Weakness.KNOWN),
        ("***password***", Weakness.KNOWN),
        ("dragondragon", Weakness.KNOWN),
        ("anapetit2026", Weakness.OWN_WORDS),
        ("valbrume-petit", Weakness.OWN_WORDS),
    ],
)
def test_weak_password_is_refused_with_its_weakness(password: str, found: Weakness) -> None:
    assert weakness(password) is found


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "la mer, le soir, dorée",
        "x7Qv-9mLp-2wRt",
        "  spaces  count  ",
        "漢字かな交じり文の長い合言葉です",
    ],
)
def test_long_unknown_password_needs_no_other_rule(password: str) -> None:
    assert weakness(password) is None


def test_refusal_says_the_limits() -> None:
    with pytest.raises(WeakPasswordError) as refusal:
        require_strong("short", email="a@b.fr", name="A")

    assert refusal.value.parameters == {"weakness": "too-short", "shortest": 12, "longest": 128}


def test_accents_are_the_same_from_every_keyboard() -> None:
    assert normal_password("de\u0301ja\u0300") == normal_password("déjà")
