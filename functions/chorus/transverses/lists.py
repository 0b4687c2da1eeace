"""The lists of codes that clients fill their forms with; each is made of a table of the platform."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from choriste.domain.lifecycle import Frame, ReasonCode, Role, Status
from choriste.domain.lifecycle.labels import Kind, label
from choriste.domain.lifecycle.reasons import REASON_RULES
from choriste.domain.lifecycle.statuses import DRAFTS
from choriste.domain.lifecycle.transitions import TRANSITIONS
from choriste.domain.parties.structure import IdentifierKind
from choriste.i18n.catalogue import translate
from choriste.i18n.formats import names_of
from functions.chorus.codes import (
    ALL_DEPOSIT_MODES,
    ATTACHMENT_KINDS,
    ATTACHMENT_OBJECTS,
    FLOW_FORMATS,
    LIVE_SYNTAXES,
    RECIPIENT_STATUSES,
    VAT_RATES,
    WORKS_KINDS,
    DemandKind,
    PaymentMode,
    demand_kind,
)
from functions.chorus.operation import Call, Operation, Rows, Tells
from functions.chorus.paging import PAGED, page_field, page_of
from functions.chorus.reading import Field, number, one_of, required, text
from functions.chorus.returns import ROOM, Return

_EXEMPTIONS: Final = (
    "VATEX-FR-FRANCHISE",
    "VATEX-FR-CNWVAT",
    "VATEX-EU-AE",
    "VATEX-EU-IC",
    "VATEX-EU-G",
    "VATEX-EU-O",
    "VATEX-EU-132",
    "VATEX-EU-79-C",
)


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    code: str
    name: str
    value: Any = None


def _listing(  # noqa: PLR0913 - a list is its address, its official name, its fields and its rows
    path: str,
    name: str,
    *,
    listed: str,
    tells: Tells,
    of: Callable[[Call], Iterable[object]],
    asks: dict[str, Field] | None = None,
) -> Operation:
    return Operation(
        path=f"transverses/v1/recuperer/{path}",
        name=name,
        act=lambda call: tuple(of(call)),
        asks=asks or {},
        tells={listed: Rows(lambda found: found, tells)},
    )


def _codes(path: str, name: str, *, listed: str, field: str, codes: Iterable[str]) -> Operation:
    """Return a list of bare codes."""
    known = tuple(codes)
    return _listing(path, name, listed=listed, tells={field: lambda code: code}, of=lambda _: known)


def _entries(codes: Iterable[str], named: Callable[[str], str]) -> list[_Entry]:
    return [_Entry(n, code, named(code)) for n, code in enumerate(codes, start=1)]


def _language(call: Call) -> str:
    """Return the language that a request asks for its names in."""
    return "en" if (call.asked.get("language") or call.language).lower() == "en" else "fr"


def _names(kind: str) -> Callable[[Call], list[_Entry]]:
    def entries(call: Call) -> list[_Entry]:
        names = names_of(kind, _language(call))
        return _entries(names, lambda code: names[code])

    return entries


def _rates(_call: Call) -> list[_Entry]:
    return [_Entry(n, code, f"{rate} %", rate) for n, (code, rate) in enumerate(VAT_RATES.items(), start=1)]


def _exemptions(call: Call) -> list[_Entry]:
    return _entries(_EXEMPTIONS, lambda code: translate(ROOM, f"exemption.{code}", _language(call)))


def _attachments(call: Call) -> list[_Entry]:
    named = _entries(ATTACHMENT_KINDS, lambda code: translate(ROOM, f"attachment.{code}", _language(call)))
    wanted = call.asked.get("object")
    objects = ATTACHMENT_OBJECTS if wanted is None else tuple(o for o in ATTACHMENT_OBJECTS if o == wanted)
    return [_Entry(entry.number, entry.code, entry.name, one) for one in objects for entry in named]


def _frames(call: Call) -> Iterable[Frame]:
    wanted: DemandKind | None = call.asked.get("demand")
    return (frame for frame in Frame if wanted is None or demand_kind(frame) is wanted)


def _statuses(call: Call) -> Iterable[Status]:
    """Return the statuses that a kind of payment request may have: those that steps of its frames lead to."""
    frames = set(_frames(call))
    reached = {row.target for row in TRANSITIONS if row.frames & frames} | DRAFTS
    return (status for status in Status if status in reached)


def _next_statuses(call: Call) -> Iterable[Status]:
    current: Status = call["status"]
    targets = {
        row.target
        for row in TRANSITIONS
        if current in row.sources and Role.RECIPIENT in row.roles and row.target in RECIPIENT_STATUSES
    }
    return (status for status in Status if status in targets)


def _reasons(call: Call) -> list[_Entry]:
    frame: Frame | None = call.asked.get("frame")
    codes = REASON_RULES["refuse-validation"].codes_for(frame or Frame.A9)
    chosen = [code for code in ReasonCode if code in codes]
    return _entries(chosen, lambda code: label(Kind.REASON, code).in_language(_language(call)))


def _kept_nowhere(path: str, name: str, *, listed: str) -> Operation:
    """Return a search of what this platform does not keep: it finds nothing, and says so as searches do."""
    return Operation(
        path=f"transverses/v1/rechercher/{path}",
        name=name,
        act=lambda call: page_of(call, ()),
        asks={"structure": Field("idStructure", number), "paging": page_field("parametresRecherche")},
        tells={listed: Rows(lambda found: found.rows, {}), **PAGED},
        none=Return.NO_RESULT,
    )


_LANGUAGE: Final = {"language": Field("codeLangue", text(10))}
_DEMAND: Final = {"demand": Field("typeDemandePaiement", one_of(DemandKind))}
_works_kinds = tuple(dict.fromkeys(WORKS_KINDS[frame] for frame in Frame if frame in WORKS_KINDS))

LISTS: Final = (
    _codes(
        "formatflux", "recupererFormatFlux", listed="listeFormatFlux", field="formatFlux", codes=FLOW_FORMATS
    ),
    _codes(
        "syntaxeflux",
        "recupererSyntaxeFlux",
        listed="listeSyntaxeFlux",
        field="syntaxeFlux",
        codes=LIVE_SYNTAXES,
    ),
    _codes(
        "modedepot",
        "recupererModesDepot",
        listed="listeModeDepot",
        field="modeDepot",
        codes=ALL_DEPOSIT_MODES,
    ),
    _codes(
        "modereglements",
        "recupererModesReglement",
        listed="listeModePaiement",
        field="modePaiement",
        codes=PaymentMode,
    ),
    _codes(
        "typedp",
        "recupererTypesDemandePaiement",
        listed="listeTypeDemandePaiement",
        field="typeDemandePaiement",
        codes=DemandKind,
    ),
    _codes(
        "typefacturetravaux",
        "recupererTypesFactureTravaux",
        listed="listeTypeFactureTravaux",
        field="typeFactureTravaux",
        codes=_works_kinds,
    ),
    _codes(
        "typeidentifiant/structure",
        "recupererTypesIdentifiantsStructure",
        listed="listeTypeIdentifiant",
        field="typeIdentifiantStructure",
        codes=IdentifierKind,
    ),
    _listing(
        "devises",
        "recupererDevises",
        listed="listeDevises",
        tells={"codeDevise": lambda entry: entry.code, "libelleDevise": lambda entry: entry.name},
        of=_names("currencies"),
        asks=_LANGUAGE,
    ),
    _listing(
        "pays",
        "recupererPays",
        listed="listePays",
        tells={"codePays": lambda entry: entry.code, "libellePays": lambda entry: entry.name},
        of=_names("countries"),
        asks=_LANGUAGE,
    ),
    _listing(
        "tauxtva",
        "recupererTauxTva",
        listed="listeTauxTva",
        tells={
            "codeTauxTva": lambda entry: entry.code,
            "libelleTauxTva": lambda entry: entry.name,
            "valeurTauxTva": lambda entry: entry.value,
        },
        of=_rates,
        asks=_LANGUAGE,
    ),
    _listing(
        "motifs/exonerationtva",
        "recupererMotifsExonerationTva",
        listed="listeMotifsExonerationTva",
        tells={
            "codeMotifExonerationTva": lambda entry: entry.code,
            "libelleMotifExonerationTva": lambda entry: entry.name,
        },
        of=_exemptions,
        asks=_LANGUAGE,
    ),
    _listing(
        "typespj",
        "recupererTypesPieceJointe",
        listed="listeTypePieceJointe",
        tells={
            "idTypePieceJointe": lambda entry: entry.number,
            "codeTypePieceJointe": lambda entry: entry.code,
            "libelleTypePieceJointe": lambda entry: entry.name,
            "typeObjet": lambda entry: entry.value,
        },
        of=_attachments,
        asks={**_LANGUAGE, "object": Field("typeObjet", text(50))},
    ),
    _listing(
        "cadrefacturation",
        "recupererCadresFacturation",
        listed="listeCadreFacturation",
        tells={"codeCadreFacturation": lambda frame: frame},
        of=_frames,
        asks=_DEMAND,
    ),
    _listing(
        "etat/typedp",
        "recupererEtatParTypeDemandePaiement",
        listed="listeEtatDemandePaiement",
        tells={"etatDemandePaiement": lambda status: status},
        of=_statuses,
        asks=_DEMAND,
    ),
    _listing(
        "etats/traitement",
        "recupererEtatsPossiblesPourTraitement",
        listed="listeStatutsPossiblesPourTraitement",
        tells={"statutPossiblePourTraitement": lambda status: status},
        of=_next_statuses,
        asks={"status": required("statutCourant", one_of(Status))},
    ),
    _listing(
        "motifs/refus/Facture/AValider",
        "recupererMotifsRefusFactureAValider",
        listed="listeMotifRefusFactureAValider",
        tells={
            "idMotif": lambda entry: entry.number,
            "codeMotif": lambda entry: entry.code,
            "libelleMotif": lambda entry: entry.name,
        },
        of=_reasons,
        asks={"frame": Field("codeCadreFacturationAValider", one_of(Frame))},
    ),
    # neither support requests nor documents of structures and accounts are kept here
    _kept_nowhere(
        "categorieSollicitation", "rechercherCategorieSollicitation", listed="listeCategorieSollicitation"
    ),
    _kept_nowhere(
        "sousCategorieSollicitation",
        "rechercherSousCategorieSollicitation",
        listed="listeSousCategorieSollicitation",
    ),
    _kept_nowhere("pj/structure", "rechercherPieceJointeSurStructure", listed="listePieceJointe"),
    _kept_nowhere("pj/moncompte", "rechercherPieceJointeSurMonCompte", listed="listePieceJointe"),
)
