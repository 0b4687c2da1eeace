"""Functions started as Lambda starts them: from bundle and layers alone, by the official runtime client.

The child runs the base interpreter without site-packages. As on Lambda, `PYTHONPATH` names the runtime
client only, and the bootstrap puts the function and `/opt/python` on the path: a child process that a
function starts finds nothing of it by luck.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import sys
import sysconfig
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.catalogue import FunctionSpec
from tests.builders import aws_calls

RUNTIME_CLIENT = ("awslambdaric", "simplejson", "snapshot_restore_py.py")
BOOTSTRAP = """\
import sys
sys.path[:0] = {paths!r}
import aws_calls
aws_calls.record_to({calls!r})
from awslambdaric.__main__ import main
main(["bootstrap", sys.argv[1]])
"""
EPOCH_FAR_AWAY_MS = "4102444800000"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a function answered: its result, or its error, the rights that its calls needed, its output."""

    result: Any
    error: Mapping[str, Any] | None
    rights: frozenset[aws_calls.Right]
    output: str


class Unpacked:
    """The zips of a build, unpacked once for all functions: each in its own folder, as below `/opt`."""

    def __init__(self, build: Path, into: Path) -> None:
        self._into = into
        for archive in sorted(build.glob("*/*.zip")):
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(into / archive.parent.name / archive.stem)
        self.runtime = into / "runtime"
        self.runtime.mkdir()
        packages = Path(sysconfig.get_path("platlib"))
        for name in RUNTIME_CLIENT:
            source = packages / name
            if source.is_dir():
                shutil.copytree(source, self.runtime / name)
            else:
                shutil.copy(source, self.runtime / name)
        shutil.copy(aws_calls.__file__, self.runtime / "aws_calls.py")
        for extension in packages.glob("runtime_client*.so"):
            shutil.copy(extension, self.runtime / extension.name)

    def task(self, spec: FunctionSpec) -> Path:
        """The folder of a function, `/var/task` on Lambda."""
        return self._into / "functions" / spec.name

    def search_path(self, spec: FunctionSpec) -> list[str]:
        """The function first, then its layers."""
        layers = [self._into / "layers" / layer / "python" for layer in spec.layers]
        return [str(self.task(spec)), *map(str, layers)]


class RuntimeApi(ThreadingHTTPServer):
    """A Lambda Runtime API for one function: hands out events, takes in answers."""

    daemon_threads = True

    def __init__(self, function: str) -> None:
        self.function = function
        self.events: queue.Queue[bytes] = queue.Queue()
        self.answers: queue.Queue[tuple[str, bytes]] = queue.Queue()
        super().__init__(("127.0.0.1", 0), _Exchange)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        """Host and port, as AWS_LAMBDA_RUNTIME_API has them."""
        return f"127.0.0.1:{self.server_port}"


class _Exchange(BaseHTTPRequestHandler):
    server: RuntimeApi

    def do_GET(self) -> None:
        event = self.server.events.get()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "00000000-0000-4000-8000-000000000001")
        self.send_header("Lambda-Runtime-Deadline-Ms", EPOCH_FAR_AWAY_MS)
        arn = f"arn:aws:lambda:eu-west-3:123456789012:function:{self.server.function}"
        self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(event)))
        self.end_headers()
        self.wfile.write(event)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.put((self.path.rsplit("/", 1)[-1], body))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        return


class LambdaProcess:
    """One running function; use it as a context manager."""

    def __init__(self, spec: FunctionSpec, unpacked: Unpacked, *, environment: Mapping[str, str]) -> None:
        self._name = f"choriste-{spec.name}"
        self._api = RuntimeApi(self._name)
        self._log = unpacked.runtime.parent / f"{spec.name}.log"
        bootstrap = unpacked.runtime / f"bootstrap_{spec.name}.py"
        self._calls = unpacked.runtime.parent / f"{spec.name}.calls"
        text = BOOTSTRAP.format(paths=unpacked.search_path(spec), calls=str(self._calls))
        bootstrap.write_text(text, encoding="utf-8")
        self._command = [_base_python(), "-S", str(bootstrap), spec.handler]
        self._cwd = unpacked.task(spec)
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(unpacked.runtime),
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "LAMBDA_TASK_ROOT": str(self._cwd),
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_LAMBDA_FUNCTION_NAME": self._name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(spec.memory),
            "_HANDLER": spec.handler,
            **environment,
        }

    def __enter__(self) -> Self:
        self._output = self._log.open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - the interpreter on a bundle of this repository
            self._command, cwd=self._cwd, env=self._environment, stdout=self._output, stderr=subprocess.STDOUT
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._output.close()
        self._api.shutdown()
        self._api.server_close()

    def invoke(self, event: object, *, timeout: float = 120) -> Answer:
        """Hand out one event and wait for its answer, `timeout` seconds at most."""
        self._api.events.put(json.dumps(event).encode())
        try:
            kind, body = self._api.answers.get(timeout=timeout)
        except queue.Empty:
            kind, body = "silence", b'{"errorType": "Silence"}'
        answered = json.loads(body)
        failed = kind != "response"
        return Answer(
            result=None if failed else answered,
            error=answered if failed else None,
            rights=aws_calls.recorded_in(self._calls),
            output=self._log.read_text(encoding="utf-8", errors="replace"),
        )


def _base_python() -> str:
    """The interpreter that the virtual environment was made from."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(Path(sys.base_prefix) / "bin" / version)
