"""The hours at which the map closes streets to bikes, written beside the street tiles for whoever plans rounds.

The directory's room reads hours, the delivery room rides: neither knows the other. So the hours are worked out here,
when the tiles are built, as stretches of the years to come.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from parvis.core.geo import Point, flat_distance_m
from parvis.core.osm import ALWAYS, Clause, TimedWay
from parvis.core.time import day_bounds, day_of
from parvis.places.hours import Span, is_readable, open_stretches
from parvis.places.repair import repair
from parvis.towns.clients.tiles import HOURS_FILE
from parvis.towns.models import Town

AHEAD = timedelta(days=3 * 365)
"""So far the hours reach. Who never brings the map of their town up to date loses them with the rest of what is old."""

MOST_SPOTS = 300
"""The router looks at all that is closed with every question. Of more pieces, those nearest the middle are kept; what
is open at some hours only is kept in any case, for the tiles have it open."""

FOR_GOOD = datetime(9999, 1, 1, tzinfo=UTC)


def write_hours(ways: Iterable[TimedWay], folder: Path, town: Town, at: datetime) -> int:
    """Write ``HOURS_FILE`` into the folder of the tiles; returns how many of the ways have hours that nobody can read.

    Ways of the same street and the same hours are one entry: its ``name``, ``spots`` as (longitude, latitude),
    ``stretches`` as moments in UTC from when to when nobody rides there, and ``on_foot`` when nobody walks.
    """
    middle, begin = Point(town.lon, town.lat), day_bounds(day_of(at, town.zone), town.zone)[0]
    found: dict[tuple[str, tuple[Clause, ...], tuple[Clause, ...]], dict[str, list[object]]] = {}
    unread = 0

    def repaired(clauses: Sequence[Clause]) -> list[Clause]:
        return [(shut, repair(hours, town.country).value) for shut, hours in clauses]

    def closed(clauses: Sequence[Clause]) -> list[object]:
        """Three years of it, as the file says it."""
        each = [
            (shut, open_stretches(hours, (), (begin, begin + AHEAD), town.zone, town.country, middle))
            for shut, hours in clauses
        ]
        found = closed_stretches(each)
        if _stays_closed(clauses):  # what is open at some hours only stays closed when the map has grown old
            found.append((begin + AHEAD, FOR_GOOD))
        return [[first.isoformat(), last.isoformat()] for first, last in found]

    for way in _nearest(ways, middle):
        bikes, walkers = repaired(way.bikes), repaired(way.walkers)
        readable = [clause for clause in bikes if is_readable(clause[1], town.country)]
        unread += any(shut for shut, _hours in set(bikes) - set(readable))
        if not any(shut for shut, _hours in readable):
            continue
        key = (way.name, tuple(readable), tuple(walkers))
        if key not in found:
            found[key] = {"spots": [], "stretches": closed(readable), "on_foot": closed(walkers)}
        found[key]["spots"] += way.spots
    entries = [{"name": name, **entry} for (name, *_clauses), entry in found.items()]
    (folder / HOURS_FILE).write_text(json.dumps(entries, ensure_ascii=False))
    return unread


def closed_stretches(clauses: Sequence[tuple[bool, Sequence[Span]]]) -> list[Span]:
    """When a way is closed, in order. Each clause says whether, and in which stretches (in order) it holds; of those
    that hold at a moment, the last counts.
    """
    found: list[Span] = []
    moments = sorted({moment for _shut, spans in clauses for span in spans for moment in span})
    for first, last in pairwise(moments):
        if not next((shut for shut, spans in reversed(clauses) if _within(first, spans)), False):
            continue
        if found and found[-1][1] == first:
            first = found.pop()[0]
        found.append((first, last))
    return found


def _stays_closed(clauses: Sequence[Clause]) -> bool:
    """Whether a way is closed but for some hours."""
    return bool(clauses) and clauses[0] == (True, ALWAYS)


def _within(moment: datetime, spans: Sequence[Span]) -> bool:
    before = bisect_right(spans, moment, key=lambda span: span[0])
    return before > 0 and moment < spans[before - 1][1]


def _nearest(ways: Iterable[TimedWay], middle: Point) -> list[TimedWay]:
    """The ways without the spots that are too many, in their order."""
    every = list(ways)
    usual = [way for way in every if not _stays_closed(way.bikes)]
    near = sorted(flat_distance_m(Point(*spot), middle) for way in usual for spot in way.spots)[:MOST_SPOTS]
    reach = near[-1] if near else 0
    kept = [
        way
        if _stays_closed(way.bikes)
        else replace(way, spots=tuple(spot for spot in way.spots if flat_distance_m(Point(*spot), middle) <= reach))
        for way in every
    ]
    return [way for way in kept if way.spots]
