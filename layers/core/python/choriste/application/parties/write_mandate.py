"""How a mandate is stored: with an act in the history of both sides, and a mail to the other one."""

from __future__ import annotations

from typing import Final

from choriste.application.members.history import record_act
from choriste.application.parties.mails import mail_administrators
from choriste.application.parties.ports import MandatePorts
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind, act_of
from choriste.domain.parties.mandate import Mandate
from choriste.domain.parties.structure import Structure

_MAILS: Final = {
    ActKind.MANDATE_GIVEN: "mandate-given",
    ActKind.MANDATE_ACCEPTED: "mandate-accepted",
    ActKind.MANDATE_REFUSED: "mandate-refused",
    ActKind.MANDATE_ENDED: "mandate-ended",
}


def save_step(
    ports: MandatePorts,
    principal: Principal,
    mandate: Mandate,
    kind: ActKind,
    *,
    tell: Structure | None = None,
) -> Mandate:
    """Store a mandate after a step and return it; raises `StaleRecordError` when others were faster.

    `tell` is the side whose administrators are told; nobody where it is None.
    """
    ports.mandates.save(mandate)
    step = mandate.steps[-1]
    texts = {
        "giver": mandate.giver_name,
        "holder": mandate.holder_name,
        "scopes": ", ".join(mandate.scopes),
        "since": mandate.since.isoformat(),
        "until": mandate.until.isoformat() if mandate.until else "",
        "file": step.file or "",
        "reason": step.reason or "",
    }
    for side, other in (
        (mandate.giver, mandate.holder_name),
        (mandate.holder, mandate.giver_name),
    ):
        act = act_of(
            principal,
            kind,
            at=step.at,
            structure=side,
            account=None,
            subject=other,
            after={name: text for name, text in texts.items() if text},
        )
        record_act(act, ports=ports)
    if tell is not None:
        mail_administrators(
            ports,
            tell,
            _MAILS[kind],
            page="/mandates",
            giver=mandate.giver_name,
            holder=mandate.holder_name,
            by=principal.name,
        )
    return mandate
