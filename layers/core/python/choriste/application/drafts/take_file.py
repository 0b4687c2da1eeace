"""The one door for a file that a person brings: pages become a draft to be checked, data are deposited."""

from __future__ import annotations

from dataclasses import replace

from choriste.application.deposits.receive_deposit import Receipt, receive_deposit
from choriste.application.drafts.draft_from_pdf import draft_from_pdf
from choriste.application.drafts.ports import DraftPorts
from choriste.domain.access.principal import Principal
from choriste.domain.deposits.flow import Channel
from choriste.domain.deposits.named_parties import NamedParties
from choriste.domain.drafts.draft import Draft
from choriste.domain.shared.errors import BadRequestError
from choriste.formats.magic import pdf_offset, picture_name
from choriste.i18n.catalogue import message


def take_file(  # noqa: PLR0913 - a deposit is these facts
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
    parties: NamedParties,
    anyway: bool = False,
) -> Draft | Receipt:
    """Begin a draft from a PDF without data or from a picture of a page; deposit anything else.

    The draft keeps the parties that were named; `anyway` takes a page that another company seems to have
    issued. Raises what `draft_from_pdf` and `receive_deposit` raise.
    """
    if pdf_offset(content) is not None or picture_name(content) is not None:
        draft = _draft(
            ports, principal, structure=structure, filename=filename, content=content, anyway=anyway
        )
        if draft is not None:
            return _with_parties(ports, draft, parties)
    return receive_deposit(
        ports,
        principal,
        structure=structure,
        filename=filename,
        content=content,
        channel=Channel.CONSOLE,
        parties=parties,
    )


def _draft(  # noqa: PLR0913 - as above
    ports: DraftPorts,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
    anyway: bool,
) -> Draft | None:
    """Return a draft of what the pages say, None for a file that holds the data themselves."""
    try:
        draft, _ = draft_from_pdf(
            ports, principal, structure=structure, filename=filename, content=content, anyway=anyway
        )
    except BadRequestError as error:
        if any(finding.message == message("drafts", "holds-data") for finding in error.findings):
            return None
        raise
    return draft


def _with_parties(ports: DraftPorts, draft: Draft, parties: NamedParties) -> Draft:
    if parties == NamedParties():
        return draft
    named = replace(draft, version=draft.version + 1, parties=parties)
    ports.drafts.save(named, expected_version=draft.version)
    return named
