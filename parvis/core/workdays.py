"""Days on which an office works: neither Saturday, nor Sunday, nor a public holiday of the country. Pure."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from parvis.core.time import day_of, moment

CLOSES = time(18)  # a promise "by Tuesday" is kept until offices close on Tuesday


def is_working_day(day: date, country: str) -> bool:
    """Whether an office of the country (FR, BE, CH) works on ``day``."""
    return day.weekday() < 5 and day not in _holidays(day.year, country)


def working_days_after(at: datetime, days: int, zone: ZoneInfo, country: str) -> datetime:
    """When offices close on the ``days``-th working day after the town's day of ``at``; Monday is first on Saturday."""
    day = day_of(at, zone)
    left = max(1, days)
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, country)
    return moment(day, CLOSES, zone)


@lru_cache(maxsize=64)
def _holidays(year: int, country: str) -> frozenset[date]:
    return frozenset(holidays.country_holidays(country, years=[year])) if country in {"FR", "BE", "CH"} else frozenset()
