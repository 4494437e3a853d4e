"""The part of a year in which a season's hours hold: ``Apr-Sep``, ``Apr 15-Oct 15``, ``Mar,Oct``. Pure."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MONTH = f"(?:{'|'.join(MONTHS)})"
_DAYS = rf"{_MONTH} \d{{1,2}}\s*-\s*(?:{_MONTH} )?\d{{1,2}}"
_RANGE = rf"{_DAYS}|{_MONTH}(?:\s*-\s*{_MONTH})?(?! ?\d)"
SEASON = re.compile(rf"^(?P<season>(?:{_RANGE})(?:\s*,\s*(?:{_RANGE}))*)\s*:?\s+(?P<rest>\S.*)$")
_PART = re.compile(
    rf"^(?P<first>{_MONTH})(?: (?P<from>\d{{1,2}}))?(?:\s*-\s*(?P<last>{_MONTH})?\s*(?P<to>\d{{1,2}})?)?$"
)


class Turn(NamedTuple):
    """A day of any year."""

    month: int
    day: int


class Period(NamedTuple):
    """From one day of the year to another, both included; it may pass New Year."""

    first: Turn
    last: Turn


@lru_cache(maxsize=512)
def periods(selector: str) -> tuple[Period, ...]:
    """The stretches of a selector; empty when it names a day that no year has."""
    found = []
    for part in selector.split(","):
        match = _PART.match(part.strip())
        if match is None:
            return ()
        first = MONTHS.index(match["first"]) + 1
        last = MONTHS.index(match["last"]) + 1 if match["last"] else first
        period = Period(Turn(first, int(match["from"] or 1)), Turn(last, int(match["to"] or LONGEST[last - 1])))
        if any(not 1 <= turn.day <= LONGEST[turn.month - 1] for turn in period):
            return ()
        found.append(period)
    return tuple(found)


def single(selector: str) -> Period | None:
    """The one stretch of a selector, which boxes "from" and "to" can show; None for a list of them."""
    found = periods(selector)
    return found[0] if len(found) == 1 else None


def write_period(period: Period) -> str:
    """``Apr-Sep`` for whole months, else ``Apr 15-Oct 15``."""
    (month, day), (last_month, last_day) = period
    if day == 1 and last_day == LONGEST[last_month - 1]:
        return MONTHS[month - 1] if month == last_month else f"{MONTHS[month - 1]}-{MONTHS[last_month - 1]}"
    return f"{MONTHS[month - 1]} {day:02d}-{MONTHS[last_month - 1]} {last_day:02d}"


@lru_cache(maxsize=512)
def days_of(selector: str) -> frozenset[Turn]:
    """Every day of a leap year that a selector names."""
    days: set[Turn] = set()
    for first, last in periods(selector):
        days |= _between(first, last)
    return frozenset(days)


def _between(first: Turn, last: Turn) -> set[Turn]:
    year = [Turn(d.month, d.day) for d in (date(2028, 1, 1) + timedelta(n) for n in range(366))]
    if first <= last:
        return {turn for turn in year if first <= turn <= last}
    return {turn for turn in year if turn >= first or turn <= last}
