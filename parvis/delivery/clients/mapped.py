"""Streets that the map closes to bikes at some hours, read from beside the tiles of a town."""

import json
import logging
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import cos, radians
from pathlib import Path
from typing import Any

from django.conf import settings

from parvis.core.geo import Point
from parvis.delivery.clients.network import Ring, Spell
from parvis.towns.clients.tiles import HOURS_FILE
from parvis.towns.models import Town

log = logging.getLogger(__name__)

HALF_METRE = 0.5 / 111_195  # degrees of latitude, on a sphere of the mean radius


type Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class MappedHours:
    """One street, or several without a name, that the map closes to bikes at the same hours.

    ``spots`` lie one on each piece between two crossings; ``stretches`` are from when to when, in UTC, in order;
    ``on_foot`` are those in which nobody walks there either.
    """

    name: str
    spots: tuple[Point, ...]
    stretches: tuple[Stretch, ...]
    on_foot: tuple[Stretch, ...] = ()

    def between(self, first: datetime, last: datetime) -> list[Stretch]:
        """When it is closed to bikes from ``first`` to ``last``."""
        return _between(self.stretches, first, last)

    def spells(self, first: datetime, last: datetime) -> list[Spell]:
        """What is closed to bikes and to who walks, for the router: a small square on each piece."""
        bikes, walkers = _between(self.stretches, first, last), _between(self.on_foot, first, last)
        return [
            Spell(_square(spot), *stretch, to_bikes=stretch in bikes, to_walkers=stretch in walkers)
            for stretch in sorted({*bikes, *walkers})
            for spot in self.spots
        ]


def mapped_hours(town: Town) -> tuple[MappedHours, ...]:
    """What the map of a town says; nothing where it has no tiles, or older ones."""
    if not town.street_tiles:
        return ()
    file = settings.VAR_DIR / town.street_tiles / HOURS_FILE
    try:
        made = file.stat().st_mtime_ns
    except OSError:
        return ()
    return _read(file, made)


@lru_cache(maxsize=64)
def _read(file: Path, made: int) -> tuple[MappedHours, ...]:
    """The file as it was ``made``; read again when it is replaced."""
    try:
        return tuple(_entry(entry) for entry in json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, KeyError) as error:  # whatever is wrong with a file, the day must go on
        log.warning("%s cannot be read: %s", file, error)
        return ()


def _entry(entry: dict[str, Any]) -> MappedHours:
    return MappedHours(
        name=str(entry["name"]),
        spots=tuple(Point(lon, lat) for lon, lat in entry["spots"]),
        stretches=_stretches(entry["stretches"]),
        on_foot=_stretches(entry.get("on_foot", ())),  # a file of before it was told apart: bikes only
    )


def _stretches(moments: Iterable[tuple[str, str]]) -> tuple[Stretch, ...]:
    return tuple((datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in moments)


def _between(stretches: Sequence[Stretch], first: datetime, last: datetime) -> list[Stretch]:
    start = max(bisect_right(stretches, first, key=lambda stretch: stretch[0]) - 1, 0)
    found = []
    for begins, ends in stretches[start:]:
        if begins >= last:
            break
        if ends > first:
            found.append((max(begins, first), min(ends, last)))
    return found


def _square(spot: Point) -> Ring:
    """A metre each way, so that it lies on one street only."""
    north, east = HALF_METRE, HALF_METRE / max(cos(radians(spot.lat)), 0.01)
    corners = ((-east, -north), (east, -north), (east, north), (-east, north))
    return tuple((round(spot.lon + x, 7), round(spot.lat + y, 7)) for x, y in corners)
