"""Days as they were read, kept in this process for as long as their rows stay the same.

Before a busy evening many buyers ask for the times of the same days, and hardly anything changes between two of them.
The database says in one short query whether anything did; reading 200 deliveries and timing their tours takes several
times as long. Rows stay the truth: a change of any column, by whomever, and the day is read anew.
"""

import threading
from collections import OrderedDict
from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID
from zoneinfo import ZoneInfo

from parvis.core.marks import Mark
from parvis.core.time import day_bounds
from parvis.delivery.actions.dayreading import Day, days_of
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import Bag, Bike, DayTours, Delivery, Hub, RoadClosure, Shift, Window
from parvis.towns.models import Town

MOST = 64  # sets of days that are kept at a time; one of 200 deliveries takes some hundred kilobytes

type _Key = tuple[UUID, date]

_kept: OrderedDict[tuple[object, ...], dict[_Key, Day]] = OrderedDict()
_lock = threading.Lock()


def kept_days(town: Town, windows: Collection[Window], at: datetime) -> dict[_Key, Day]:
    """``days_of`` for somebody who only asks: the days are as of the next full minute. One query, and those of
    ``days_of`` where a row has changed. What the caller adds to a day, nobody else sees.
    """
    if not windows:
        return {}
    soon = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    asked = frozenset((window.hub_id, window.day_in(town.zone)) for window in windows)
    mark = _mark(town.pk, town.zone, asked)
    said = mark.read()
    key = (town.pk, asked, soon, streets_for(town), said)
    days = _known(key)
    if days is None:
        days = days_of(town, windows, soon)
        for day in days.values():
            day.prepare()
        if mark.read() == said:  # nothing changed while they were read
            _keep(key, days)
    return {key: day.copied() for key, day in days.items()}


def _known(key: tuple[object, ...]) -> dict[_Key, Day] | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: tuple[object, ...], days: dict[_Key, Day]) -> None:
    with _lock:
        _kept[key] = days
        while len(_kept) > MOST:
            _kept.popitem(last=False)


@lru_cache(maxsize=256)
def _mark(town: UUID, zone: ZoneInfo, asked: frozenset[_Key]) -> Mark:
    """Of all rows that ``days_of`` reads for these hubs and days."""
    hubs, days = {hub for hub, _day in asked}, {day for _hub, day in asked}
    first, last = day_bounds(min(days), zone)[0], day_bounds(max(days) + timedelta(days=1), zone)[1]  # with its night
    ours = {"hub__in": hubs, "starts_at__gte": first, "starts_at__lt": last}
    return Mark(
        Window.objects.filter(town=town, **ours),
        Delivery.objects.filter(town=town, **{f"window__{name}": value for name, value in ours.items()}),
        Bag.objects.filter(town=town, **{f"delivery__window__{name}": value for name, value in ours.items()}),
        Shift.objects.filter(town=town, starts_at__gte=first, starts_at__lt=last),
        Bike.objects.filter(town=town),
        Hub.objects.filter(pk__in=hubs),
        DayTours.objects.filter(hub__in=hubs, day__in=days),
        RoadClosure.objects.filter(town=town).between(first, last),
    )
