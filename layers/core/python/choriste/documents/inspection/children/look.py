"""Child: look into the PDF on standard input and print what `inspection.look.as_json` gives."""

from __future__ import annotations

import resource
import sys

resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2])))

import json  # noqa: E402 - the limits come first

from choriste.documents.inspection.look import as_json, look_here  # noqa: E402 - the limits come first

if __name__ == "__main__":
    json.dump(as_json(look_here(sys.stdin.buffer.read())), sys.stdout)
