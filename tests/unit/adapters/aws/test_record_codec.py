"""Records as JSON: every field is written, whatever its default, and nothing is guessed when it is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal

import pytest

from choriste.adapters.aws.dynamodb.records.bodies import deflate, inflate
from choriste.adapters.aws.dynamodb.records.codec import MisfitError, from_json, to_json
from choriste.adapters.aws.dynamodb.records.formats import RecordFormat
from tests.contract.records.stored_forms import form_of, only_adds_codes


@dataclass(frozen=True)
class Inner:
    amount: Decimal
    content: bytes | None = None


@dataclass(frozen=True)
class Before:
    inner: Inner
    step: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class After:
    """The same record, whose makers have other defaults."""

    inner: Inner
    step: bool = True
    notes: tuple[str, ...] = ("none",)


RECORD = Before(Inner(Decimal("1.50"), b"\xff\x00"))


def test_every_field_is_written() -> None:
    assert json.loads(to_json(RECORD)) == {
        "inner": {"amount": "1.50", "content": "_wA="},
        "step": False,
        "notes": [],
    }


def test_record_comes_back_with_its_bytes_and_the_scale_of_its_amounts() -> None:
    read = from_json(Before, to_json(RECORD))

    assert read == RECORD
    assert str(read.inner.amount) == "1.50"


def test_changed_default_changes_no_stored_record() -> None:
    read = from_json(After, to_json(RECORD))

    assert (read.step, read.notes) == (False, ())


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b'{"inner":{"amount":"1","content":null},"notes":[]}', "step: missing"),
        (b'{"inner":{"amount":"1"},"step":true,"notes":[]}', "inner.content: missing"),
        (b'{"inner":{"amount":"1","content":null},"step":1,"notes":[]}', "step: bool_type"),
        (
            b'{"inner":{"amount":"1","content":null},"step":true,"notes":[],"x":1}',
            "x: unexpected_keyword_argument",
        ),
        (b"{", ": json_invalid"),
    ],
)
def test_text_that_is_not_the_record_is_refused(text: bytes, fault: str) -> None:
    with pytest.raises(MisfitError) as refusal:
        from_json(Before, text)

    assert str(refusal.value) == fault
    assert refusal.value.__context__ is None


def test_older_schema_goes_through_all_upcasters_in_turn() -> None:
    kind = RecordFormat(
        kind="thing",
        model=Inner,
        upcasters=(lambda old: {"sum": old["a"]}, lambda old: {"amount": old["sum"], "content": None}),
    )

    assert kind.schema == 3
    assert kind.decode(deflate(b'{"a":"7"}'), schema=1) == Inner(Decimal(7))
    assert kind.decode(deflate(b'{"sum":"7"}'), schema=2) == Inner(Decimal(7))
    assert json.loads(inflate(kind.attributes(Inner(Decimal(7)))["body"])) == {"amount": "7", "content": None}


def test_form_of_a_record_shows_its_fields_and_no_defaults() -> None:
    forms = [form_of(RecordFormat(kind="thing", model=model, upcasters=())) for model in (Before, After)]

    assert forms[0] == forms[1]
    assert forms[0].splitlines() == [
        "inner.amount: string",
        "inner.content: string binary or null",
        "step: boolean",
        "notes[]: string",
    ]


@pytest.mark.parametrize(
    ("after", "is_harmless"),
    [
        ("code: one of =A =B =C\nname: string\n", True),
        ("code: one of =A\nname: string\n", False),
        ("code: one of =A =B\nname: string or null\n", False),
        ("code: one of =A =B\n", False),
    ],
)
def test_only_new_values_of_codes_change_a_form_without_a_new_schema(
    after: str, *, is_harmless: bool
) -> None:
    assert only_adds_codes("code: one of =A =B\nname: string\n", after) is is_harmless
