"""The file exchange from outside: partners by the API, files by S3 with the credentials that it gives."""

from __future__ import annotations

from typing import Any

import pytest

from bench.exchange import measure
from tests.builders.platform_here import PlatformHere

pytestmark = pytest.mark.slow

INVOICES = 5


def test_flow_of_many_goes_round_both_systems_once(here: PlatformHere) -> None:
    platform, credentials = here.platform, dict(here.credentials)

    counted: dict[str, Any] = measure(platform.url, platform.aws_url, credentials, invoices=INVOICES, quiet=2)

    assert counted["files after the replay that were not there before"] == 0
    assert counted["distinct invoices in pivots"] == INVOICES
    assert counted["pivots with the Factur-X"] == counted["recipient"]["FEN0036A"] == INVOICES + 1
    assert {name: counted["supplier"][name] for name in ("CSO1106A 90", "CSO1106A 92")} == {
        "CSO1106A 90": 1,
        "CSO1106A 92": 1,
    }
    assert counted["recipient"]["FEN1201A 12"] == counted["supplier"]["FEN1201A 06"] == 1
