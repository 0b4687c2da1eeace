"""The roles in which an actor moves an invoice. A right (`habilitation`) opens a role; this room does not."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The hat an actor wears for one invoice; the value is the wire code of our API."""

    SUPPLIER = "SUPPLIER"
    """Issues the invoice: supplier, contractor, co-contractor or subcontractor."""
    VALIDATOR_1 = "VALIDATOR_1"
    """Validates first: the contractor, or the co-contractor of a second-rank subcontractor."""
    VALIDATOR_2 = "VALIDATOR_2"
    """Validates after a co-contractor: the lead contractor (*mandataire*)."""
    MOE = "MOE"
    """Project manager (*maîtrise d'œuvre*)."""
    MOA = "MOA"
    """Contracting authority (*maîtrise d'ouvrage*)."""
    RECIPIENT = "RECIPIENT"
    """The recipient's finance service."""
    PLATFORM = "PLATFORM"
    """The platform's own machines."""
    CLOCK = "CLOCK"
    """The passing of a legal deadline, applied by the sweeper."""
    OPERATOR = "OPERATOR"
    """The operator, who resumes what a machine left standing."""

    @property
    def is_person(self) -> bool:
        """Whether somebody outside the platform acts in this role."""
        return self not in {Role.PLATFORM, Role.CLOCK, Role.OPERATOR}
