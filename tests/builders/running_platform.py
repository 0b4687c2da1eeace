"""The platform in a process of its own, as `choriste local` starts it, and other programs that use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from choriste.adapters.rest.client import Client
from choriste.formats.invoice.cii import write_cii
from choriste.local.scenarios.files import invoice_of

Found = TypeVar("Found")

READY_SECONDS = 180
"""The longest start on a machine that is busy with other things; an idle one takes a few seconds."""

_DROPPER = """
import pathlib, sys
import boto3

address, bucket, prefix, folder = sys.argv[1:]
s3 = boto3.client("s3", endpoint_url=address, region_name="eu-west-3",
                  aws_access_key_id="any", aws_secret_access_key="any")
for file in sorted(pathlib.Path(folder).iterdir()):
    s3.put_object(Bucket=bucket, Key=prefix + file.name, Body=file.read_bytes())
    print(file.name, flush=True)
"""


@dataclass(slots=True)
class RunningPlatform:
    """`choriste local` in a folder; `keeps` is whether it has a `--data` folder there.

    Without sample invoices, unless `samples` asks for those of a first start.
    """

    folder: Path
    keeps: bool = False
    samples: bool = False
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        """Start it on free ports, and wait until it says that it is ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log.unlink(missing_ok=True)
        command = [sys.executable, "-m", "choriste.cli.main", "local", "--port", "0", "--aws-port", "0"]
        command += ["--data", str(self.folder / "data")] if self.keeps else []
        command += [] if self.samples else ["--no-samples"]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)  # noqa: S603 - our own command
        eventually(self._is_ready, seconds=READY_SECONDS, what="the platform's start")
        return self

    def kill(self) -> None:
        """End it as a loss of power would: SIGKILL, no warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Ctrl-C does; harmless when it does not run."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        os.kill(process.pid, number)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _is_ready(self) -> bool:
        process = self._process
        if process is None or process.poll() is not None:
            raise RuntimeError(self.log.read_text(encoding="utf-8", errors="replace"))
        return b"Stop with Ctrl-C" in self.log.read_bytes()

    @property
    def log(self) -> Path:
        """What it printed, errors included."""
        return self.folder / "platform.log"

    @property
    def credentials_file(self) -> Path:
        """The file with every account and secret."""
        return self.folder / ".local" / "credentials.json"

    @property
    def credentials(self) -> Mapping[str, Any]:
        """Every account and secret."""
        found: Mapping[str, Any] = json.loads(self.credentials_file.read_text(encoding="utf-8"))
        return found

    def partner(self) -> Client:
        """Sign in as the partner, who may deposit for all the sample suppliers."""
        return Client.from_file(self.credentials_file)

    def client_of(self, structure: str) -> Client:
        """Sign in as a structure's own program."""
        found = self.credentials
        return Client.sign_in(found["base_url"], found["clients"][structure])

    def dropper(self, folder: Path) -> subprocess.Popen[bytes]:
        """Start another process that drops a folder's files in the inbox with plain boto3."""
        found = self.credentials
        inbox = found["inbox"]
        arguments = [found["aws_endpoint"], inbox["bucket"], inbox["prefix"], str(folder)]
        return _program(["-c", _DROPPER, *arguments])

    def depositor(self, folder: Path, *options: str) -> subprocess.Popen[bytes]:
        """Start another process that deposits a folder's files by the API: `choriste deposit`."""
        arguments = ["deposit", "--format", "ndjson", "--timeout", "300", *options]
        arguments += ["--credentials", str(self.credentials_file), str(folder)]
        return _program(["-m", "choriste.cli.main", *arguments])

    def advance(self, *, days: float) -> None:
        """Move the platform's clock."""
        body = json.dumps({"advance_seconds": days * 86_400}).encode()
        self.partner().call("/local/clock", data=body, content_type="application/json")

    def settle(self, *, seconds: float = 600) -> None:
        """Wait until no queue holds work and every flow of the partner has its report."""

        def idle() -> bool:
            queues = self._queues()
            waiting = [q for name, q in queues.items() if "dlq" not in name and any(q.values())]
            return not waiting and all(flow["complete"] for flow in self.flows())

        eventually(idle, seconds=seconds, what="every report", pause=0.5)

    def dead_letters(self) -> Mapping[str, int]:
        """Return how many messages each dead-letter queue holds, those without any left out."""
        return {n: q["ready"] for n, q in self._queues().items() if "dlq" in n and q["ready"]}

    def flows(self) -> list[dict[str, Any]]:
        """Return every flow of the partner, newest first."""
        return list(pages_of(self.partner(), "/v1/deposits?limit=200", "deposits"))

    def received(self, structure: str = "1001") -> list[dict[str, Any]]:
        """Return every invoice that a structure received, newest first."""
        return list(pages_of(self.client_of(structure), "/v1/invoices?side=received&limit=200", "invoices"))

    def _queues(self) -> dict[str, dict[str, int]]:
        queues: dict[str, dict[str, int]] = self.partner().call("/local/queues")["queues"]
        return queues


def pages_of(client: Client, path: str, rows: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a list, page after page."""
    after: str | None = ""
    while after is not None:
        page = client.call(
            path + (f"&after={after.replace('+', '%2B').replace('#', '%23')}" if after else "")
        )
        yield from page[rows]
        after = page["next"]


def write_invoices(folder: Path, prefix: str, count: int) -> list[str]:
    """Write so many valid invoices into a folder, and return their numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [f"{prefix}-{n:05}" for n in range(1, count + 1)]
    for number in numbers:
        (folder / f"{number}.xml").write_bytes(write_cii(invoice_of({"number": number})))
    return numbers


def finished(programs: Sequence[subprocess.Popen[bytes]], *, seconds: float = 600) -> list[str]:
    """Wait for programs to end well, and return what each printed."""
    printed = []
    for program in programs:
        out, err = program.communicate(timeout=seconds)
        if program.returncode not in {0, 1}:
            raise RuntimeError(err.decode())
        printed.append(out.decode())
    return printed


def eventually(look: Callable[[], Found], *, seconds: float, what: str, pause: float = 0.1) -> Found:
    """Look again and again until something is found; raises TimeoutError."""
    ends = time.monotonic() + seconds
    while not (found := look()):
        if time.monotonic() > ends:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        time.sleep(pause)
    return found


def _program(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - our own programs
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
