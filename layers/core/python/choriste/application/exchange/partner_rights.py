"""What a partner may do now: by its own rights, and by the mandates that its structure holds."""

from __future__ import annotations

from choriste.application.access.mandated import with_mandates
from choriste.application.exchange.ports import ExchangePorts
from choriste.domain.access.principal import Principal
from choriste.domain.exchange.partner import Partner


def principal_of_partner(ports: ExchangePorts, partner: Partner) -> Principal:
    """Return who acts in a partner's files, with the mandates in force now."""
    return with_mandates(partner.principal, accounts=ports.accounts, at=ports.clock.now())
