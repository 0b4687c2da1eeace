"""The environment of a function: what is missing is named, and stops the function before any request."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest

from choriste.local.platform.topology import load_topology
from choriste.runtime.settings import MissingSettingError, Settings, setting_names
from infra.catalogue import FUNCTIONS

WHOLE = {name.upper(): f"the {name}" for name in setting_names()}


def test_settings_are_the_variables_of_their_names() -> None:
    found = Settings.of(WHOLE)

    assert found.core_table == "the core_table"
    assert found.base_url == "the base_url"


@pytest.mark.parametrize("without", [{"CORE_TABLE": ""}, {"CORE_TABLE": "", "BASE_URL": ""}])
def test_missing_and_empty_variables_are_named(without: Mapping[str, str]) -> None:
    given = {name: value for name, value in WHOLE.items() if name != "AUDIT_TABLE"}

    with pytest.raises(MissingSettingError) as refusal:
        Settings.of({**given, **without})

    assert set(refusal.value.names) == {"AUDIT_TABLE", *without}
    assert "AUDIT_TABLE" in str(refusal.value)


def test_template_gives_every_function_all_settings() -> None:
    topology = load_topology(None, url="http://127.0.0.1:8080")
    ours = [one for one in topology.of_kind("AWS::Lambda::Function") if ".handler" in str(one.properties)]

    given = [Settings.of(function.properties["Environment"]["Variables"]) for function in ours]

    assert len(given) == len(FUNCTIONS)
    assert {settings.core_table for settings in given} == {"choriste-core"}


@pytest.mark.slow
@pytest.mark.parametrize("function", [spec.name for spec in FUNCTIONS])
def test_function_without_a_table_name_does_not_start(function: str) -> None:
    given = {name: value for name, value in {**os.environ, **WHOLE}.items() if name != "CORE_TABLE"}

    done = subprocess.run(  # noqa: S603 - our own handler
        [sys.executable, "-c", f"import functions.{function}.handler"],
        env={**given, "PYTHONPATH": os.pathsep.join(sys.path), "AWS_DEFAULT_REGION": "eu-west-3"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert done.stderr.strip().endswith(
        "MissingSettingError: missing in the environment of this function: CORE_TABLE"
    )
