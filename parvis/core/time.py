"""Days and hours as a town has them. Functions take ``at`` (aware, UTC inside) and never ask the clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """The town's calendar day at the moment ``at``."""
    return at.astimezone(zone).date()


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which a clock of the town shows ``clock`` on ``day``."""
    return datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Start (included) and end (excluded) of the town's day, in UTC; 23 or 25 hours apart on two days a year."""
    return moment(day, time.min, zone), moment(day + timedelta(days=1), time.min, zone)


def seconds_into(at: datetime, midnight: datetime) -> int:
    """Whole seconds from ``midnight`` to ``at``, the unit of the planning room."""
    return round((at - midnight).total_seconds())
