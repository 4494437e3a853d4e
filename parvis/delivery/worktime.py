"""Working time of riders: when the law asks for a break, how long a day may be, how long a night's rest is. Pure.

Adults on an employment contract, by the general law of each country; a branch's own agreement may ask for more, and the
dispatcher may always give more. What the law counts per week or per year is payroll's, not the planner's.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

STEP = timedelta(minutes=5)

type Span = tuple[datetime, datetime]
"""From one moment to another."""


@dataclass(frozen=True, slots=True)
class Break:
    """A shift of more than so many ``hours`` (``also_at``: of so many or more) has a break of ``minutes``."""

    hours: float
    minutes: int
    also_at: bool = False

    def holds(self, work: timedelta) -> bool:
        """Whether a day of so much work needs it."""
        limit = timedelta(hours=self.hours)
        return work >= limit if self.also_at else work > limit


@dataclass(frozen=True, slots=True)
class Law:
    """``stretch_hours`` are worked without a break at most, ``day_hours`` in a day, ``rest_hours`` lie between two."""

    breaks: tuple[Break, ...]
    stretch_hours: float
    day_hours: float
    rest_hours: float
    source: str


LAWS = {
    "FR": Law((Break(6, 20, also_at=True),), 6, 10, 11, "Code du travail, art. L3121-16, L3121-18, L3131-1"),
    "BE": Law((Break(6, 15),), 6, 9, 11, "Loi sur le travail du 16 mars 1971, art. 20, 38ter, 38quater"),
    "CH": Law(
        (Break(5.5, 15), Break(7, 30), Break(9, 60)), 5.5, 12.5, 11, "Loi sur le travail (LTr), art. 10, 15, 15a"
    ),
}
"""By country of the town. Belgium: 9 hours are those of a week of five and a half days. Switzerland: breaks cut work in
pieces of less than the first limit; 12.5 hours are the span of 14 less its breaks."""

DEFAULT = Law((Break(6, 20),), 6, 12.5, 11, "Directive 2003/88/EC, art. 3, 4, 6")
"""Elsewhere in Europe; the directive leaves the length of the break to each country, 20 minutes are ours."""


def law_of(country: str) -> Law:
    """The law of a country by its two letters."""
    return LAWS.get(country, DEFAULT)


def break_minutes(law: Law, start: datetime, end: datetime) -> int:
    """How long the break of a shift is at least; 0 where the law asks for none."""
    return max((rule.minutes for rule in law.breaks if rule.holds(end - start)), default=0)


def place_break(
    law: Law, start: datetime, end: datetime, busy: Collection[Span] = (), taken: Collection[Span] = ()
) -> Span | None:
    """When the break of a shift is best; None where the law asks for none.

    Between two stretches of work that are not too long: where least is promised (``busy`` are the delivery windows),
    not when colleagues rest (``taken``), and as near the middle as that allows.
    """
    minutes = break_minutes(law, start, end)
    if not minutes:
        return None
    length, stretch = timedelta(minutes=minutes), timedelta(hours=law.stretch_hours)
    first, last = max(start + STEP, end - stretch - length), min(start + stretch, end - length - STEP)
    middle = start + (end - start - length) / 2
    if first > last:  # a day too long for one break: the middle is the least bad
        return middle, middle + length
    starts = [first + STEP * step for step in range(int((last - first) / STEP) + 1)]

    def worth(begin: datetime) -> tuple[timedelta, timedelta, timedelta]:
        span = (begin, begin + length)
        return _shared(span, busy), _shared(span, taken), abs(begin - middle)

    best = min(starts, key=worth)
    return best, best + length


def _shared(span: Span, others: Collection[Span]) -> timedelta:
    """How much of a span lies in others, each counted."""
    return sum((max(timedelta(), min(span[1], b) - max(span[0], a)) for a, b in others), timedelta())


def too_long_a_day(law: Law, shifts: Sequence[tuple[Span, timedelta]]) -> bool:
    """Whether the shifts of one rider's day, each with its break, are more work than a day may hold."""
    worked = sum(((end - start) - rest for (start, end), rest in shifts), timedelta())
    return worked > timedelta(hours=law.day_hours)


def too_short_a_night(law: Law, shift: Span, others: Collection[Span]) -> bool:
    """Whether a shift begins too soon after one of another day, or ends too soon before one.

    ``others`` are the rider's shifts of the days around it, not those of the same day.
    """
    rest = timedelta(hours=law.rest_hours)
    return any(start < shift[1] + rest and end > shift[0] - rest for start, end in others)
