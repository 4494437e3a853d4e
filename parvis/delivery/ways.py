"""The ways of a round: from door to door along the streets, what to do at each turn, and the map of it all.

A rider may be without a network for hours, so a page tells every way of the round, not only the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import atan2, degrees
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parvis.core.geo import Point, distance_m, local_metres
from parvis.core.svgmap import Marker, TownMap, draw
from parvis.core.svgmap import Route as MapRoute
from parvis.core.words import say_distance
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.clients.network import Route, StreetNetwork
from parvis.delivery.kinds import Kind
from parvis.delivery.models import BagEvent, Stop
from parvis.delivery.pickups import HANDING, PickUp, fetched
from parvis.delivery.riderday import Door, ahead, doors
from parvis.delivery.trips import Trip
from parvis.towns.models import Town

AROUND_METRES = 500  # streets drawn around the way, so that the picture stays light
_TONES = {"delivered": "calm", "failed": "warn", "tried": "wait", "stays": "calm"}


@dataclass(frozen=True)
class Way:
    """The way to a door from the one before it, or from the hub; with ``shop``, to where its bags are fetched first."""

    start: Point
    stop: Stop
    route: Route
    turns: tuple[str, ...]  # what to do at each turn, in the language of the page
    said: str  # why times are rough, or ""
    leaves_at: datetime
    shop: PickUp | None = None

    @property
    def name(self) -> str:
        """What scripts call it, on the page and on the map: ``way`` or ``shop``, and the stop."""
        return f"{'shop' if self.shop else 'way'} {self.stop.pk}"

    @property
    def geo(self) -> str:
        """Where it leads as a ``geo:`` address (RFC 5870), which opens the rider's own map."""
        end = self.shop.point if self.shop else self.stop.delivery.point
        place = f"{end.lat:.6f},{end.lon:.6f}"
        return f"geo:{place}?q={place}"

    @property
    def eta(self) -> datetime:
        """When the bell will ring, if nothing comes between; never before the plan says."""
        planned = (self.stop.fetch_at or self.stop.arrive_at) if self.shop else self.stop.arrive_at
        return max(planned, self.leaves_at + timedelta(seconds=self.route.seconds))


def ways(trip: Trip, town: Town, at: datetime, language: str) -> list[tuple[Door, Way]]:
    """The doors still to come with the way to each: the first from where the rider was last, the others in turn.

    A door whose bags are fetched comes twice: first with the way to the shop.
    """
    ended = [(door.end.at, door.stop.delivery.point) for door in doors(trip) if door.end is not None]
    tries = [(door.tried.at, door.stop.delivery.point) for door in doors(trip) if door.tried is not None]
    last = max(ended + tries + _shops(trip), key=lambda pair: pair[0], default=None)
    here = last[1] if last else trip.round.plan.hub.point
    clock = last[0] if last else (trip.round.left_at or max(at, trip.round.departs_at))
    hub = trip.round.plan.hub
    hub.town = town
    streets = streets_on(hub, trip.round.plan.day).by(Kind(trip.round.bike.kind))
    found = []
    for door in ahead(trip):
        if door.fetch is not None:
            way = _way(streets, here, door, clock, language, door.fetch)
            found.append((door, way))
            here, clock = door.fetch.point, way.eta + HANDING
        way = _way(streets, here, door, clock, language)
        found.append((door, way))
        here, clock = door.stop.delivery.point, way.eta + (door.stop.leave_at - door.stop.arrive_at)
    return found


def _way(
    streets: StreetNetwork, here: Point, door: Door, clock: datetime, language: str, shop: PickUp | None = None
) -> Way:
    there = shop.point if shop else door.stop.delivery.point
    route, told = _leg(streets, here, streets.conditions.at(there, (clock, clock)), language)
    return Way(here, door.stop, route, told or (compass(here, there),), streets.said, clock, shop)


def _shops(trip: Trip) -> list[tuple[datetime, Point]]:
    """When the rider was at which shop on this round."""
    return [
        (event.at, bag.pickup.point)
        for stop, parcel in trip.parcels
        if stop.option and fetched(stop)
        for bag, _state in parcel.bags
        if bag.pickup is not None
        for event in bag.events.all()
        if event.kind == BagEvent.Kind.LOADED
    ]


@lru_cache(maxsize=4096)
def _leg(streets: StreetNetwork, here: Point, there: Point, language: str) -> tuple[Route, tuple[str, ...]]:
    """One way and its turns: asked again with every look at the round, and always the same on the same streets."""
    route = streets.route([here, there])
    return route, tuple(route.directions(language))


def round_map(trip: Trip, town: Town, to_come: Sequence[tuple[Door, Way]]) -> TownMap:
    """The ways still to come on the streets around them, every door with its number and its link."""
    hub = trip.round.plan.hub
    lines = [way.route.geometry for _door, way in to_come]
    markers = [Marker(hub.lon, hub.lat, hub.name, label="⌂", tone="hub")]
    ahead = to_come[0][0].stop.pk if to_come else None
    for door in sorted(doors(trip), key=lambda door: door.stop.pk == ahead):  # what is drawn last covers its neighbours
        if door.fetch is not None:
            shop = door.fetch.point
            markers.append(Marker(shop.lon, shop.lat, door.shop, label=str(door.stop.position), tone="wait"))
        point, tone = door.stop.delivery.point, _TONES.get(door.standing, "go")
        href = reverse("rider-stop", args=[door.stop.pk])
        title, label = door.stop.delivery.address, str(door.stop.position)
        markers.append(Marker(point.lon, point.lat, title, label=label, tone=tone, href=href))
    return draw(
        title=_("The doors of this round"),
        boundary=town.boundary,
        backdrop=around(town.backdrop, [p for line in lines for p in line] or [[m.lon, m.lat] for m in markers]),
        routes=[MapRoute(way.route.geometry, name=way.name) for _door, way in to_come],
        markers=markers,
        near=True,
        name=f"map-{trip.round.number}",
    )


def around(backdrop: dict[str, Any], line: Sequence[Sequence[float]]) -> dict[str, Any]:
    """The streets of a backdrop near a line; areas as they are."""
    if not line:
        return backdrop
    margin = AROUND_METRES / 111_000  # degrees of latitude; a little less wide than high, which is enough
    west, east = min(p[0] for p in line) - margin, max(p[0] for p in line) + margin
    south, north = min(p[1] for p in line) - margin, max(p[1] for p in line) + margin

    def near(street: Sequence[Sequence[float]]) -> bool:
        return any(west <= p[0] <= east and south <= p[1] <= north for p in street)

    lines = {name: [s for s in backdrop.get(name, []) if near(s)] for name in ("roads", "roads_major")}
    return backdrop | lines


def compass(start: Point, end: Point) -> str:
    """The direction of the sky and the straight distance, in a sentence."""
    east, north = local_metres(end, start)
    skies = [
        pgettext("direction", "north"),
        pgettext("direction", "north-east"),
        pgettext("direction", "east"),
        pgettext("direction", "south-east"),
        pgettext("direction", "south"),
        pgettext("direction", "south-west"),
        pgettext("direction", "west"),
        pgettext("direction", "north-west"),
    ]
    sky = skies[round(degrees(atan2(east, north)) / 45) % 8]
    return _("Ride %(direction)s, %(distance)s in a straight line.") % {
        "direction": sky,
        "distance": say_distance(distance_m(start, end)),
    }
