"""The parts of the console that need no page: forms, times, texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

import functions.console
from choriste.application.invoices.criteria import Side
from choriste.application.members.change_address import AddressKind
from choriste.documents.read.prefill.model import FieldName
from choriste.domain.access.user import Level, Space
from choriste.domain.deposits.advice import Kind as AdviceKind
from choriste.domain.deposits.flow import Channel, FlowState, Outcome
from choriste.domain.invoice.kept import Kept
from choriste.domain.lifecycle import TRANSITIONS, Frame
from choriste.domain.members.act import ActKind
from choriste.domain.members.member import MemberState
from choriste.domain.members.request import RequestState
from choriste.domain.members.transfer import TransferState
from choriste.domain.parties.mandate import MandateState, Scope, Standing
from choriste.domain.parties.structure import ClosingReason, IdentifierKind, StructureKind
from choriste.domain.printouts.printout import PrintoutKind
from choriste.domain.sandbox.sandbox import SandboxPart
from choriste.domain.sandbox.world import Mode
from choriste.domain.tracking.head import FileKind
from functions.console.developers.apis import APIS
from functions.console.drafts.form import DATE_FIELDS, LINE_FIELDS, MOST_LINES, TEXT_FIELDS, TYPES
from functions.console.invoices.list_filter import FURTHER
from functions.console.invoices.list_filter import TABS as QUEUE_TABS
from functions.console.invoices.list_views import COLUMNS
from functions.console.invoices.page import TABS
from functions.console.invoices.views import action
from functions.console.parties.views import OPERATORS, SETTINGS
from functions.console.sign_up.pages import FIELDS as SIGN_UP_FIELDS
from functions.console.web.forms import MOST_FIELDS, Form, Upload, read_form
from functions.console.web.party_fields import PARTY_FIELDS
from tests.derived.texts import codes

ROOM = Path(functions.console.__file__).parent


def multipart(*parts: bytes, edge: bytes = b"edge") -> bytes:
    return b"".join(b"--" + edge + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + edge + b"--\r\n"


def field(name: str, value: bytes, *, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    return f'Content-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + value


def test_form_reads_fields_and_files() -> None:
    body = multipart(
        field("a", "é".encode()), field("f", b"\x00\r\n\xff", filename="x.pdf"), field("a", b"2")
    )

    form = read_form(body, content_type='multipart/form-data; boundary="edge"')

    assert form == Form({"a": "2"}, {"f": Upload("x.pdf", b"\x00\r\n\xff")})


def test_form_leaves_out_a_file_that_was_not_chosen() -> None:
    body = multipart(field("f", b"", filename=""))

    assert read_form(body, content_type="multipart/form-data; boundary=edge") == Form()


WHOLE = multipart(field("a", b"1"), field("f", b"x" * 70_000, filename="x.pdf"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (WHOLE, "multipart/form-data"),
        (WHOLE, "multipart/form-data; boundary="),
        (WHOLE, "multipart/form-data; boundary=another"),
        (WHOLE, 'multipart/form-data; boundary="e\ndge"'),
        (WHOLE[:-8], "multipart/form-data; boundary=edge"),
        (WHOLE[:-70_000], "multipart/form-data; boundary=edge"),
        (WHOLE.replace(b"\r\n", b"\n"), "multipart/form-data; boundary=edge"),
        (multipart(field("a", b"1"), b"no disposition\r\n\r\nx"), "multipart/form-data; boundary=edge"),
        (
            multipart(field("a", b"1"), b'Content-Disposition: x; name="y"\r\n\r\n'),
            "multipart/form-data; boundary=edge",
        ),
        (
            multipart(field("a", b"1"), b"Content-Disposition: form-data\r\n\r\n"),
            "multipart/form-data; boundary=edge",
        ),
        (multipart(field("a", b"1"), b"X: " + b"y" * 5_000), "multipart/form-data; boundary=edge"),
        (multipart(*[field("a", b"1")] * (MOST_FIELDS + 1)), "multipart/form-data; boundary=edge"),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), "application/x-www-form-urlencoded"),
    ],
)
def test_form_that_is_malformed_or_overlong_is_empty_as_a_whole(body: bytes, content_type: str) -> None:
    assert read_form(body, content_type=content_type) == Form()


def test_form_reads_text_in_utf8_whatever_a_part_claims() -> None:
    headers = b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=hex'
    part = headers + b"\r\n\r\n\xc3\xa9\xff"

    form = read_form(multipart(part), content_type="multipart/form-data; boundary=edge")

    assert form.fields == {"a": "é\ufffd"}


def test_form_of_the_longest_draft_is_read_whole() -> None:
    names = [f"line-{row}-{name}" for row in range(1, MOST_LINES + 1) for name in (*LINE_FIELDS, "id")]
    names += [*TEXT_FIELDS, *DATE_FIELDS, *PARTY_FIELDS, "csrf"]

    form = read_form(
        urlencode(dict.fromkeys(names, "é")).encode(), content_type="application/x-www-form-urlencoded"
    )

    assert form.fields == dict.fromkeys(names, "é")


def test_form_keeps_quotes_in_file_names() -> None:
    body = multipart(field("f", b"x", filename="a%22b.xml"))

    assert read_form(body, content_type="multipart/form-data; boundary=edge").files["f"].filename == 'a"b.xml'


@given(st.binary(), st.text(alphabet=st.characters(codec="utf-8", exclude_characters='"\\\r\n%'), min_size=1))
def test_form_returns_any_file_byte_for_byte(content: bytes, filename: str) -> None:
    edge = b"9f86d081884c7d659a2feaa0c55ad015"
    body = multipart(field("f", content, filename=filename), edge=edge)

    form = read_form(body, content_type=f"multipart/form-data; boundary={edge.decode()}")

    assert form.files["f"] == Upload(filename, content)


@given(st.binary(), st.text())
def test_form_survives_anything(body: bytes, content_type: str) -> None:
    assert isinstance(read_form(body[:2000], content_type=content_type), Form)


def test_urlencoded_form_keeps_blanks_and_accents() -> None:
    form = read_form(b"a=&b=%C3%A9+1&b=2", content_type="application/x-www-form-urlencoded")

    assert form.fields == {"a": "", "b": "2"}
    assert form.text("missing") == ""


def _of_members() -> Iterator[str]:
    """Yield the texts that the pages of members join: by enumeration, by column, by step."""
    yield from (f"nav.{each}" for each in ("members", "approvals"))
    yield from (f"members.{each}" for each in ("role.manager", "level.none"))
    yield from (f"members.space.{each}" for each in Space)
    yield from (f"members.level.{each.name.lower()}" for each in Level)
    yield from (f"members.state.{each}" for each in MemberState)
    yield from (
        f"members.{part}.{each}" for part in ("turn", "turn_hint") for each in ("active", "suspended")
    )
    yield from (f"members.column.{each}" for each in ("name", "email", "state", "rights"))
    done = ("rights", "duplicated", "suspended", "reinstated", "invited", "resent", "cancelled")
    yield from (f"members.done.{each}" for each in done)
    yield from (f"history.act.{each}" for each in ActKind)
    yield from (f"history.column.{each}" for each in ("at", "who", "what", "subject", "change"))
    yield from (f"approvals.state.{each}" for each in RequestState)
    yield from (f"approvals.what.{each}" for each in ("join", "more"))
    yield from (f"approvals.done.{each}" for each in ("approved", "refused"))
    columns = ("what", "requester", "structure", "service", "at", "state")
    yield from (f"approvals.column.{each}" for each in columns)
    yield from (f"transfer.state.{each}" for each in TransferState)
    yield from (f"transfer.settles.{each}" for each in ("offered", "proposed", "announced"))
    yield from (f"transfer.step.{each}" for each in ("offer", "propose", "accept", "confirm", "end"))
    yield from (f"transfer.hint.{each}" for each in ("offer", "propose"))
    yield from (f"merger.column.{each}" for each in ("user", "before", "after"))
    yield from ("merger.done", "merger.under_way", "import.tried", "import.done")
    yield from (f"import.column.{each}" for each in ("line", "email", "outcome", "why"))


def _of_structures() -> set[str]:
    settings = (*SETTINGS, *OPERATORS)
    columns = ("name", "identifier", "place", "state", "code", "service", "rule")
    of_accounts = ("label", "iban", "bic", "holder")
    return {
        "nav.structures",
        *(f"structures.kind_of.{kind.value}" for kind in IdentifierKind),
        *(f"structures.kind.{kind.value}" for kind in StructureKind),
        *(f"structures.{part}.{name}" for name in settings for part in ("setting", "setting_hint")),
        *(f"structures.shut.{name}" for name in ("issues", "receives")),
        *(f"structures.{line}" for line in ("line1", "line2", "line3")),
        *(f"structures.notice.{notice}" for notice in ("saved", "closed", "opened", "registered")),
        *(f"structures.reason.{reason}" for reason in ClosingReason if reason != "registry"),
        *(f"structures.column.{column}" for column in (*columns, *of_accounts)),
    }


def _of_partners() -> Iterator[str]:
    """Yield the texts that the pages of the file exchange ask for by parts of their codes."""
    yield from (f"partners.{each}" for each in ("open", "closed", "sent", "waiting"))
    yield from (f"partners.set.{each}" for each in ("pivots", "statuses", "active"))
    yield from (f"partners.file.{each}" for each in ("ack", "report", "statuses", "pivot"))
    columns = ("name", "code", "state", "content", "about", "begun")
    yield from (f"partners.column.{each}" for each in columns)


def _of_developers() -> Iterator[str]:
    """Yield the texts that the pages for developers ask for by parts of their codes."""
    columns = (
        "name",
        "siret",
        "use",
        "number",
        "recipient",
        "status",
        "wait",
        "operation",
        "answer",
        "times",
    )
    yield from (f"developers.column.{each}" for each in columns)
    yield from (f"developers.column.{each}" for each in ("api", "version", "address", "reference"))
    yield from (f"developers.column.{each}" for each in ("day", "change"))
    yield from (f"developers.{part}.{api.name}" for part in ("api", "about") for api in APIS)
    yield from (f"connections.mode.{each}" for each in Mode)
    yield from (f"developers.part.{each}" for each in SandboxPart)
    yield from (f"developers.play.{each}" for each in ("accept", "suspend", "reject", "pay"))


def _of_mandates() -> Iterator[str]:
    columns = ("giver", "holder", "scopes", "period", "files", "state")
    yield from (f"mandates.column.{column}" for column in columns)
    yield from (f"mandates.{part}.{scope}" for scope in Scope for part in ("scope", "scope_short"))
    yield from (f"mandates.standing.{standing}" for standing in Standing)
    yield from (f"mandates.step.{state}" for state in MandateState)


def _of_one_invoice() -> Iterator[str]:
    yield from (f"invoice.tab.{tab}" for tab in TABS)
    yield from (f"invoice.{each}" for each in ("contract", "reference", "assignee", "due_in", "overdue"))
    finals = ("pay", "book", "reject", "refuse-validation", "refuse", "abandon")
    yield from (f"follows.{action}" for action in finals)
    yield from (f"batch.follows.{action}" for action in ("pay", "book", "reject", "refuse-validation"))
    yield from (f"batch.{each}" for each in ("able", "unable", "do", "done", "refused", "all_of"))


def _of_organisations() -> set[str]:
    """Return the texts of the form of an organisation's provider, and of the way there and out."""
    fields = ("issuer", "client_id", "secret", "sirets", "strong")
    return {
        *(f"provider.{each}{part}" for each in fields for part in ("", "_hint")),
        *(f"provider.{each}" for each in ("vouches", "active")),
        *(f"leaving.{way}" for way in ("in", "out")),
    }


def test_every_text_that_pages_ask_for_exists_and_none_is_left_over() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (*ROOM.rglob("*.py"), *ROOM.rglob("*.html"))]
    everything = "\n".join(sources)
    asked = set(re.findall(r"""(?<![.\w])t(?:ext)?\(f?["']([a-z_.\-]+)["']""", everything))
    made = {
        *(f"channel.{each.value}" for each in Channel),
        *(f"flow_state.{each.name.lower()}" for each in FlowState),
        *(f"outcome.{each.value}" for each in Outcome),
        *(f"file.{each.name.lower()}" for each in FileKind),
        *(f"severity.{each}" for each in ("fatal", "warning")),
        *(f"printouts.{each}" for each in PrintoutKind),
        *(
            f"nav.{each}"
            for each in (
                "invoices",
                "drafts",
                "flows",
                "deposit",
                "stuck",
                "connections",
                "developers_sandbox",
            )
        ),
        *_of_members(),
        *_of_structures(),
        *_of_developers(),
        *_of_partners(),
        *_of_mandates(),
        *_of_organisations(),
        *_of_one_invoice(),
        *(f"kept.{part}{each}" for each in Kept for part in ("", "without.")),
        "draft.either",
        *(f"connections.{each}" for each in ("active", "suspended", "valid", "soon", "expired")),
        *(
            f"connections.column.{each}"
            for each in (
                "name",
                "id",
                "state",
                "usage",
                "acts",
                "expires",
                "day",
                "tokens",
                "refusals",
                "cause",
            )
        ),
        *(
            f"deposit.{each}"
            for each in (*PARTY_FIELDS[1:], "validator_hint", "previous_hint", "adjust_hint")
        ),
        *(f"draft.line.{each}" for each in LINE_FIELDS),
        *(f"draft.type.{each}" for each in TYPES),
        *(f"advice.{each}" for each in AdviceKind),
        *(f"read.{each}" for each in (*FieldName, "iban")),
        *(f"stuck.column.{each}" for each in ("item", "since", "state", "why", "resume")),
        *(f"stuck.{each}" for each in ("flow", "invoice", "moved", "started")),
        *(f"invoices.{side}" for side in Side),
        *(f"invoices.caption.{side}" for side in Side),
        *(f"invoices.empty.{side}{part}" for side in Side for part in ("", "_hint")),
        *(f"draft.{each}" for each in ("service_code", *TEXT_FIELDS[6:], *DATE_FIELDS[1:])),
        *(f"invoice.party.{each}" for each in ("validator", "validator2", "moe", "moa")),
        *(f"billing.column.{e}" for e in ("piece", "frame", "asked", "admitted", "state", "turn")),
        *(f"invoices.column.{each}" for each in ("supplier", "recipient", *COLUMNS) if each != "party"),
        *(f"invoices.field.words.{each}" for each in ("supplier", "recipient")),
        *(f"invoices.field.{each}" for each in FURTHER if each != "mine"),
        *(f"invoices.queue.{each}" for each in QUEUE_TABS),
        *(
            f"error.{kind}.{part}"
            for kind in ("missing", "forbidden", "operator", "form", "failed", "return", "link", "busy")
            for part in ("title", "text")
        ),
        *(f"flows.column.{each}" for each in ("file", "received", "channel", "counts", "state")),
        *(f"flows.{each}" for each in ("accepted", "refused")),
        *(f"sign_in.{each}" for each in ("wrong-credentials", "account-locked")),
        *(
            f"{step}.{each}"
            for step in ("code", "mailed_code")
            for each in ("wrong-code", "code-out-of-date", "account-locked")
        ),
        "account.wrong-credentials",
        *(f"addresses.{step}.{kind}" for step in ("new", "confirm") for kind in AddressKind),
        *(f"sign_up.wrong_{each}" for each in SIGN_UP_FIELDS),
        *(f"sign_up.{each}" for each in SIGN_UP_FIELDS),
    }

    known = set(codes("console"))
    quoted = {key for key in known if f'"{key}"' in everything or f"'{key}'" in everything}
    assert {key for key in asked if not key.endswith(".")} - known == set()
    assert made - known == set()
    assert known - quoted - made == set()


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_transition_has_a_button_with_a_name(language: str) -> None:
    for row in TRANSITIONS:
        assert action(row, frame=Frame.A1, language=language).label != row.name
