"""What a page says when a use case refused what its form asked for."""

from __future__ import annotations

from choriste.application.shared.problems import problem_text
from choriste.domain.shared.errors import ChoristeError, ForbiddenError, NotFoundError
from choriste.runtime.http import STATUSES


def explained(problem: ChoristeError | None, *, language: str) -> tuple[str | None, int]:
    """Return the sentence for a refusal, None without one, and the HTTP status of the page that shows it.

    What is missing or forbidden has pages of its own: those errors are raised again.
    """
    if problem is None:
        return None, 200
    if isinstance(problem, (NotFoundError, ForbiddenError)):
        raise problem
    said = problem_text(problem.code, problem.parameters)
    return said.detail.in_language(language), int(STATUSES[problem.code])
