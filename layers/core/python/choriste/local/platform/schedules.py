"""Fires the template's schedules by the platform's movable clock.

A clock moved over many periods fires each schedule once, as a sweep that missed its turns would catch up.
"""

from __future__ import annotations

import calendar
import json
import logging
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from choriste.application.shared.clock import Clock
from choriste.local.platform.hosting import Outcome
from choriste.local.platform.intrinsics import TemplateError
from choriste.local.platform.shapes import Json

logger: Final = logging.getLogger("choriste.local.platform.schedules")

_TICK_SECONDS: Final = 1.0
_RATE: Final = re.compile(r"rate\((\d+) (second|minute|hour|day)s?\)")
_CRON: Final = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_MONTHS: Final = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEK_DAYS: Final = {
    name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], start=1)
}
_HORIZON_DAYS: Final = 366 * 5

Invoke = Callable[[str, Json], Outcome]
NextFiring = Callable[[datetime], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One schedule of the template; `event` is what the function gets."""

    name: str
    expression: str
    function: str
    event: Json


class ScheduleRunner:
    """One thread that fires what is due by `clock`; `wake` after moving the clock."""

    def __init__(self, schedules: Iterable[Schedule], invoke: Invoke, clock: Clock) -> None:
        self._invoke = invoke
        self._clock = clock
        self._schedules = [(schedule, next_firing(schedule.expression)) for schedule in schedules]
        now = clock.now()
        self._due = {schedule.name: following(now) for schedule, following in self._schedules}
        self._changed = threading.Condition()
        self._firing = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="schedules", daemon=True)

    @property
    def busy(self) -> bool:
        """Whether a schedule is due or firing."""
        now = self._clock.now()
        with self._changed:
            return self._firing or any(due <= now for due in self._due.values())

    def start(self) -> None:
        """Start firing."""
        self._thread.start()

    def stop(self) -> None:
        """Stop once the firing under way is done."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._thread.join()

    def wake(self) -> None:
        """Look at the clock at once."""
        with self._changed:
            self._changed.notify_all()

    def _run(self) -> None:
        while (schedule := self._next()) is not None:
            logger.debug("schedule %s fires", schedule.name)
            try:
                self._invoke(schedule.function, schedule.event)
            except Exception:
                logger.exception("schedule %s could not call %s", schedule.name, schedule.function)
            finally:
                with self._changed:
                    self._firing = False

    def _next(self) -> Schedule | None:
        with self._changed:
            while not self._stopping:
                now = self._clock.now()
                for schedule, following in self._schedules:
                    if self._due[schedule.name] <= now:
                        self._due[schedule.name] = following(now)
                        self._firing = True
                        return schedule
                self._changed.wait(_TICK_SECONDS)
            return None


def next_firing(expression: str) -> NextFiring:
    """A function from an instant to the first firing after it, for `rate(…)` and `cron(…)` in UTC.

    Raises TemplateError for any other expression.
    """
    rate = _RATE.fullmatch(expression)
    if rate:
        period = timedelta(**{f"{rate[2]}s": int(rate[1])})
        return lambda instant: instant + period
    cron = _CRON.fullmatch(expression)
    if cron:
        return _Cron(cron.groups()).after
    raise TemplateError(f"the schedule expression {expression!r} is not known locally")


class _Cron:
    """An EventBridge cron expression: minutes hours day-of-month month day-of-week year."""

    def __init__(self, fields: Sequence[str]) -> None:
        minutes, hours, days, months, week_days, years = fields
        self._minutes = _numbers(minutes, 0, 59)
        self._hours = _numbers(hours, 0, 23)
        self._days = _numbers(days, 1, 31)
        self._months = _numbers(months, 1, 12, _MONTHS)
        self._week_days = _numbers(week_days, 1, 7, _WEEK_DAYS)
        self._years = _numbers(years, 1970, 2199)

    def after(self, instant: datetime) -> datetime:
        """The first matching minute after `instant`; far in the future if none is near."""
        for ahead in range(_HORIZON_DAYS):
            day = (instant + timedelta(days=ahead)).date()
            if not self._on(datetime(day.year, day.month, day.day, tzinfo=UTC)):
                continue
            for hour in self._hours:
                for minute in self._minutes:
                    firing = datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)
                    if firing > instant:
                        return firing
        return datetime.max.replace(tzinfo=UTC)

    def _on(self, day: datetime) -> bool:
        return (
            day.year in self._years
            and day.month in self._months
            and day.day in self._days
            and day.isoweekday() % 7 + 1 in self._week_days
        )


def _numbers(field: str, first: int, last: int, names: dict[str, int] | None = None) -> list[int]:
    chosen: set[int] = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        low, _, high = span.partition("-")
        start = first if low in {"*", "?"} else _number(low, names)
        end = _number(high, names) if high else last if step or low in {"*", "?"} else start
        chosen.update(range(start, end + 1, int(step or 1)))
    return sorted(chosen)


def _number(text: str, names: dict[str, int] | None) -> int:
    if names and text in names:
        return names[text]
    if not text.isdecimal():
        raise TemplateError(f"{text!r} in a cron expression is not known locally")
    return int(text)


def schedule_event(given: str | None, *, name: str, now: datetime) -> Json:
    """What a scheduled function gets: the given input, else EventBridge's scheduled event."""
    if given:
        return json.loads(given)
    return {
        "version": "0",
        "source": "aws.scheduler",
        "detail-type": "Scheduled Event",
        "resources": [name],
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "detail": {},
    }
