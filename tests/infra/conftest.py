from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.app import STACK, build_app
from tests.builders.once import once


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
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly that cdk-nag let pass, synthesised once in a run of the tests."""
    return once("assembly", _synthesise, within=tmp_path_factory)


@pytest.fixture(scope="session")
def template(assembly: Path) -> Template:
    return read_template(assembly)


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The template of a deployment to rely on, with every setting given."""
    return read_template(once("production", _synthesise_production, within=tmp_path_factory))


def read_template(assembly: Path) -> Template:
    """Return the template of a cloud assembly."""
    return Template(json.loads((assembly / f"{STACK}.template.json").read_text(encoding="utf-8")))


PRODUCTION = {
    "stage": "production",
    "prefix": "factures",
    "sender": "no-reply@ville-de-lutece.fr",
    "alarm_email": "exploitation@ville-de-lutece.fr",
    "archive_mode": "compliance",
    "consumers": "40",
    "reserved": "25",
    "warm_writes": "12000",
}


def _synthesise(folder: Path) -> None:
    build_app(outdir=folder, checks=True).synth()


def _synthesise_production(folder: Path) -> None:
    build_app(outdir=folder, checks=True, context=PRODUCTION).synth()
