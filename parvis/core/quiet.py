"""Quiet hours: when nothing may ring. Pure."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from parvis.core.time import moment


@dataclass(frozen=True, slots=True)
class Quiet:
    """From one hour of the town's clock to another, over midnight or not; equal hours mean never."""

    zone: ZoneInfo
    start: int = 21
    end: int = 8

    def until(self, at: datetime) -> datetime | None:
        """The end of the quiet hours that ``at`` lies in; None when it may ring now."""
        local = at.astimezone(self.zone)
        over_midnight = self.start > self.end
        inside = (
            local.hour >= self.start or local.hour < self.end if over_midnight else self.start <= local.hour < self.end
        )
        if not inside:
            return None
        day = local.date() + timedelta(days=over_midnight and local.hour >= self.start)
        return moment(day, time(self.end), self.zone)
