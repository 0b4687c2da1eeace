from __future__ import annotations

from decimal import Decimal

import pytest

from choriste.rules.findings.causes.slips import Slip, slip_between


@pytest.mark.parametrize(
    ("written", "right", "slip"),
    [
        ("-100.00", "100.00", Slip.SIGN),
        ("1000.00", "100.00", Slip.SHIFT),
        ("12.35", "9234.56", None),
        ("12.35", "123.47", Slip.SHIFT),
        ("1729.18", "1792.18", Slip.SWAP),
        ("91792.18", "1792.18", Slip.DIGIT),
        ("1793.18", "1792.18", Slip.DIGIT),
        ("179.18", "1792.18", Slip.DIGIT),
        ("1792.19", "1792.18", Slip.ROUNDING),
        ("500.00", "1792.18", Slip.COPY),
        ("777.00", "1792.18", None),
    ],
)
def test_a_wrong_amount_is_known_by_its_slip(written: str, right: str, slip: Slip | None) -> None:
    assert slip_between(Decimal(written), Decimal(right), others={Decimal("500.00")}) == slip
