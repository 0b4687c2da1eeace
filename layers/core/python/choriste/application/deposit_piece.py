"""Deposit a piece: a file whose other parties, or preceding pieces, the depositor names beside it.

The file itself is received as any other; what was named stays on its flow, where the integration reads it.
"""

from __future__ import annotations

import hashlib

from choriste.application.ports import Shelf, Workshop
from choriste.application.receive_deposit import (
    MAX_FILE_BYTES,
    Receipt,
    clean_filename,
    mime_type_of,
    open_flow,
    register_flow,
)
from choriste.domain.designation import Designations
from choriste.domain.errors import TooLargeError
from choriste.domain.flow import Channel, Flow
from choriste.domain.identity.principal import Principal
from choriste.domain.identity.user import Level, Space
from choriste.domain.ids import new_flow_id


def deposit_piece(  # noqa: PLR0913 - a deposit is these facts
    shop: Workshop,
    principal: Principal,
    *,
    structure: str,
    filename: str,
    content: bytes,
    channel: Channel,
    parties: Designations,
) -> Receipt:
    """Keep a deposited file with the parties named for it, and start its integration.

    Raises `ForbiddenError` if the principal may not issue for `structure`, `TooLargeError` over 100 MB.
    """
    principal.require(Space.ISSUE, Level.MODIFY, structure=structure)
    name, size, now = clean_filename(filename), len(content), shop.clock.now()
    if size > MAX_FILE_BYTES:
        raise TooLargeError(size=size, limit=MAX_FILE_BYTES)
    wanted = Flow(
        id=new_flow_id(now),
        channel=channel,
        depositor=structure,
        account=principal.id,
        filename=name,
        size=size,
        sha256=hashlib.sha256(content).hexdigest(),
        key="",
        received_at=now,
        state_at=now,
        parties=parties,
    )
    flow, is_new = register_flow(shop, wanted)
    if flow.documents is None:
        shop.files.put(Shelf.ARCHIVE, flow.key, content, mime_type=mime_type_of(name))
        flow = open_flow(shop, flow, content)
    return Receipt(flow=flow, is_new=is_new)
