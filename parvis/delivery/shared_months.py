"""A month of shared bikes, day by day: what the statement between two towns is made of.

Worked out from the rows until the host issues it; then read from what was issued (``SharedMonth``), for good.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from parvis.core.time import day_of
from parvis.delivery.costs import Cost
from parvis.delivery.models import Agreement, Hub, SharedMonth
from parvis.delivery.sharedays import shared_days


@dataclass(frozen=True, slots=True)
class MonthLine:
    """One day of one hub: doors, metres and cents in all, and of these those of the guest."""

    day: date
    hub: str
    doors: int = 0
    guest_doors: int = 0
    metres: int = 0
    guest_metres: int = 0
    riders: int = 0
    depot: int = 0
    bikes: int = 0
    guest_riders: int = 0
    guest_depot: int = 0
    guest_bikes: int = 0

    @property
    def cost(self) -> Cost:
        """Of the whole day."""
        return Cost(self.riders, self.depot, self.bikes)

    @property
    def guest_cost(self) -> Cost:
        """What the guest bears of it."""
        return Cost(self.guest_riders, self.guest_depot, self.guest_bikes)

    def __add__(self, other: "MonthLine") -> "MonthLine":
        """Both together, under the earlier day."""
        summed = (getattr(self, name) + getattr(other, name) for name in _SUMMED)
        return MonthLine(min(self.day, other.day), "", *summed)


_SUMMED = tuple(field.name for field in fields(MonthLine))[2:]


@dataclass(frozen=True)
class Month:
    """A month between two towns; ``issued`` is None while it may still change."""

    agreement: Agreement
    first: date
    lines: Sequence[MonthLine]
    issued: SharedMonth | None = None

    @property
    def last(self) -> date:
        """Its last day."""
        return last_of(self.first)

    @property
    def total(self) -> MonthLine:
        """All days as one."""
        return sum(self.lines, MonthLine(self.first, ""))


def last_of(first: date) -> date:
    """The last day of the month that begins on ``first``."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def months_of(agreement: Agreement, today: date) -> list[date]:
    """The first days of the months in which it held, the newest first, up to this one."""
    if agreement.signed_at is None:
        return []
    last = min(today, agreement.last_day or today)
    first, found = agreement.first_day.replace(day=1), []
    while first <= last:
        found.append(first)
        first = last_of(first) + timedelta(days=1)
    return found[::-1]


def issued_months(agreement: Agreement) -> dict[date, Month]:
    """Those that the host has closed, by their first day."""
    found = SharedMonth.objects.filter(agreement=agreement)
    return {one.first_day: Month(agreement, one.first_day, [_read(line) for line in one.lines], one) for one in found}


def month_of(agreement: Agreement, first: date, at: datetime) -> Month:
    """A month as it was issued, else as things stand ``at``: its days that are over."""
    if issued := SharedMonth.objects.filter(agreement=agreement, first_day=first).first():
        return Month(agreement, first, [_read(line) for line in issued.lines], issued)
    host, guest = agreement.town, agreement.guest_id
    last = min(last_of(first), day_of(at, host.zone) - timedelta(days=1))
    hubs = {hub.pk: hub.name for hub in Hub.objects.filter(shared_hubs__agreement=agreement)}
    lines = []
    for day in shared_days(host, first, last, at):
        if day.hub not in hubs or guest not in day.guests or not agreement.holds_on(day.day):
            continue
        whole, theirs = day.cost, day.cost_of(guest)
        lines.append(
            MonthLine(
                day.day,
                hubs[day.hub],
                sum(day.drops.values()),
                day.drops.get(guest, 0),
                sum(day.ridden.out.values()),
                day.out(guest),
                *astuple(whole),
                *astuple(theirs),
            )
        )
    return Month(agreement, first, lines)


def stored(lines: Sequence[MonthLine]) -> list[list[Any]]:
    """The lines as ``SharedMonth`` keeps them."""
    return [[line.day.isoformat(), *astuple(line)[1:]] for line in lines]


def _read(line: list[Any]) -> MonthLine:
    return MonthLine(date.fromisoformat(line[0]), *line[1:])
