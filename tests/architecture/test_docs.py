"""The documents: what they name exists, and what the sources cite of them is there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.derived.pages import ROOT

SOURCES: Final = (".py", ".tsv", ".toml", ".html", ".json", ".txt", ".typ", ".yaml", "Makefile")
ROOMS: Final = (ROOT, ROOT / "layers/core/python", ROOT / "layers/core/python/choriste")
"""Where a path in a document may begin."""

OF_ITS_TIME: Final = {"CHANGELOG.md", "docs/adr/0001-rooms.md"}
"""Pages that name what was there before."""

KEPT: Final = ("docs/", "tests/data/", "tests/contract/records/")
"""Folders whose files are no sources of ours to check: pages, and data that is kept as it was."""

_CITED: Final = re.compile(r"\bdocs/[\w./-]+\.md(?:#[\w-]+)?")
_PAGE: Final = re.compile(r"[\w./-]*\b[\w-]+\.md\b")
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
_QUOTED: Final = re.compile(r"`([^`\n]+)`")
_PATH: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)+/?|[\w.-]+/|[\w-]+\.(?:py|tsv|po|toml)")
_OURS: Final = re.compile(
    r"(?:layers|functions|infra|tests|docs|schemas|bench|choriste|local|rules|runtime|domain"
    r"|formats|documents|application(?!/json)|adapters|i18n|cli)/"
)
_HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)


@cache
def tracked() -> tuple[str, ...]:
    """Return the files of the repository, from its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603 -- git, on this folder
    return tuple(name for name in run.stdout.split("\0") if name and (ROOT / name).is_file())


def pages() -> Iterator[str]:
    """Yield the documents that people read."""
    return (name for name in tracked() if name.endswith(".md"))


def sources() -> Iterator[tuple[str, str]]:
    """Yield the sources and their texts."""
    for name in tracked():
        if name.endswith(SOURCES) and not name.startswith(KEPT):
            yield name, (ROOT / name).read_text(encoding="utf-8")


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page, one a heading, as GitHub makes them."""
    headings = _HEADING.findall(page.read_text(encoding="utf-8"))
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def leads_nowhere(target: str, *, base: Path) -> bool:
    """Say whether a path, with or without an anchor, names nothing."""
    name, _, anchor = target.partition("#")
    file = (base / name).resolve()
    return not file.exists() or bool(anchor and anchor not in anchors(file))


def test_what_sources_cite_of_the_documents_is_there() -> None:
    lost = [
        (name, cited)
        for name, text in sources()
        for cited in _CITED.findall(text)
        if leads_nowhere(cited, base=ROOT)
    ]

    assert lost == []


def test_sources_cite_no_document_that_is_not_in_the_repository() -> None:
    ours = {Path(name).name for name in pages()}
    foreign = [
        (name, cited)
        for name, text in sources()
        for cited in _PAGE.findall(text)
        if Path(cited).name not in ours
    ]

    assert foreign == []


@pytest.mark.parametrize("page", sorted(pages()))
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    links = (link for link in _LINK.findall(text) if "://" not in link)
    base = (ROOT / page).parent

    lost = [
        link for link in links if leads_nowhere(link if link[0] != "#" else Path(page).name + link, base=base)
    ]

    assert lost == []


@pytest.mark.parametrize("page", sorted(set(pages()) - OF_ITS_TIME))
def test_paths_that_a_page_names_exist(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = {word for word in _QUOTED.findall(text) if _PATH.fullmatch(word) and _OURS.match(word)}

    lost = [name for name in sorted(named) if not any((room / name).exists() for room in ROOMS)]

    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, ahead = set(), {(ROOT / "README.md").resolve()}
    while ahead:
        page = ahead.pop()
        seen.add(page)
        links = (link.partition("#")[0] for link in _LINK.findall(page.read_text(encoding="utf-8")))
        found = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
        ahead |= {other for other in found if other.is_file()} - seen

    docs = {(ROOT / name).resolve() for name in pages() if name.startswith("docs/")}

    assert docs - seen == set()
