"""`choriste local`: the whole platform on this machine, until it is stopped."""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from choriste.cli.files import complain
from choriste.local.platform.settings import HIGHEST_PORT, LocalSettingError, is_port, wanted_endpoints

if TYPE_CHECKING:
    from choriste.local.platform.process import Platform
    from choriste.local.platform.settings import Endpoints

READY = """
Choriste is ready after {seconds:.1f} s.

  Console   {url}
            e-mail {email}, password {password}
            second factor: add the secret {totp_secret} to an authenticator app, or ask for a code:
            .venv/bin/python -c "import pyotp; print(pyotp.TOTP('{totp_secret}').now())"
  API       {url}/v1 (token: {url}/api/oauth/token)
  AWS API   {aws_url} (inbox: s3://{bucket}/{prefix})
  Mailbox   {url}/local/mailbox

All accounts and secrets: {credentials}
Stop with Ctrl-C.
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep everything in this folder between starts"
    )
    parser.add_argument("--port", type=_port, help="port of console and API (default: CHORISTE_PORT or 8080)")
    parser.add_argument(
        "--aws-port", type=_port, help="port of the AWS API (default: CHORISTE_AWS_PORT or 4566)"
    )
    parser.add_argument(
        "--no-samples",
        action="store_true",
        help="bring no sample invoices at a first start (the sample companies and users are there)",
    )
    parser.epilog = """Examples:
  choriste local                                    in memory, with sample invoices
  choriste local --data my-platform                 kept in a folder; sample invoices at its first start
  choriste local --data my-platform --no-samples    kept in a folder, without any invoice"""
    parser.set_defaults(run=run)


def _port(text: str) -> int:
    if not is_port(text):
        raise argparse.ArgumentTypeError(f"{text} is not a port number (0 to {HIGHEST_PORT})")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Start the platform, say how to use it, and wait to be stopped; 2 when a port cannot be understood."""
    try:
        endpoints = wanted_endpoints(options.port, options.aws_port)
    except LocalSettingError as error:
        complain(str(error))
        return 2
    return _serve(options, endpoints)


def _serve(options: argparse.Namespace, endpoints: Endpoints) -> int:
    from choriste.local.data.seed import Addresses, is_seeded, seed  # noqa: PLC0415
    from choriste.local.platform.process import Platform  # noqa: PLC0415 - seconds of imports that --help must not pay

    started = time.monotonic()
    fresh = not is_seeded(options.data)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())

    def on_ready(platform: Platform) -> None:
        addresses = Addresses(base_url=platform.url, aws_endpoint=platform.aws_url)
        _announce(seed(addresses, kept_in=options.data), seconds=time.monotonic() - started)

    with ExitStack() as running:
        platform = Platform(options.data, port=endpoints.port, aws_port=endpoints.aws_port)
        running.callback(platform.start(on_ready=on_ready).stop)
        if fresh and not options.no_samples:
            running.callback(_bring_samples(platform))
        stop.wait()
    return 0


def _bring_samples(platform: Platform) -> Callable[[], None]:
    """Let the sample invoices come behind the running platform, and return what ends that."""
    from choriste.local.data.first_run import FirstRun  # noqa: PLC0415 - as above
    from choriste.local.data.seed import CREDENTIALS  # noqa: PLC0415

    samples = FirstRun(CREDENTIALS, today=platform.clock.now().date(), say=partial(print, flush=True))
    samples.start()
    return samples.stop


def _announce(credentials: Path, *, seconds: float) -> None:
    found = json.loads(credentials.read_text(encoding="utf-8"))
    user = found["users"][0]
    print(
        READY.format(
            seconds=seconds,
            url=found["base_url"],
            aws_url=found["aws_endpoint"],
            email=user["email"],
            password=user["password"],
            totp_secret=user["totp_secret"],
            bucket=found["inbox"]["bucket"],
            prefix=found["inbox"]["prefix"],
            credentials=credentials,
        ),
        flush=True,
    )
