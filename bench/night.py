"""The worst night, simulated: `python -m bench.night` writes `docs/operate/night.md`.

A hundred thousand invoices arrive within an hour in archives of 500, while people and programs go on. It is
played event by event: each function needs a free execution of its account, each write room in the table;
what finds none waits as the code does (the machine's retries, the client's). Times are those that `make cost`
counted on the local platform, made longer for Lambda's processors; limits are those that AWS publishes. It
shows what waits, how long, and whether waiting becomes an incident.
"""

from __future__ import annotations

import heapq
import itertools
import json
import math
import random
import tomllib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from choriste.application.deposits.admit_documents import PORTION
from choriste.application.operations.resume_overdue import AGAIN, BLOCKED_AFTER
from infra.catalogue import BY_NAME

PAGE: Final = Path("docs/operate/night.md")
INPUTS: Final = Path(__file__).with_name("night.toml")
PRICES: Final = Path(__file__).with_name("prices.toml")
MACHINE: Final = Path("infra/machines/intake.asl.json")

ARCHIVES, MEMBERS, HOUR = 200, 500, 3600
PAUSE: Final = 0.25  # between two looks of the admission (functions/admission)
WAIT_AGAIN: Final = 1.0  # what a refused client waits before it tries again


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An AWS account and the settings it is deployed with; `writes` is what its table takes a second."""

    name: str
    executions: int
    consumers: int
    intake_at_once: int
    reserved: int
    writes: int
    requests: float
    mails: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What happens besides: an archive that kills its function, a table that takes less for half an hour."""

    name: str
    is_poisoned: bool = False
    throttled_writes: int | None = None


@dataclass(slots=True)
class Outcome:
    """What a night came to; times in seconds."""

    deepest: int = 0
    last_report: float = 0.0
    latencies: list[float] = field(default_factory=list)
    put_off: int = 0
    throttles: int = 0
    incidents: int = 0
    dead_letters: int = 0
    admission_seconds: float = 0.0
    opening_seconds: float = 0.0

    def percentile(self, share: float) -> float:
        """Return the time that this share of the requests stays within."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, math.floor(share * len(ordered)))]


@dataclass(frozen=True, slots=True)
class _Portion:
    arrived: float
    waiting: int


@dataclass(slots=True)
class _Document:
    arrived: float
    began: float
    step: int = 0
    attempt: int = 0
    is_settled: bool = False


class Simulation:
    """One night in one account."""

    def __init__(self, account: Account, night: Night, times: dict[str, float], *, seed: int = 12) -> None:
        self._account, self._night, self._times = account, night, times
        self._random = random.Random(seed)  # noqa: S311 - a simulation
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.now = 0.0
        kept = 3 * account.reserved
        self._free = account.executions - kept
        self._kept = account.reserved
        self._openings: deque[tuple[float, bool]] = deque()
        self._portions: deque[_Portion] = deque()
        self._backlog_at = 0.0
        self._opening, self._admitting = account.consumers, account.consumers
        self._written, self._second = 0.0, 0
        self._left = ARCHIVES * MEMBERS
        self.outcome = Outcome()
        machine = json.loads(MACHINE.read_text(encoding="utf-8"))
        retry = machine["States"]["ValidateDocument"]["Retry"][0]
        self._machine = machine["TimeoutSeconds"]
        self._tries, self._longest = retry["MaxAttempts"], retry["MaxDelaySeconds"]

    def run(self) -> Outcome:
        """Play the night until the last report is complete."""
        for n in range(ARCHIVES):
            poison = self._night.is_poisoned and n == ARCHIVES // 2
            self._at(n * HOUR / ARCHIVES, partial(self._arrive, is_poison=poison))
        self._at(0.0, self._request)
        while self._events and self._left:
            self.now, _, event = heapq.heappop(self._events)
            event()
        return self.outcome

    def _at(self, moment: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (moment, next(self._order), event))

    def _after(self, seconds: float, event: Callable[[], None]) -> None:
        self._at(self.now + seconds, event)

    def _arrive(self, *, is_poison: bool) -> None:
        if is_poison:
            self._left -= MEMBERS
        self._openings.append((self.now, is_poison))
        self._open()

    def _open(self) -> None:
        """Open archives while a consumer and an execution are free; a throttled mapping asks again."""
        while self._openings and self._opening:
            if not self._free:
                self._after(WAIT_AGAIN, self._open)
                return
            self._opening -= 1
            self._free -= 1
            arrived, is_poison = self._openings.popleft()
            seconds = float(BY_NAME["opening"].timeout) if is_poison else self._times["opening"]
            self.outcome.opening_seconds += seconds
            self._after(seconds, partial(self._opened, arrived, is_poison=is_poison))

    def _opened(self, arrived: float, *, is_poison: bool) -> None:
        self._opening += 1
        self._free += 1
        if is_poison:
            self.outcome.dead_letters = 1  # after its five lives; one person looks, nobody else waits
        else:
            self._portions.extend([_Portion(arrived, PORTION)] * (MEMBERS // PORTION))
            self.outcome.deepest = max(self.outcome.deepest, len(self._portions) * PORTION)
            self._admit()
        self._open()

    def _admit(self) -> None:
        while self._portions and self._admitting:
            if not self._free:
                self._after(WAIT_AGAIN, self._admit)
                return
            self._admitting -= 1
            self._free -= 1
            self._backlog_at = self.now
            self._look(self._portions.popleft(), [], self.now)

    def _look(self, portion: _Portion, inside: list[_Document], begun: float) -> None:
        """Start as many as may be inside, and look again after a pause, as `admit_documents` does."""
        inside = [document for document in inside if not document.is_settled]
        if not portion.waiting and not inside:
            self._close(begun)
            return
        starting = min(portion.waiting, self._account.intake_at_once - len(inside))
        for _ in range(starting):
            document = _Document(portion.arrived, self.now)
            inside.append(document)
            self._step(document)
        left = replace(portion, waiting=portion.waiting - starting)
        if self.now - begun > BY_NAME["admission"].timeout - 20:
            if left.waiting:
                self._portions.append(left)
            self._close(begun)
            return
        self._after(PAUSE, lambda: self._look(left, inside, begun))

    def _close(self, begun: float) -> None:
        self.outcome.admission_seconds += self.now - begun
        self._admitting += 1
        self._free += 1
        self._admit()

    def _step(self, document: _Document) -> None:
        """Take the next step of a document: it needs an execution, and room in the table."""
        name = ("intake_validate", "documents", "intake_deliver")[document.step]
        if not self._free or not self._room(self._times[f"writes {name}"]):
            self._wait(document)
            return
        self._free -= 1
        seconds = self._times[name] * self._random.uniform(0.7, 1.5)
        self._after(seconds, lambda: self._stepped(document))

    def _stepped(self, document: _Document) -> None:
        self._free += 1
        document.attempt = 0
        document.step += 1
        if document.step == 1:
            document.is_settled = True
            self._judge(document)
        if document.step < 3:  # noqa: PLR2004 - the three steps of the machine
            self._step(document)
            return
        self._left -= 1
        self.outcome.last_report = self.now

    def _judge(self, document: _Document) -> None:
        """Count an incident where the sweeper would have marked the flow: late, though nothing waited."""
        late = self.now - document.arrived > BLOCKED_AFTER.total_seconds()
        waited = self.now - self._backlog_at <= BLOCKED_AFTER.total_seconds()
        self.outcome.incidents += late and not waited

    def _wait(self, document: _Document) -> None:
        """Wait as the machine's retry says; what waits longer is taken up by the sweeper."""
        self.outcome.throttles += 1
        document.attempt += 1
        if document.attempt > self._tries or self.now - document.began > self._machine:
            self.outcome.put_off += 1
            document.attempt, document.began = 0, self.now + AGAIN.total_seconds()
            self._at(document.began, lambda: self._step(document))
            return
        longest = min(2.0 ** (document.attempt - 1), self._longest)
        self._after(self._random.uniform(0, longest), lambda: self._step(document))

    def _room(self, units: float) -> bool:
        second = int(self.now)
        if second != self._second:
            self._second, self._written = second, 0.0
        is_throttled = self._night.throttled_writes is not None and HOUR / 2 <= self.now < HOUR
        most = self._night.throttled_writes if is_throttled else self._account.writes
        if most is not None and self._written + units > most:
            return False
        self._written += units
        return True

    def _request(self) -> None:
        self._answer(self.now)
        self._after(self._random.expovariate(self._account.requests), self._request)

    def _answer(self, asked: float) -> None:
        seconds = self._times["api"] * self._random.uniform(0.5, 2)
        if self._kept:
            self._kept -= 1
            self._after(seconds, lambda: self._answered(asked, is_kept=True))
        elif self._free and not self._account.reserved:
            self._free -= 1
            self._after(seconds, lambda: self._answered(asked, is_kept=False))
        else:
            self._after(WAIT_AGAIN, lambda: self._answer(asked))

    def _answered(self, asked: float, *, is_kept: bool) -> None:
        if is_kept:
            self._kept += 1
        else:
            self._free += 1
        self.outcome.latencies.append(self.now - asked)


def dollars(outcome: Outcome, prices: dict[str, float], per_thousand: float) -> float:
    """Return what the night's intake costs: what `make cost` counts, and the functions that open and wait."""
    held = outcome.admission_seconds * BY_NAME["admission"].memory / 1024
    held += outcome.opening_seconds * BY_NAME["opening"].memory / 1024
    return ARCHIVES * MEMBERS / 1000 * per_thousand + held * prices["lambda_gb_second"]


def main() -> int:
    """Play every night in every account, print the table and write the page."""
    given = tomllib.loads(INPUTS.read_text(encoding="utf-8"))
    prices = tomllib.loads(PRICES.read_text(encoding="utf-8"))["unit"]
    accounts = [Account(**each) for each in given["account"]]
    ordinary = Night(name="the drop alone")
    nights = [
        ordinary,
        replace(ordinary, name="and an archive that kills its function", is_poisoned=True),
        replace(ordinary, name="and a table at 500 writes/s for half an hour", throttled_writes=500),
    ]
    rows = []
    for account in accounts:
        for night in nights:
            found = Simulation(account, night, given["seconds"]).run()
            rows.append(_row(account, night, found, dollars(found, prices, given["intake_per_thousand"])))
            print(rows[-1], flush=True)
    text = PAGE.read_text(encoding="utf-8")
    head, _, rest = text.partition(_BEGIN)
    tail = rest.partition(_END)[2]
    PAGE.write_text(f"{head}{_BEGIN}\n{_HEADER}\n" + "\n".join(rows) + f"\n{_END}{tail}", encoding="utf-8")
    return 0


def _row(account: Account, night: Night, found: Outcome, cost: float) -> str:
    mails = ARCHIVES * MEMBERS / account.mails / HOUR
    cells = (
        account.name,
        night.name,
        f"{found.deepest:,}",
        f"{found.last_report / HOUR:.1f} h",
        f"{found.percentile(0.5) * 1000:.0f} / {found.percentile(0.95) * 1000:.0f} ms",
        f"{found.throttles:,}",
        f"{found.put_off:,}",
        str(found.incidents),
        str(found.dead_letters),
        f"{cost:.2f}",
        f"{mails:.0f} h",
    )
    return "| " + " | ".join(cells) + " |"


_BEGIN: Final = "<!-- made by python -m bench.night -->"
_END: Final = "<!-- end -->"
_HEADER: Final = (
    "| account | night | documents waiting at most | last report after | API median / p95 | "
    "throttled steps | taken up later | incidents | dead letters | intake, dollars | "
    "a mail each, all sent after |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|"
)

if __name__ == "__main__":
    raise SystemExit(main())
