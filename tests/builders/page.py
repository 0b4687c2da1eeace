"""A page of the console as its reader meets it: words, links, buttons and fields, found by structure."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import html


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page. What is found comes in the order of the page, with white space folded."""

    tree: html.HtmlElement

    @classmethod
    def of(cls, text: str) -> Page:
        """Parse the text of a page."""
        return cls(html.document_fromstring(text))

    def found(self, path: str) -> list[str]:
        """Return the texts of the elements, or the attributes, at an XPath."""
        found = self.tree.xpath(path)
        assert isinstance(found, list), path
        return [_folded(one if isinstance(one, str) else one.text_content()) for one in found]

    def has(self, path: str) -> bool:
        """Whether something is at an XPath."""
        return bool(self.tree.xpath(path))

    @property
    def words(self) -> str:
        """All that can be read, without marks."""
        return _folded(self.tree.text_content())

    @property
    def language(self) -> str:
        """The language that the page declares."""
        return str(self.tree.get("lang", ""))

    @property
    def alert(self) -> str:
        """The words of the alert, empty without one."""
        return " ".join(self.found("//*[@role='alert']"))

    @property
    def csrf(self) -> str:
        """The token that forms carry against forgery, empty without a form."""
        return next(iter(self.found("//input[@name='csrf']/@value")), "")

    @property
    def next(self) -> str:
        """The address of what follows in a list, empty at its end."""
        return next(iter(self.found("//a[@rel='next']/@href")), "")

    @property
    def invoices(self) -> list[str]:
        """The numbers of the invoices listed."""
        return self.found("//a[starts-with(@href, '/invoices/') and starts-with(., 'F-')]")

    @property
    def actions(self) -> list[str]:
        """What the reader may do to the invoice: the values of the buttons, then of the hidden fields."""
        buttons = self.found("//button[@type='submit' and @name='action']/@value")
        return buttons + self.found("//input[@type='hidden' and @name='action']/@value")

    def value(self, field: str) -> str:
        """Return what a field holds: the text of an input or a text area, the option chosen in a list."""
        held = self.found(
            f"//input[@name='{field}']/@value | //textarea[@name='{field}']"
            f" | //select[@name='{field}']/option[@selected]/@value"
        )
        return next(iter(held), "")

    def links(self, part: str) -> list[str]:
        """Return the addresses of the links that contain a text."""
        return self.found(f"//a[contains(@href, '{part}')]/@href")


def _folded(text: str) -> str:
    return " ".join(text.split())
