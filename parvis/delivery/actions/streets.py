"""Roads that are closed for a while: drawn by the town, ridden around from the next question on."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from math import cos, pi, radians, sin
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from shapely import LineString, Polygon

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.geo import Point, distance_m
from parvis.core.time import day_bounds, day_of
from parvis.delivery.clients.mapped import mapped_hours
from parvis.delivery.clients.network import Conditions, Ring, Spell, StreetNetwork
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import DayTours, Hub, Plan, RoadClosure, Round
from parvis.delivery.workday import NIGHT
from parvis.towns.models import Town

WEEK = 7
MOST_CORNERS = 60
MOST_METRES = 6_000  # around all closures of a day the router looks at every street: areas stay small
FURTHEST = 30_000  # from the middle of the town


def conditions_on(hub: Hub, days: Collection[date]) -> dict[date, Conditions]:
    """What holds on the streets of some days of work, the night after each too: what the town has closed, and what the
    map says of hours. One query.
    """
    if not days:
        return {}
    bounds = {day: day_bounds(day, hub.town.zone) for day in days}
    first, last = min(start for start, _end in bounds.values()), max(end for _start, end in bounds.values()) + NIGHT
    closures = list(RoadClosure.objects.filter(town=hub.town_id).between(first, last))
    mapped = mapped_hours(hub.town)
    found = {}
    for day, (start, end) in bounds.items():
        closed = [c for c in closures if not c.by_hours and c.spells(day, hub.town.zone)]
        found[day] = Conditions(
            closed=tuple(_ring(closure) for closure in closed),
            pace_percent=hub.pace_percent,
            kind_paces=tuple(sorted((kind, pace) for kind, pace in hub.kind_paces.items() if pace != hub.pace_percent)),
            spells=(
                *(Spell(_ring(c), *spell) for c in closures if c not in closed for spell in _spells(c, hub, day, end)),
                *(spell for street in mapped for spell in street.spells(start, end + NIGHT)),
            ),
        )
    return found


def _spells(closure: RoadClosure, hub: Hub, day: date, midnight: datetime) -> list[tuple[datetime, datetime]]:
    """When a street is closed on a day of work, until the riders of its evening are home."""
    zone, over = hub.town.zone, midnight + NIGHT
    found = [*closure.spells(day, zone), *closure.spells(day + timedelta(days=1), zone)]
    return [(begins, min(ends, over)) for begins, ends in found if begins < over]


def _ring(closure: RoadClosure) -> Ring:
    return tuple((lon, lat) for lon, lat in closure.ring)


def streets_on(hub: Hub, day: date) -> StreetNetwork:
    """The town's streets as they can be ridden on a day. One query."""
    return streets_for(hub.town).under(conditions_on(hub, [day])[day])


@transaction.atomic
def close_road(
    *,
    town: Town,
    name: str,
    corners: Sequence[Point],
    starts_at: datetime,
    ends_at: datetime | None,
    weekdays: Sequence[int] = (),
    hours: tuple[time, time] | None = None,
    by: Any,
    at: datetime,
) -> RoadClosure:
    """Close an area to bikes; with ``weekdays`` (0 is Monday) and ``hours`` of the town's clock, then only.

    Raises Refusal when it is no area, too large, elsewhere, over before it begins, or when no such day comes.
    """
    _check(town, corners)
    if ends_at is not None and ends_at <= max(starts_at, at):
        raise Refusal(_("The end lies in the past or before the beginning."))
    from_time, to_time = hours or (None, None)
    closure = RoadClosure(
        town=town,
        name=name,
        ring=[[round(corner.lon, 6), round(corner.lat, 6)] for corner in corners],
        starts_at=starts_at,
        ends_at=ends_at,
        weekdays=sorted(set(weekdays)),
        from_time=from_time,
        to_time=to_time,
        made_by=by,
        made_at=at,
    )
    first = day_of(starts_at, town.zone)
    if not any(closure.spells(first + timedelta(days=n), town.zone) for n in range(WEEK + 1)):
        raise Refusal(_("None of these days and hours lies between the beginning and the end."))
    closure.save()
    audit.record("close_road", closure, at=at, town_id=town.pk, actor=by)
    ask_anew(town)
    return closure


@transaction.atomic
def open_road(*, closure: RoadClosure, by: Any, at: datetime) -> None:
    """Bikes ride there again from now on; what had not begun is taken off the list. Twice is harmless."""
    held = RoadClosure.objects.select_for_update().filter(pk=closure.pk).first()
    if held is None or (held.ends_at is not None and held.ends_at <= at):
        return
    closure = held
    audit.record("open_road", closure, at=at, town_id=closure.town_id, actor=by)
    ask_anew(closure.town)
    if closure.starts_at >= at:
        closure.delete()
        return
    closure.ends_at = at
    closure.save(update_fields=["ends_at"])


def ask_anew(town: Town) -> None:
    """Tours that prove promises are ridden by other ways now: the planner looks at them next, buyers do not wait."""
    from parvis.delivery.tasks import tidy_soon

    DayTours.objects.filter(town=town).update(tidied_at=None)
    transaction.on_commit(lambda: tidy_soon.defer())


def rounds_through(closure: RoadClosure, hub: Hub, day: date) -> list[Round]:
    """The published rounds of a day that are still to be ridden through the area while it is closed."""
    area, spells = Polygon(closure.ring), closure.spells(day, hub.town.zone)
    rounds = Round.objects.filter(plan__hub=hub, plan__day=day, plan__state=Plan.State.PUBLISHED, back_at=None)
    return [
        round_
        for round_ in rounds.select_related("bike").order_by("departs_at")
        if any(round_.departs_at < end and round_.returns_at > start for start, end in spells)
        and (line := (round_.geometry or {}).get("coordinates"))
        and len(line) > 1
        and area.intersects(LineString(line))
    ]


def circle(middle: Point, metres: float) -> list[Point]:
    """Sixteen corners around a place."""
    north = metres / 111_195  # metres in a degree of latitude, on a sphere of the mean radius
    east = north / cos(radians(middle.lat))
    angles = [2 * pi * step / 16 for step in range(16)]
    return [Point(middle.lon + east * cos(angle), middle.lat + north * sin(angle)) for angle in angles]


def _check(town: Town, corners: Sequence[Point]) -> None:
    if not 3 <= len(corners) <= MOST_CORNERS:
        raise Refusal(_("An area has at least three corners and at most %(count)s.") % {"count": MOST_CORNERS})
    area = Polygon([(corner.lon, corner.lat) for corner in corners])
    if not area.is_valid or area.area == 0:
        raise Refusal(_("The line around the area crosses itself. Draw it again."))
    around = [*corners[1:], corners[0]]
    if sum(distance_m(a, b) for a, b in zip(corners, around, strict=True)) > MOST_METRES:
        raise Refusal(_("This area is too large to ride around: draw only the streets that are closed."))
    if any(distance_m(corner, Point(town.lon, town.lat)) > FURTHEST for corner in corners):
        raise Refusal(_("This area is not in %(town)s.") % {"town": town.name})


LOOK_AHEAD = timedelta(days=60)


def listed(town: Town, at: datetime) -> list[RoadClosure]:
    """The closures in force and those to come, soonest first."""
    return list(RoadClosure.objects.filter(town=town).between(at, at + LOOK_AHEAD))
