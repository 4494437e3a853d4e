"""How much a shop can prepare in one stretch of time. Pure: rows and a moment in, free moments out.

The town's day is cut into windows of equal length from midnight on; the last one ends with the day, so that days of 23
and 25 hours have no hole and no double. An order counts in the window in which the shop starts on it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from parvis.core.time import day_bounds, day_of
from parvis.market.models import Capacity

type Span = tuple[datetime, datetime]
type Taken = Mapping[datetime, int]  # orders or points by beginning of the window


def window_of(at: datetime, minutes: int, zone: ZoneInfo) -> Span:
    """The window of ``minutes`` that holds a moment, in UTC."""
    midnight, next_midnight = day_bounds(day_of(at, zone), zone)
    length = timedelta(minutes=minutes)
    start = midnight + length * ((at - midnight) // length)
    return start, min(start + length, next_midnight)


def starts(capacity: Capacity, taken: Taken, wanted: int, open_spans: Iterable[Span], zone: ZoneInfo) -> Iterator[Span]:
    """For each window with room for ``wanted``, soonest first: the window's beginning, and when work can start in it.

    ``open_spans`` are the stretches in which the shop works, in order; work starts while it is open.
    """
    seen: datetime | None = None
    for opens, closes in open_spans:
        moment = opens
        while moment < closes:
            begins, ends = window_of(moment, capacity.minutes, zone)
            if begins != seen and taken.get(begins, 0) + wanted <= capacity.most:
                yield begins, moment
            seen, moment = begins, ends
