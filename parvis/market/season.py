"""When a product can be had: its months, its days of sale, and until when it must be ordered. Pure functions.

``Order until Thursday noon for Saturday`` is a product with one day of sale (Saturday), two days before, 12:00.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FAR = 400  # days looked ahead: a season that has just ended comes again


@dataclass(frozen=True, slots=True)
class Season:
    """The rule of one product. Months 1–12 (both None: all year), days 0 (Monday)–6 (empty: every day)."""

    first_month: int | None = None
    last_month: int | None = None
    days: tuple[int, ...] = ()
    days_before: int = 0
    until: time | None = None

    @property
    def always(self) -> bool:
        """Nothing to look at."""
        return self == Season()

    def holds(self, day: date) -> bool:
        """Whether it is sold on this day at all. A season may go over the new year (November to February)."""
        if self.days and day.weekday() not in self.days:
            return False
        if self.first_month is None or self.last_month is None:
            return True
        if self.first_month <= self.last_month:
            return self.first_month <= day.month <= self.last_month
        return day.month >= self.first_month or day.month <= self.last_month

    def closes_at(self, day: date, zone: ZoneInfo) -> datetime | None:
        """The last moment to order for ``day``; None where there is no such rule."""
        if self.until is None and not self.days_before:
            return None
        return datetime.combine(day - timedelta(days=self.days_before), self.until or time(23, 59, 59), zone)

    def can_order(self, day: date, at: datetime, zone: ZoneInfo) -> bool:
        """Whether what is ordered at ``at`` can be had on ``day``."""
        closes = self.closes_at(day, zone)
        return self.holds(day) and (closes is None or at <= closes)


def first_day(seasons: Iterable[Season], start: date, at: datetime, zone: ZoneInfo) -> date | None:
    """The first day from ``start`` on which everything can be had together; None when there is none in sight."""
    rules = [season for season in seasons if not season.always]
    days = (start + timedelta(days=ahead) for ahead in range(FAR))
    return next((day for day in days if all(rule.can_order(day, at, zone) for rule in rules)), None)


def fits(seasons: Sequence[Season], day: date, at: datetime, zone: ZoneInfo) -> bool:
    """Whether everything can be had on ``day`` when ordered at ``at``."""
    return all(season.can_order(day, at, zone) for season in seasons)
