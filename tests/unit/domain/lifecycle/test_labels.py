"""Every code of the lifecycle has a French and an English name, and no name is left over."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from choriste.domain.codes.reform import reform_code
from choriste.domain.lifecycle import ACTIONS, Frame, Guard, Mark, ReasonCode, RefusalCode, Role, Status
from choriste.domain.lifecycle.acts import ACTS
from choriste.domain.lifecycle.deadlines import DEADLINES
from choriste.domain.lifecycle.labels import Kind, label
from tests.derived.texts import vocabulary

_REFORM = {reform_code(status, frame=frame) for status in Status for frame in Frame} - {None}
_CODES: dict[Kind, Iterable[str | None]] = {
    Kind.STATUS: Status,
    Kind.FRAME: Frame,
    Kind.ROLE: Role,
    Kind.ACTION: ACTIONS,
    Kind.ACT: [act.name for act in ACTS],
    Kind.DONE: [*ACTIONS, *(act.name for act in ACTS)],
    Kind.REASON: ReasonCode,
    Kind.REFUSAL: RefusalCode,
    Kind.GUARD: Guard,
    Kind.DEADLINE: [deadline.code for deadline in DEADLINES],
    Kind.MARK: Mark,
    Kind.SILENCE: [deadline.code for deadline in DEADLINES],
    Kind.REFORM: _REFORM,
}


@pytest.mark.parametrize("kind", Kind)
def test_labels_name_each_code_once_in_both_languages(kind: Kind) -> None:
    names = vocabulary(kind)

    assert set(names) == set(_CODES[kind])
    assert all(text.fr.strip() and text.en.strip() for text in names.values())


def test_labels_of_statuses_are_all_different() -> None:
    names = list(vocabulary(Kind.STATUS).values())

    assert len({name.fr for name in names}) == len({name.en for name in names}) == len(names)


def test_label_of_an_unknown_code_raises() -> None:
    with pytest.raises(KeyError):
        label(Kind.STATUS, "PERDUE")
