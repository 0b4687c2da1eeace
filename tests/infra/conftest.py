from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.topology import synthesise


@dataclass(frozen=True)
class Template:
    """The synthesised CloudFormation template."""

    body: dict[str, Any]

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.body["Resources"]
        return found

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of every resource of a type, by logical id."""
        return {
            logical_id: resource.get("Properties", {})
            for logical_id, resource in self.resources.items()
            if resource["Type"] == kind
        }

    def each(self, *kinds: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for kind in kinds:
            found = self.of_type(kind)
            assert found, kind
            yield from found.items()


@pytest.fixture(scope="session")
def template() -> Template:
    """One synthesis for all tests: it takes some ten seconds."""
    return Template(synthesise())
