"""The sample invoices of a first start: stories that are played behind a platform which is ready already.

They are deposited and treated by HTTP and S3 as the sample structures' own programs would do it; nothing is
stored for them in any other way. They are played once: a start on kept data brings none, also when the one
before it was stopped half-way.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

from choriste.local.scenarios.model import Scenario, first_run
from choriste.local.scenarios.play import Player

_BROUGHT: Final = """\
The sample invoices are there after {seconds:.1f} s: {deposited} deposited, {refused} of them refused with \
a report, and {drafts} draft.
  received by  {recipients}
  sent by      {suppliers}
"""
_FAILED: Final = "A sample invoice did not arrive as described ({story}): {error}"
_CUT_SHORT: Final = "Stopped while the sample invoices were coming; on kept data they do not come again."


class FirstRun:
    """Brings the sample invoices in a thread of its own, until all are there or `stop` is called.

    `credentials` is the file that `seed` wrote, `today` the date that the invoices are dated from; `say`
    gets what the terminal shall show, at the end or when something went wrong.
    """

    def __init__(self, credentials: Path, *, today: dt.date, say: Callable[[str], None]) -> None:
        self._stories = first_run(today)
        self._say = say
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._play, name="first-run", daemon=True)
        self._accounts = json.loads(credentials.read_text(encoding="utf-8"))
        self._player = Player(
            credentials=self._accounts,
            credentials_file=credentials,
            advance=_never,
            say=lambda _: self._pause(0),
            pause=self._pause,
        )

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def join(self) -> None:
        """Wait until all that comes is there."""
        self._thread.join()

    def stop(self) -> None:
        """End after the request that is under way; harmless when nothing runs."""
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _pause(self, seconds: float) -> None:
        if self._stopped.wait(seconds):
            raise _StoppedError

    def _play(self) -> None:
        started = time.monotonic()
        try:
            played = [story for story in self._stories if self._told(story)]
        except _StoppedError:
            self._say(_CUT_SHORT)
            return
        self._say(self._summary(played, seconds=time.monotonic() - started))

    def _told(self, story: Scenario) -> bool:
        """Play a story, and return whether it went as it says: one that did not never spoils the others."""
        try:
            self._player.play(story)
        except _StoppedError:
            raise
        except Exception as error:  # noqa: BLE001 - the platform keeps running when a sample fails
            self._say(_FAILED.format(story=story.name, error=str(error) or type(error).__name__))
            return False
        return True

    def _summary(self, played: Iterable[Scenario], *, seconds: float) -> str:
        documents = [document for report in self._player.reports for document in report["documents"]]
        return _BROUGHT.format(
            seconds=seconds,
            deposited=len(documents),
            refused=sum(document["outcome"] == "refused" for document in documents),
            drafts=sum(step.draft is not None for story in played for step in story.steps),
            recipients=self._emails("recipient"),
            suppliers=self._emails("supplier"),
        )

    def _emails(self, role: str) -> str:
        users: list[dict[str, Any]] = self._accounts["users"]
        return ", ".join(user["email"] for user in users if role in user["role"])


class _StoppedError(Exception):
    """The platform is being stopped."""


def _never(days: float) -> None:
    raise ValueError(f"a first run does not move the clock ({days:g} days)")
