"""What the limits leave to an attacker, measured on the use cases."""

from __future__ import annotations

from tests.simulations.brute_force import simulate


def test_attacker_needs_more_than_ten_million_tries() -> None:
    found = simulate()

    assert found.passwords_a_day <= 5 * 24
    assert found.codes == 20
    assert found.tries > 1e7
    assert found.years > 1_000
