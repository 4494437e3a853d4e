"""A town's months: money is told month by month."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from parvis.core.time import day_bounds


def next_month(first_day: date) -> date:
    """The first day of the month after."""
    return date(first_day.year + first_day.month // 12, first_day.month % 12 + 1, 1)


def month_before(first_day: date) -> date:
    """The first day of the month before."""
    return date(first_day.year - (first_day.month == 1), (first_day.month - 2) % 12 + 1, 1)


def month_bounds(zone: ZoneInfo, first_day: date) -> tuple[datetime, datetime]:
    """Start and end of the town's month that begins on ``first_day``, in UTC."""
    return day_bounds(first_day, zone)[0], day_bounds(next_month(first_day), zone)[0]
