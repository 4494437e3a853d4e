"""Streets that the map closes to bikes at some hours, in words for who plans the rounds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from parvis.core.geo import Point
from parvis.core.time import day_bounds, day_of
from parvis.delivery.clients.mapped import MappedHours, mapped_hours
from parvis.towns.addresses import nearest_address
from parvis.towns.models import Town

WEEK = timedelta(days=7)
NEAR_METRES = 200


@dataclass(frozen=True, slots=True)
class Hours:
    """The days of the coming week on which a street is closed at the same hours of the town's clock; two hours that
    are the same mean the whole day.
    """

    days: str
    from_time: time
    to_time: time

    @property
    def all_day(self) -> bool:
        return self.from_time == self.to_time


@dataclass(frozen=True, slots=True)
class ToldStreet:
    """One street with a name for people, a place on it, how many pieces are closed, and when in the coming week."""

    name: str
    spot: Point
    pieces: int
    week: tuple[Hours, ...]


def told_streets(town: Town, at: datetime) -> Iterator[ToldStreet]:
    """What the map of a town says, in its order. One query for each street that has no name."""
    for street in mapped_hours(town):
        spot = street.spots[0]
        week = tuple(_week(street, at, town.zone))
        yield ToldStreet(street.name or _beside(town, spot), spot, len(street.spots), week)


def _beside(town: Town, spot: Point) -> str:
    door = nearest_address(town, spot, NEAR_METRES)
    return (
        _("Ways near %(address)s") % {"address": f"{door.number} {door.street}".strip()}
        if door
        else _("Ways without a name")
    )


def _week(street: MappedHours, at: datetime, zone: ZoneInfo) -> Iterator[Hours]:
    first = day_bounds(day_of(at, zone), zone)[0]
    found: dict[tuple[time, time], set[int]] = {}
    for stretch in street.between(first, first + WEEK):
        begins, ends = (moment.astimezone(zone) for moment in stretch)
        found.setdefault((begins.time(), ends.time()), set()).add(begins.weekday())
    for (from_time, to_time), days in sorted(found.items(), key=lambda entry: (min(entry[1]), entry[0])):
        yield Hours(", ".join(str(WEEKDAYS[day]) for day in sorted(days)), from_time, to_time)
