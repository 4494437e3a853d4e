"""Order cycles: "order until Thursday noon, collect on Saturday from 9 to 12". Pure: rows and a moment in, turns out.

A turn is one round of a cycle. What is ordered after a turn has closed is for the next one. A day on which the shop or
the whole market is closed has no turn. Times are those of the town's clock, on days of 23 and 25 hours too.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from parvis.core.time import day_of, moment
from parvis.core.words import say_clock, say_day, say_span
from parvis.market.models import Cycle

AHEAD = timedelta(days=70)  # how far ahead turns of a weekly cycle are looked for: ten of them
type DaysOff = tuple[date, date, str]
type Taken = Mapping[tuple[UUID, date], int]  # orders by cycle and day of collection


@dataclass(frozen=True, slots=True)
class Turn:
    """Ordered before ``closes_at``, collected from ``starts_at`` to ``ends_at`` (UTC)."""

    cycle: Cycle
    day: date
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime

    def places_left(self, taken: Taken) -> int | None:
        """How many more orders it takes; None where nobody counts."""
        if self.cycle.most is None:
            return None
        return max(0, self.cycle.most - taken.get((self.cycle.pk, self.day), 0))

    @property
    def words(self) -> str:
        """The last moment to order, and when one collects."""
        return _("Order until %(until)s; collect on %(day)s, %(hours)s") % {
            "until": f"{say_day(self.closes_at)}, {say_clock(self.closes_at)}",
            "day": say_day(self.starts_at),
            "hours": say_span(self.starts_at, self.ends_at),
        }


def turns(cycle: Cycle, at: datetime, zone: ZoneInfo, days_off: Iterable[DaysOff] = ()) -> Iterator[Turn]:
    """The turns that still take orders at ``at``, soonest first; none of a cycle that is switched off."""
    if not cycle.active:
        return
    closed = list(days_off)
    for day in _days(cycle, day_of(at, zone)):
        turn = _turn(cycle, day, zone)
        if turn.closes_at > at and not any(first <= day <= last for first, last, _why in closed):
            yield turn


def _turn(cycle: Cycle, day: date, zone: ZoneInfo) -> Turn:
    closes = moment(day - timedelta(days=cycle.days_before), cycle.closes, zone)
    return Turn(cycle, day, closes, moment(day, cycle.starts, zone), moment(day, cycle.ends, zone))


def _days(cycle: Cycle, today: date) -> Iterator[date]:
    """The days of collection that are not over: its single dates, else one day of each week."""
    if cycle.weekday is None:
        yield from (day for day in sorted(cycle.dates) if day >= today)
        return
    first = today + timedelta(days=(cycle.weekday - today.weekday()) % 7)
    for week in range(AHEAD.days // 7):
        yield first + timedelta(weeks=week)


def cycle_words(cycle: Cycle, at: datetime, zone: ZoneInfo) -> str:
    """``Order until Thursday 3 December, 12:00; collect on Saturday 5 December, 9:00–12:00``: its next turn."""
    turn = next(turns(cycle, at, zone), None)
    return turn.words if turn else _("No date is to come.")
