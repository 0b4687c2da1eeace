"""How records of older schemas become those of the next: pure functions from plain JSON to plain JSON.

They are frozen: none may look at a model, since models change and what is stored does not. Schema 1 left out
each field that had its default; `schema_1.json` keeps those defaults, by part of a record.
"""

from __future__ import annotations

import datetime as dt
import json
from base64 import urlsafe_b64encode
from copy import deepcopy
from functools import cache, partial
from importlib.resources import files
from typing import Any

from choriste.adapters.aws.dynamodb.records.formats import Plain, Upcaster


def with_defaults_of_schema_1(kind: str) -> Upcaster:
    """Return the upcaster from schema 1 to 2: the fields that were left out are filled in."""
    return partial(_completed, part=kind)


def draft_of_schema_1(draft: Plain) -> Plain:
    """Return a draft of schema 2: complete, and the content of attachments in base64 instead of UTF-8."""
    complete = _completed(draft, part="draft")
    invoice = complete["invoice"]
    documents = [
        {**document, "content": _base64(document["content"])} for document in invoice["supporting_documents"]
    ]
    return {**complete, "invoice": {**invoice, "supporting_documents": documents}}


def draft_of_schema_2(draft: Plain) -> Plain:
    """Return a draft of schema 3, which keeps what the pages said that it began from."""
    return {**draft, "read": None}


def with_causes(record: Plain) -> Plain:
    """Return a flow or a document of schema 3: each finding tells of which it is a consequence; none was."""
    findings = [{**finding, "consequence_of": None} for finding in record["findings"]]
    return {**record, "findings": findings}


def without_editions(document: Plain) -> Plain:
    """Return a document of schema 4: nobody had kept yet which editions of the rules judged it."""
    return {**document, "judged_by": []}


def technical_account_of_schema_2(account: Plain) -> Plain:
    """Return a technical account of schema 3: nobody was warned of its expiry yet."""
    return {**account, "warned": None}


def api_client_of_schema_2(client: Plain) -> Plain:
    """Return an API client of schema 3: one that was not active had been revoked, as none was suspended."""
    return {**client, "revoked": not client["active"]}


def user_of_schema_2(user: Plain) -> Plain:
    """Return a user of schema 3: memberships may be suspended, and none was before."""
    return {**user, "memberships": [{**each, "active": True} for each in user["memberships"]]}


def user_of_schema_3(user: Plain) -> Plain:
    """Return a user of schema 4: nobody had an address for notices apart from the login address."""
    return {**user, "contact": None}


def link_of_schema_1(link: Plain) -> Plain:
    """Return a link of schema 2: none confirmed an address yet."""
    return {**link, "address": None}


def credentials_of_schema_2(credentials: Plain) -> Plain:
    """Return credentials of schema 3: no recovery codes, no security keys, the first version."""
    return {**credentials, "recovery_codes": [], "security_keys": [], "version": 1}


def structure_of_schema_2(structure: Plain) -> Plain:
    """Return a structure of schema 3: a whole address, a contact, and what the registry said of it."""
    plain = {name: value for name, value in structure.items() if name != "city"}
    city = structure["city"]
    nowhere = dict.fromkeys(("line1", "line2", "line3", "postcode", "subdivision"))
    settings = {"is_moa": False, "is_moa_only": False, "issues": True, "receives": True}
    service = {"description": None, "since": None, "until": None}
    return {
        **plain,
        "settings": {**structure["settings"], **settings},
        "services": [{**known, **service} for known in structure["services"]],
        "address": {**nowhere, "city": city, "country": "FR"} if city is not None else None,
        "contact": {"email": None, "telephone": None},
        "closing": None,
        "registry": {
            "verified_at": None,
            "closed_on": None,
            "warned_at": None,
            "undisclosed": False,
            "check_at": None,
        },
    }


def session_of_schema_1(session: Plain) -> Plain:
    """Return a session of schema 2: one that was signed in proved its second factor when it began.

    Schema 1 gave a session that awaited its code ten minutes in all, a signed-in one eight hours.
    """
    signed_in = session["stage"] == "signed_in"
    lifetime = dt.timedelta(hours=8) if signed_in else dt.timedelta(minutes=10)
    began = (dt.datetime.fromisoformat(session["ends_at"]) - lifetime).isoformat()
    later = {"browser": "", "challenge": None, "challenge_until": None}
    return {**session, "started_at": began, "factor_at": began if signed_in else None, **later}


def session_of_schema_2(session: Plain) -> Plain:
    """Return a session of schema 3: no organisation had signed anybody in."""
    return {**session, "organisation": None, "id_token": None}


def unchanged(content: Plain) -> Plain:
    """Return the content as it is: the schema only became explicit, or took in a new value of a code."""
    return content


def not_fetched(invoice: Plain) -> Plain:
    """Return an invoice of schema 2: nobody had noted yet who fetched it or dealt with its rejection."""
    return {**invoice, "downloaded": False, "rejection_closed": False}


def without_payment_day(invoice: Plain) -> Plain:
    """Return an invoice of schema 3: the day when it asks to be paid was not kept with its head."""
    return {**invoice, "payment_due": None}


def without_operators_word(sign_in: Plain) -> Plain:
    """Return an organisation's sign-in of schema 1: who saved it last was not kept with it."""
    return {**sign_in, "by_operator": False}


def _base64(text: str | None) -> str | None:
    return urlsafe_b64encode(text.encode()).decode() if text is not None else None


def _completed(value: Any, *, part: str) -> Any:  # noqa: ANN401 - an object, a list of such, or null
    """Return a part of a record, or each of a list, with the fields that schema 1 left out."""
    if isinstance(value, list):
        return [_completed(one, part=part) for one in value]
    if value is None:
        return None
    known = _schema_1()[part]
    complete = {**deepcopy(known.get("omitted", {})), **value}
    parts = known.get("parts", {})
    completed = {name: _completed(complete[name], part=parts[name]) for name in parts if name in complete}
    return {**complete, **completed}


@cache
def _schema_1() -> dict[str, Any]:
    text = (files(__package__) / "schema_1.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
