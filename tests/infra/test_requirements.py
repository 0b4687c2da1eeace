from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.bundles import ROOT
from infra.catalogue import FUNCTIONS, PACKAGES, LayerName
from infra.requirements import LOCK, NotLockedError, both_locks, layer_requirements, locked

A_LOCK = """\
lxml==6.1.0 \\
    --hash=sha256:{b} \\
    --hash=sha256:{a}
    # via choriste (pyproject.toml)
Jinja2[i18n]==3.1.6 \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


def test_lock_is_read_with_its_hashes_in_order() -> None:
    entries = locked(A_LOCK)

    assert entries["lxml"] == f"lxml==6.1.0 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}"
    assert entries["jinja2"].startswith("jinja2==3.1.6 ")


def test_layer_that_needs_what_the_lock_lacks_is_refused() -> None:
    with pytest.raises(NotLockedError, match="boto3"):
        layer_requirements(locked(A_LOCK))


def test_requirement_files_are_those_of_the_lock() -> None:
    for layer, text in layer_requirements(both_locks()).items():
        path = ROOT / "layers" / layer / "requirements.txt"

        assert path.read_text(encoding="utf-8") == text, "run python -m infra.requirements"


def test_every_dependency_is_in_exactly_one_layer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = sorted(Requirement(line).name for line in project["dependencies"])

    placed = sorted(name for names in PACKAGES.values() for name in names)

    assert placed == declared


def test_layers_share_no_package() -> None:
    texts = layer_requirements(both_locks())
    pinned = {
        layer: {line.partition("==")[0] for line in text.splitlines() if "==" in line}
        for layer, text in texts.items()
    }

    assert pinned[LayerName.BASE].isdisjoint(pinned[LayerName.DOCUMENTS])
    assert Path(LOCK).name == "requirements.lock"


def test_no_function_stands_on_the_official_engine() -> None:
    assert all(LayerName.REFERENCE not in spec.layers for spec in FUNCTIONS)

    pinned = layer_requirements(both_locks())
    assert [layer for layer, text in pinned.items() if "saxonche==" in text] == [LayerName.REFERENCE]
