from __future__ import annotations

import pytest

from choriste.documents.issue.printable import printable, strictly_printable


@pytest.mark.parametrize(
    "text", ["Łódź", "Ελλάδα", "Київ", "東京都", "서울", "القاهرة", "ירושלים", "👍🏽", "≤ ½ ‰ ☐"]
)
def test_printable_keeps_what_the_fonts_show(text: str) -> None:
    assert printable(text) == text


def test_printable_shows_the_code_point_of_a_character_without_a_glyph() -> None:
    assert printable("ไ et \ue000") == "[U+0E44] et [U+E000]"


def test_printable_replaces_control_characters_by_their_code_point() -> None:
    assert printable("a\x01b") == "a[U+0001]b"


def test_printable_drops_direction_marks_that_could_disguise_a_text() -> None:
    assert printable("abc\u202edef\u2066\ufeff") == "abcdef"


def test_printable_makes_every_space_one_that_the_fonts_have() -> None:
    assert printable("1\u202f234\u2003\u00a0€\t!") == "1\xa0234\xa0\xa0€ !"


def test_printable_keeps_line_breaks_whatever_their_kind() -> None:
    assert printable("a\r\nb\u2028c\x85d") == "a\nb\nc\nd"


def test_printable_composes_decomposed_letters() -> None:
    assert printable("e\u0301té") == "été"


def test_printable_lets_a_very_long_word_break() -> None:
    word = "x" * 60

    shown = printable(word)

    assert shown.replace("\u200b", "") == word
    assert max(map(len, shown.split("\u200b"))) <= 12


def test_strictly_printable_leaves_only_latin_letters() -> None:
    assert strictly_printable("Łódź 東") == "Łódź [U+6771]"


def test_printable_breaks_an_address_after_its_punctuation() -> None:
    assert printable("facturation@cimes-du-nord.example").split("\u200b") == [
        "facturation@",
        "cimes-",
        "du-",
        "nord.",
        "example",
    ]
