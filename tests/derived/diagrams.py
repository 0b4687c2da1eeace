"""The documentation page of the lifecycle, `docs/lifecycle.md`, written from the table.

One Mermaid diagram per family of frames, then the tables of statuses, transitions, reasons and deadlines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from choriste.domain.codes.edi import edi_code
from choriste.domain.codes.reform import REFORM_REASONS, reform_code, reform_reason
from choriste.domain.lifecycle.deadlines import DEADLINES
from choriste.domain.lifecycle.frames import Frame
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.reasons import REASON_RULES, ReasonCode
from choriste.domain.lifecycle.roles import Role
from choriste.domain.lifecycle.statuses import DRAFTS, ENDED, Status
from choriste.domain.lifecycle.transitions import TRANSITIONS, Guard, Transition
from choriste.domain.lifecycle.turns import turn_of
from tests.derived.artefacts import in_order, shorts
from tests.derived.coverage import UNREACHED
from tests.derived.texts import vocabulary

_ASIDE = frozenset({"abandon", "duplicate", "delete-draft"})


@dataclass(frozen=True, slots=True)
class Family:
    """Frames that one diagram tells: `drawn` is the one whose arrows are shown."""

    title: str
    drawn: Frame
    text: str


FAMILIES = (
    Family("Ordinary invoices (A1, A3, A21, no frame)", Frame.A1, "From the supplier to the recipient."),
    Family("Already paid (A2)", Frame.A2, "Purchase-card invoices: nothing to approve."),
    Family(
        "Subcontractor (A9)",
        Frame.A9,
        "The contractor has 15 days; a second level exists when a co-contractor stands between.",
    ),
    Family("Co-contractor (A12)", Frame.A12, "The lead contractor (*mandataire*) validates."),
    Family(
        "Monthly statement (A4; A10 and A13 after validation)",
        Frame.A4,
        "The project manager has 7 days to answer with its own document.",
    ),
    Family(
        "Final statement (A7; A11 and A14 after validation)",
        Frame.A7,
        "Past 30 days without a general account, the contractor may replace it by an A22.",
    ),
    Family(
        "Works documents of a subcontractor (A10)",
        Frame.A10,
        "Validated like an A9, then handled by the project manager, who may also just forward it.",
    ),
    Family("Documents for the contracting authority (A15, A17, A5)", Frame.A17, "It answers with its own."),
    Family("General account (A20, A18)", Frame.A20, "The contractor signs it by depositing A8."),
    Family("Tacit procedure (A22)", Frame.A22, "10 days of silence make the account final: then A23."),
    Family(
        "Payable works documents (A19, A16, A24, A25; A6, A8, A23 without the request to the supplier)",
        Frame.A19,
        "They land among the payer's received invoices and are treated like ordinary ones.",
    ),
)
"""The diagrams of the page, in order."""


_LINE = (
    Status.MISE_A_DISPOSITION,
    Status.MISE_A_DISPOSITION_MOE,
    Status.MISE_A_DISPOSITION_MOA,
    Status.PRISE_EN_COMPTE_DESTINATAIRE,
    Status.PRISE_EN_COMPTE_MOE,
    Status.PRISE_EN_COMPTE_MOA,
    Status.A_ASSOCIER_FOURNISSEUR,
    Status.A_ASSOCIER_MOE,
    Status.A_ASSOCIER_MOA,
    Status.SERVICE_FAIT,
    Status.MANDATEE,
    Status.MISE_A_DISPOSITION_COMPTABLE,
    Status.COMPTABILISEE,
)
_FORWARD = frozenset({"associate", "certify-service", "mandate", "send-to-accountant", "book", "pay"})


def _drawn_sources(row: Transition) -> list[str]:
    """Return where an arrow starts: for an action possible from many statuses, one on the main line."""
    line = [status.value for status in _LINE if status in row.sources]
    if len(row.sources) < 3 or not line:
        return in_order(row.sources)
    return [line[-1] if row.name in _FORWARD else line[0]]


def diagram(frame: Frame) -> str:
    """Return the Mermaid state diagram of a frame: its main line.

    Giving up and duplicating are left out, and an action possible from three statuses or more is drawn
    from one of them; the table of transitions says all.
    """
    edges: dict[tuple[str, str], list[str]] = {}
    for row in TRANSITIONS:
        if frame in row.frames and row.name not in _ASIDE:
            for source in _drawn_sources(row):
                edges.setdefault((source, row.target.value), []).append(_arrow_text(row))
    beginnings = (*in_order(DRAFTS), Status.DEPOSEE)
    lines = ["stateDiagram-v2", *(f"  [*] --> {status}" for status in beginnings)]
    lines += [f"  {source} --> {target}: {', '.join(texts)}" for (source, target), texts in edges.items()]
    reached = {Status(target) for _, target in edges}
    lines += [f"  {status} --> [*]" for status in in_order(reached & ENDED)]
    return "\n".join(lines)


def _arrow_text(row: Transition) -> str:
    roles = "/".join(sorted(role for role in row.roles if role != "OPERATOR"))
    return f"{row.name} ({roles})" + "".join(f" [{guard}]" for guard in sorted(row.guards))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(head)
    yield f"| {' | '.join(columns)} |"
    yield "|" + "---|" * len(columns)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _status_rows() -> Iterator[list[str]]:
    for status in Status:
        name = label(Kind.STATUS, status)
        kind = "draft" if status in DRAFTS else "end" if status in ENDED else ""
        codes = [reform_code(status, frame=frame) or "" for frame in (Frame.A1, Frame.A9, Frame.A12)]
        yield [f"`{status}`", name.fr, name.en, edi_code(status) or "", *codes, kind]


def _frame_rows() -> Iterator[list[str]]:
    for frame in Frame:
        name = label(Kind.FRAME, frame)
        followers = " ".join(shorts(frame.followers))
        by = " ".join(sorted(frame.depositors))
        to = frame.addressee.value
        yield [frame.short, name.fr, name.en, by, to, followers, "yes" if frame.is_payable else ""]


def _transition_rows() -> Iterator[list[str]]:
    for row in TRANSITIONS:
        yield [
            f"`{row.name}`",
            " ".join(shorts(row.frames)),
            " ".join(in_order(row.sources)),
            row.target.value,
            " ".join(sorted(row.roles)),
            " ".join(sorted(row.guards)),
            row.reason.name,
            row.carries.value,
            row.emits,
            row.mark.value,
        ]


def _reason_rows() -> Iterator[list[str]]:
    for code in ReasonCode:
        name = label(Kind.REASON, code)
        reform = [
            reform_reason(code, status=status, frame=Frame.A1) or "" for status in sorted(REFORM_REASONS)
        ]
        rules = [rule.name for rule in REASON_RULES.values() if code in rule.codes and rule.is_mandatory]
        yield [f"`{code}`", name.fr, name.en, " ".join(rules), *reform]


def _deadline_rows() -> Iterator[list[str]]:
    for row in DEADLINES:
        then = f"`{row.outcome}` by the clock" if row.outcome else f"`{row.opens}` becomes possible"
        name = label(Kind.DEADLINE, row.code).en
        yield [name, " ".join(shorts(row.frames)), " ".join(in_order(row.statuses)), str(row.days), then]


def _turn_rows() -> Iterator[list[str]]:
    for role in (role for role in Role if role.is_person):
        held = [pair for pair in product(Frame, Status) if turn_of(*pair) is role]
        if held:
            frames, statuses = {frame for frame, _ in held}, {status for _, status in held}
            yield [role.value, " ".join(shorts(frames)), " ".join(in_order(statuses))]


def _diagram_lines() -> Iterator[str]:
    for family in FAMILIES:
        yield from (
            f"### {family.title}",
            "",
            family.text,
            "",
            "```mermaid",
            diagram(family.drawn),
            "```",
            "",
        )


def _table_lines() -> Iterator[str]:
    yield from ("## Actions", "")
    yield from _table(
        ("action", "français", "English"),
        ([f"`{name}`", text.fr, text.en] for name, text in vocabulary(Kind.ACTION).items()),
    )
    yield from ("## Transitions", "")
    yield from _table(
        ("action", "frames", "from", "to", "roles", "guards", "reason", "carries", "event", "source"),
        _transition_rows(),
    )
    yield from ("Guards:", "")
    yield from (f"- `{guard}`: {label(Kind.GUARD, guard).en}" for guard in Guard)
    yield from ("", "Sources:", "")
    yield from (f"- `{mark}`: {text.en}" for mark, text in vocabulary(Kind.MARK).items())
    yield from ("", "## Deadlines", "")
    yield from _table(("deadline", "frames", "while", "days", "then"), _deadline_rows())
    yield from ("## Turns", "", _TURNS_TEXT, "")
    yield from _table(("whose decision", "frames", "while"), _turn_rows())
    yield from ("## Reasons", "")
    yield from _table(
        ("code", "français", "English", "taken by", *(f"under {code}" for code in sorted(REFORM_REASONS))),
        _reason_rows(),
    )


_LEGEND = """The diagrams show the main line: an action that is possible from three statuses or more is drawn
from one of them, and `abandon`, `duplicate` and `delete-draft` are left out. [Transitions](#transitions) has
everything, and [paths](lifecycle-paths.md) tells it as stories."""

_TURNS_TEXT = """Each turn is one wait of the approval machine (one task token, two states), from the status
that opens it to the one that leaves it; [waiting](waiting.md) tells what happens when something fails."""

_INTRODUCTION = """# The lifecycle of an invoice

This page is generated from `choriste/domain/lifecycle/transitions.tsv` and its neighbours: change the table,
then run `make docs`. A test fails when the page and the table differ.

An invoice has a *frame* (what kind of document it is), a *status*, and at each moment a set of actors who may
act. Nothing else in the platform decides what may follow what.
"""


def lifecycle_page() -> str:
    """Return the text of `docs/lifecycle.md`."""
    lines = [_INTRODUCTION, "## Diagrams", "", _LEGEND, "", *_diagram_lines()]
    lines += ["## Statuses", "", "Codes: EDI status flow, then the reform's for A1, A9 and A12.", ""]
    head = ("status", "français", "English", "EDI", "A1", "A9", "A12", "")
    lines += [*_table(head, _status_rows()), "Never reached here:", ""]
    lines += [f"- `{status}`: {text.en}" for status, text in UNREACHED.items()]
    lines += ["", "## Frames", ""]
    lines += _table(("frame", "français", "English", "by", "to", "answered by", "payable"), _frame_rows())
    lines += _table_lines()
    return "\n".join(lines).rstrip() + "\n"
