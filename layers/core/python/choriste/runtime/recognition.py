"""Where text is recognised on pictures: in a function of its own, on this machine, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from choriste.documents.read.recognition.engine import is_installed
from choriste.runtime import aws
from choriste.runtime.settings import settings

if TYPE_CHECKING:
    from choriste.documents.read.recognition.reading import Recogniser


def reads_pictures() -> bool:
    """Say whether text is recognised on pictures here."""
    return is_installed() or bool(settings().recognition_function)


def recogniser() -> Recogniser | None:
    """Return what recognises text here, None where the optional layer is missing."""
    name = settings().recognition_function
    if name:
        from choriste.adapters.aws.lambda_.recogniser import LambdaRecogniser  # noqa: PLC0415 - only where asked

        return LambdaRecogniser(aws.functions(), function=name)
    if not is_installed():
        return None
    from choriste.documents.read.recognition.here import HereRecogniser  # noqa: PLC0415 - only where installed

    return HereRecogniser()
