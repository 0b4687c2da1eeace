"""DynamoDB: an item is measured once, and the syntax tree of an update is copied only where it is used twice.

moto measures everything that an item holds again for each attribute put into it, cuts a condition into words
as often as it is asked, and copies the tree that it has just made of an update. It needs that copy for an
item that is new: there it tries the update on nothing.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.utilities import bytesize
from moto.dynamodb.parsing import validators

from choriste.local.moto_patches.replacing import Uninstall, replace
from choriste.local.platform.shapes import Json, MotoObject

SIZE_LIMIT: Final = 405_000
"""Bytes of an item, as moto counts them."""

_MOST_CONDITIONS: Final = 500


def install_light_items() -> Sequence[Uninstall]:
    """Measure an item once, read a condition once, and copy the tree of an update only for a trial."""
    prepare = validators.Validator.__init__

    def make_item(item: MotoObject, hash_key: MotoObject, range_key: MotoObject, attrs: Json) -> None:
        item.hash_key, item.range_key, item.attrs = hash_key, range_key, LimitedSizeDict()
        attributes = {name: DynamoType(value) for name, value in attrs.items()}
        if sum(bytesize(name) + value.size() for name, value in attributes.items()) > SIZE_LIMIT:
            raise ItemSizeTooLarge
        for name, value in attributes.items():
            dict.__setitem__(item.attrs, name, value)

    def prepare_lightly(validator: MotoObject, expression: MotoObject, *rest: Json, **named: Json) -> None:
        prepare(validator, None, *rest, **named)
        is_trial = not validator.item.attrs
        validator.node_to_validate = copy.deepcopy(expression) if is_trial else expression

    lex = ConditionExpressionParser._lex_condition_expression  # noqa: SLF001 - the seam
    words: Callable[[str], Json] = lru_cache(maxsize=_MOST_CONDITIONS)(
        lambda condition: tuple(lex(ConditionExpressionParser(condition, {}, {})))
    )

    def lex_once(parser: MotoObject) -> Json:
        return deque(words(parser.condition_expression))

    return (
        replace(ConditionExpressionParser, "_lex_condition_expression", lex_once),
        replace(Item, "__init__", make_item),
        replace(validators.Validator, "__init__", prepare_lightly),
    )
