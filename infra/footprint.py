"""What importing each handler loads: `python -m infra.footprint` prints it, a test holds it to `MAY_LOAD`.

A cold start pays for every module that the handler's import brings in. Heavy modules are those that cost
more than some ten milliseconds or megabytes; a function may load only those of its row, and whatever else
it needs on some paths it imports there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from choriste.runtime.settings import setting_names
from infra.bundles import ROOT
from infra.catalogue import FUNCTIONS

HEAVY = frozenset(
    {
        "aws_lambda_powertools",
        "boto3",
        "cryptography",
        "facturx",
        "jinja2",
        "lxml",
        "pikepdf",
        "pydantic",
        "pyhanko",
        "pyotp",
        "pypdf",
        "pypdfium2",
        "requests",
        "saxonche",
        "segno",
        "typst",
    }
)

_AWS = frozenset({"aws_lambda_powertools", "boto3", "pydantic"})
MAY_LOAD: Mapping[str, frozenset[str]] = {
    "api": _AWS | {"lxml"},  # it names the advice that the rules give
    "console": _AWS | {"jinja2", "pyotp"},
    "chorus": _AWS | {"lxml"},  # pivots are written and deposited data read there
    "inbox": _AWS,
    "opening": _AWS,
    "admission": _AWS,
    "intake_validate": _AWS | {"lxml"},
    "intake_deliver": _AWS,
    "exchange": _AWS | {"lxml"},  # deposited data is read there
    "documents": _AWS | {"lxml", "pikepdf", "typst"},
    "approval": _AWS,
    "notification": _AWS,
    "daily": _AWS,
    "registry": _AWS,
    "publisher": _AWS,
    "sweeper": _AWS,
}

_PROBE = """\
import importlib, json, resource, sys, time
start = time.process_time()
importlib.import_module(sys.argv[1])
seconds = time.process_time() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
names = sorted({name.partition(".")[0] for name in sys.modules})
json.dump({"names": names, "count": len(sys.modules), "ms": seconds * 1000, "kib": peak}, sys.stdout)
"""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What one handler's import loaded: heavy modules, number of modules, CPU milliseconds, peak MiB."""

    function: str
    heavy: frozenset[str]
    modules: int
    milliseconds: float
    mebibytes: float


def measure(function: str) -> Footprint:
    """Import a handler in a fresh interpreter; raises `CalledProcessError` when it cannot be imported."""
    paths = os.pathsep.join([str(ROOT / "layers/core/python"), str(ROOT)])
    settings = {name.upper(): "none" for name in setting_names()}
    environment = {**os.environ, **settings, "PYTHONPATH": paths, "AWS_DEFAULT_REGION": "eu-west-3"}
    command = [sys.executable, "-c", _PROBE, f"functions.{function}.handler"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - our own handler
    found = json.loads(done.stdout)
    return Footprint(
        function=function,
        heavy=HEAVY & frozenset(found["names"]),
        modules=found["count"],
        milliseconds=found["ms"],
        mebibytes=found["kib"] / 1024,
    )


def main() -> int:
    """Print the footprint of every function."""
    sys.stdout.write(f"{'function':<14}{'modules':>8}{'ms':>7}{'MiB':>6}  heavy modules\n")
    for spec in FUNCTIONS:
        found = measure(spec.name)
        heavy = " ".join(sorted(found.heavy))
        sys.stdout.write(
            f"{spec.name:<14}{found.modules:>8}{found.milliseconds:>7.0f}{found.mebibytes:>6.0f}  {heavy}\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
