"""Child: look into the PDF on standard input and print what `inspection.look.as_json` gives."""

from __future__ import annotations

import resource
import signal
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
signal.setitimer(signal.ITIMER_PROF, float(sys.argv[2]))  # its signal ends the process

import json  # noqa: E402 - the limits come first

from choriste.documents.read.inspection.look import as_json, measured_look  # noqa: E402 - the limits come first

if __name__ == "__main__":
    json.dump(as_json(measured_look(sys.stdin.buffer.read())), sys.stdout)
