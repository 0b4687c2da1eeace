"""Resolves CloudFormation's intrinsic functions to plain values.

Only what a CDK app emits is known: an unknown function is an error, never a silent text.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Final

from choriste.local.platform.shapes import Json

Lookup = Callable[[str], Json]
AttributeLookup = Callable[[str, str], Json]

_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]+)\}")


class _NoValue:
    """`AWS::NoValue`: the property that holds it disappears."""


NO_VALUE: Final = _NoValue()


class TemplateError(ValueError):
    """The template holds something that the local platform cannot resolve."""

    code = "LOCAL-TEMPLATE"


class Resolver:
    """Turns a template fragment into plain values.

    `ref` and `attribute` answer `Ref` and `Fn::GetAtt`, `imported` answers `Fn::ImportValue`; `conditions`
    and `mappings` are the template's sections of these names.
    """

    def __init__(
        self,
        *,
        ref: Lookup,
        attribute: AttributeLookup,
        imported: Lookup,
        conditions: Mapping[str, Json],
        mappings: Mapping[str, Json],
    ) -> None:
        self._ref = ref
        self._attribute = attribute
        self._imported = imported
        self._conditions = conditions
        self._mappings = mappings

    def resolve(self, node: Json) -> Json:
        """The fragment without intrinsic functions; raises TemplateError for one that is not known."""
        if isinstance(node, list):
            return [value for value in map(self.resolve, node) if value is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref" or name.startswith("Fn::"):
                return self._call(name, argument)
        resolved = {key: self.resolve(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether the named condition of the template holds."""
        return self._truth(self._conditions[name])

    def _call(self, name: str, argument: Json) -> Json:
        function = self._functions().get(name)
        if function is None:
            raise TemplateError(f"the template uses {name}, which the local platform does not know")
        return function(argument)

    def _functions(self) -> Mapping[str, Callable[[Json], Json]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::Join": self._join,
            "Fn::Sub": self._sub,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::If": self._if,
            "Fn::ImportValue": lambda argument: self._imported(self.resolve(argument)),
            "Fn::FindInMap": self._find_in_map,
            "Fn::Base64": lambda argument: base64.b64encode(str(self.resolve(argument)).encode()).decode(),
            "Fn::ToJsonString": lambda argument: json.dumps(self.resolve(argument)),
            "Fn::GetAZs": lambda _argument: ["a", "b", "c"],
        }

    def _get_att(self, argument: Json) -> Json:
        logical_id, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
        return self._attribute(logical_id, self.resolve(attribute))

    def _join(self, argument: Json) -> str:
        separator, parts = argument
        return str(separator).join(str(part) for part in self.resolve(parts))

    def _select(self, argument: Json) -> Json:
        index, values = argument
        return self.resolve(values)[int(self.resolve(index))]

    def _split(self, argument: Json) -> list[str]:
        separator, text = argument
        return str(self.resolve(text)).split(separator)

    def _if(self, argument: Json) -> Json:
        name, then, otherwise = argument
        return self.resolve(then if self.condition(name) else otherwise)

    def _find_in_map(self, argument: Json) -> Json:
        table, first, second = (self.resolve(part) for part in argument)
        return self._mappings[table][first][second]

    def _sub(self, argument: Json) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})
        variables = {key: self.resolve(value) for key, value in given.items()}
        return _PLACEHOLDER.sub(lambda match: self._placeholder(match, variables), text)

    def _placeholder(self, match: re.Match[str], variables: Mapping[str, Json]) -> str:
        literal, name = match.groups()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return str(variables[name])
        if "." in name:
            return str(self._attribute(*name.split(".", 1)))
        return str(self._ref(name))

    def _truth(self, node: Json) -> bool:
        [(name, argument)] = node.items()
        if name == "Fn::Equals":
            left, right = (self.resolve(side) for side in argument)
            return bool(left == right)
        if name == "Fn::Not":
            return not self._truth(argument[0])
        if name in {"Fn::And", "Fn::Or"}:
            return (all if name == "Fn::And" else any)(self._truth(part) for part in argument)
        if name == "Condition":
            return self.condition(argument)
        raise TemplateError(f"the template uses the condition {name}, which the local platform does not know")
