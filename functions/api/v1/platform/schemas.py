"""What the API says of itself."""

from __future__ import annotations

from typing import Literal

from functions.api.http.models import Answer, Moment


class Health(Answer):
    """That the API answers, with the platform's time."""

    status: Literal["up"]
    time: Moment
