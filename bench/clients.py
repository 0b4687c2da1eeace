"""Clients in a process of their own: `python -m bench.clients CREDENTIALS PREFIX COUNT CLIENTS`.

They make the invoices, say `ready`, wait for a line, deposit by the API and print the flows as JSON. In the
platform's process they would wait for its interpreter, and it for theirs.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from choriste.adapters.rest.client import Client
from choriste.formats.invoice.cii import write_cii
from choriste.local.scenarios.files import invoice_of

_READY = "ready\n"


def deposit(client: Client, content: bytes) -> str:
    """Deposit one CII invoice and return its flow."""
    answer = client.call("/v1/deposits?filename=bench.xml", data=content, content_type="application/xml")
    return str(answer["flow_id"])


def contents(prefix: str, count: int) -> list[bytes]:
    """Return so many invoices, numbered from `PREFIX-0` on."""
    return [write_cii(invoice_of({"number": f"{prefix}-{n}"})) for n in range(count)]


def main() -> int:
    """Deposit once a line says so."""
    credentials, prefix, count, clients = sys.argv[1:]
    client, files = Client.from_file(Path(credentials)), contents(prefix, int(count))
    print(_READY, end="", flush=True)
    sys.stdin.readline()
    with ThreadPoolExecutor(int(clients)) as pool:
        flows = list(pool.map(lambda content: deposit(client, content), files))
    print(json.dumps(flows), flush=True)
    return 0


@contextmanager
def waiting_clients(
    credentials: Path, *, prefix: str, count: int, clients: int
) -> Iterator[subprocess.Popen[str]]:
    """Start the process and wait until it is ready."""
    arguments = [str(credentials), prefix, str(count), str(clients)]
    command = [sys.executable, "-m", "bench.clients", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - this module
        if process.stdout is None or process.stdout.readline() != _READY:
            raise ChildProcessError("the clients could not sign in")
        yield process


if __name__ == "__main__":
    sys.exit(main())
