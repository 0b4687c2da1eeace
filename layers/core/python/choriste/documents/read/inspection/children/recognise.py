"""Child: print the strips of text of the pictures on standard input, as JSON.

The pictures come as a JSON list of BASE64; the answer is a list of their strips, null for a picture that
there was no time left for.
"""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import base64  # noqa: E402 - the limits come first
import json  # noqa: E402 - the limits come first
import time  # noqa: E402 - the limits come first

from choriste.documents.read.recognition.engine import recognise  # noqa: E402 - the limits come first

SECONDS = float(sys.argv[3])
"""By the wall clock: no picture is begun that would go beyond, were it as slow as the slowest so far."""


def main() -> None:
    """Read, recognise, print."""
    until, slowest = time.monotonic() + SECONDS, 0.0
    pages: list[list[object] | None] = []
    for picture in json.load(sys.stdin):
        begun = time.monotonic()
        if begun + slowest > until:
            pages.append(None)
            continue
        pages.append([strip.as_json() for strip in recognise(base64.b64decode(picture))])
        slowest = max(slowest, time.monotonic() - begun)
    json.dump(pages, sys.stdout)


if __name__ == "__main__":
    main()
