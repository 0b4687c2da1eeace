"""Give a billing mandate to another structure, and keep the signed one with it."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass, replace
from typing import Final

from choriste.application.access.policy import require_fresh_factor, require_give_mandates
from choriste.application.deposits.deposited_file import clean_filename, mime_type_of
from choriste.application.invoices.attach_file import check_attachment
from choriste.application.parties.ports import MandatePorts
from choriste.application.parties.read_mandates import own_side, read_mandate
from choriste.application.parties.write_mandate import save_step
from choriste.application.shared.ports import Bucket
from choriste.domain.access.errors import StaleRecordError
from choriste.domain.access.principal import Principal
from choriste.domain.members.act import ActKind
from choriste.domain.parties.form import Faults, Form
from choriste.domain.parties.mandate import (
    MOST_FILES,
    Mandate,
    MandateFile,
    MandateState,
    MandateStep,
    terms_of,
)
from choriste.domain.parties.structure import Structure, StructureIdentifier
from choriste.domain.sandbox.world import same_world
from choriste.domain.shared.errors import NotFoundError
from choriste.domain.shared.field_faults import field_error

MOST_A_DAY: Final = 3
"""Mandates to one holder within a day: giving and ending are no way to fill a stranger's mailbox."""

_TURN: Final = dt.timedelta(minutes=1)
"""Longer than a request lasts."""


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A file to keep with a mandate: the name its sender gave it, and its bytes."""

    filename: str
    content: bytes


def begin_mandate(ports: MandatePorts, principal: Principal, structure_id: str) -> Structure:
    """Return the structure to whoever may give a mandate for it now, before anything is typed.

    Raises `ForbiddenError`, `FactorNeededError` or `NotFoundError`.
    """
    require_give_mandates(principal, structure_id)
    require_fresh_factor(principal, now=ports.clock.now())
    structure = ports.directory.structure(structure_id)
    if structure is None:
        raise NotFoundError(kind="structure", id=structure_id)
    return structure


def give_mandate(
    ports: MandatePorts,
    principal: Principal,
    structure_id: str,
    form: Form,
    *,
    signed: SignedFile | None = None,
) -> Mandate:
    """Propose a mandate to the structure whose SIRET is in the field `holder`, and tell its administrators.

    The other fields are those of `terms_of`. Raises what `begin_mandate` raises, `StaleRecordError` when
    another was given to the same holder at this moment, and `FieldsInvalidError` for a holder that is
    unknown, closed, the giver itself, has an open mandate of the giver already, or was given `MOST_A_DAY`
    within a day.
    """
    giver, now = begin_mandate(ports, principal, structure_id), ports.clock.now()
    faults = Faults()
    holder = _holder(ports, giver, form.get("holder", ""), faults)
    terms = terms_of(form, faults, today=now.date())
    faults.refuse_any()
    mandate = Mandate(
        id=f"{now:%Y%m%d%H%M%S}{secrets.token_hex(4).upper()}",
        giver=giver.id,
        giver_name=giver.name,
        holder=holder.id,
        holder_name=holder.name,
        scopes=terms.scopes,
        since=terms.since,
        until=terms.until,
        version=0,
    )
    _claim_turn(ports, mandate)
    kept = _kept(ports, mandate, signed) if signed is not None else None
    step = MandateStep(
        at=now,
        by=principal.id,
        by_name=principal.name,
        side=giver.id,
        state=MandateState.PROPOSED,
        file=kept.name if kept is not None else None,
    )
    given = replace(mandate.stepped(step), files=(kept,) if kept is not None else ())
    return save_step(ports, principal, given, ActKind.MANDATE_GIVEN, tell=holder)


def attach_to_mandate(
    ports: MandatePorts, principal: Principal, structure_id: str, mandate_id: str, signed: SignedFile
) -> Mandate:
    """Keep a file with an open mandate; each side may. The same file again changes nothing.

    Raises `ForbiddenError`, `NotFoundError`, `StaleRecordError` when it is over, `TooLargeError`, or
    `BadRequestError` for a kind of file that is not taken, a name that is, or more than twenty files.
    """
    require_give_mandates(principal, structure_id)
    mandate, now = read_mandate(ports, principal, structure_id, mandate_id), ports.clock.now()
    standing = mandate.standing(now.date())
    if not standing.is_open:
        raise StaleRecordError(kind="mandate", id=mandate.id)
    file = _file(mandate, signed)
    if file in mandate.files:
        return mandate
    if len(mandate.files) >= MOST_FILES:
        raise field_error("file", "MANDATE-FILES", limit=MOST_FILES)
    if any(known.name == file.name for known in mandate.files):
        raise field_error("file", "FILE-NAME-TAKEN", found=file.name)
    _kept(ports, mandate, signed)
    side = own_side(mandate, structure_id)
    step = MandateStep(at=now, by=principal.id, by_name=principal.name, side=side, file=file.name)
    changed = replace(mandate.stepped(step), files=(*mandate.files, file))
    return save_step(ports, principal, changed, ActKind.MANDATE_FILE_ADDED)


def _holder(ports: MandatePorts, giver: Structure, text: str, faults: Faults) -> Structure:
    """Return whom a mandate is given to; the giver itself where nobody else can be, with the fault."""
    digits, today = "".join(text.split()), ports.clock.now().date()
    holder = ports.directory.structure_by_identifier(StructureIdentifier.siret(digits))
    if holder is None or not same_world(giver.id, holder.id):
        faults.mark("holder", "MANDATE-HOLDER-UNKNOWN", found=text.strip()[:40])
        return giver
    if holder.id == giver.id:
        faults.mark("holder", "MANDATE-HOLDER-SELF")
    elif not holder.active:
        faults.mark("holder", "MANDATE-HOLDER-CLOSED", found=holder.name)
    else:
        known = _between(ports, giver.id, holder.id)
        since = ports.clock.now() - dt.timedelta(days=1)
        if any(each.standing(today).is_open for each in known):
            faults.mark("holder", "MANDATE-OPEN", found=holder.name)
        elif sum(each.steps[0].at > since for each in known) >= MOST_A_DAY:
            faults.mark("holder", "MANDATE-TOO-OFTEN", found=holder.name, limit=MOST_A_DAY)
    return holder


def _between(ports: MandatePorts, giver: str, holder: str) -> list[Mandate]:
    return [each for each in ports.mandates.of(giver) if each.sides == (giver, holder)]


def _claim_turn(ports: MandatePorts, mandate: Mandate) -> None:
    """Let one of those win that are given at once: each is the next after as many as it knows of."""
    turn = len(_between(ports, *mandate.sides))
    key, until = f"mandate#{mandate.giver}#{mandate.holder}#{turn}", ports.clock.now() + _TURN
    if ports.idempotency.put_if_absent(key, mandate.id, until=until) != mandate.id:
        raise StaleRecordError(kind="mandate", id=mandate.id)


def _file(mandate: Mandate, signed: SignedFile) -> MandateFile:
    name, digest = clean_filename(signed.filename), hashlib.sha256(signed.content).hexdigest()
    if not signed.content:
        raise field_error("file", "FILE-EMPTY")
    check_attachment(name, size=len(signed.content), category=None)
    return MandateFile(
        name=name,
        key=f"mandates/{mandate.id}/{digest[:16]}/{name}",
        size=len(signed.content),
        sha256=digest,
        mime_type=mime_type_of(name),
    )


def _kept(ports: MandatePorts, mandate: Mandate, signed: SignedFile) -> MandateFile:
    """Put a file into the archive, which keeps it for ten years, and return what the mandate says of it."""
    file = _file(mandate, signed)
    ports.files.put(Bucket.ARCHIVE, file.key, signed.content, mime_type=file.mime_type)
    return file
