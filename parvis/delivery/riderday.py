"""The rider's question: where next? Read from the rounds of one rider's day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import atan2, degrees
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from parvis.core.geo import Point, distance_m, local_metres
from parvis.core.svgmap import Marker, TownMap, draw
from parvis.core.svgmap import Route as MapRoute
from parvis.core.words import say_distance
from parvis.delivery.clients.streets import Route, streets_for
from parvis.delivery.models import DeliveryEvent, Round, Stop
from parvis.delivery.parcels import Parcel
from parvis.delivery.states import DeliveryState
from parvis.delivery.trips import Trip, trips_of
from parvis.people.models import Person
from parvis.towns.models import Town

AROUND_METRES = 500  # streets drawn around the way, so that the picture stays light


@dataclass(frozen=True)
class RiderDay:
    """The published rounds of one rider on one day, in order."""

    trips: tuple[Trip, ...]

    @classmethod
    def load(cls, rider: Person, town: Town, day: date) -> "RiderDay":
        """In a fixed number of queries."""
        rounds = Round.objects.of_rider(rider, day).filter(town=town).select_related("plan__hub")
        return cls(tuple(trips_of(rounds)))

    @property
    def current(self) -> Trip | None:
        """The round on the road, else the first that has not left."""
        on_the_road = next((t for t in self.trips if t.round.left_at and not t.round.back_at), None)
        return on_the_road or next((t for t in self.trips if not t.round.left_at), None)

    @property
    def later(self) -> list[Trip]:
        """The rounds that follow the current one."""
        return [trip for trip in self.trips if not trip.round.left_at and trip is not self.current]

    @property
    def delivered(self) -> int:
        """How many deliveries were handed over today."""
        return sum(trip.delivered for trip in self.trips)

    @property
    def metres(self) -> int:
        """How far the rounds that are back led."""
        return sum(trip.round.metres for trip in self.trips if trip.round.back_at)


def next_stop(trip: Trip) -> tuple[Stop, Parcel] | None:
    """The first door of a round on the road of which nobody has said how it ended."""
    return next(((s, p) for s, p in trip.parcels if p.state == DeliveryState.ON_THE_WAY), None)


def ended(parcel: Parcel, since: datetime | None) -> DeliveryEvent | None:
    """How a delivery ended at its door on the round that left at ``since``; None if it has not."""
    end = parcel.story_end
    return end if end and since and end.at >= since else None


@dataclass(frozen=True)
class Way:
    """The way from where the rider was last to a door."""

    start: Point
    stop: Stop
    route: Route
    said: str  # why times are rough, or ""
    leaves_at: datetime

    @classmethod
    def to(cls, trip: Trip, stop: Stop, town: Town, at: datetime) -> "Way":
        """From the door that was done last, or from the hub."""
        done = [(end.at, s) for s, p in trip.parcels if (end := ended(p, trip.round.left_at)) is not None]
        last = max(done, key=lambda pair: pair[0], default=None)
        start = last[1].delivery.point if last else trip.round.plan.hub.point
        streets = streets_for(town)
        leaves_at = last[0] if last else (trip.round.left_at or at)
        return cls(start, stop, streets.route([start, stop.delivery.point]), streets.said, leaves_at)

    @property
    def geo(self) -> str:
        """The door as a ``geo:`` address (RFC 5870), which opens the rider's own map."""
        door = self.stop.delivery.point
        place = f"{door.lat:.6f},{door.lon:.6f}"
        return f"geo:{place}?q={place}"

    @property
    def eta(self) -> datetime:
        """When the bell will ring, if nothing comes between; never before the plan says."""
        return max(self.stop.arrive_at, self.leaves_at + timedelta(seconds=self.route.seconds))

    def directions(self, language: str) -> list[str]:
        """What to do at each turn; without a street map, the direction of the sky and the distance."""
        return self.route.directions(language) or [compass(self.start, self.stop.delivery.point)]

    def map(self, town: Town, title: str, label: str) -> TownMap:
        """The way drawn on the streets around it."""
        door = self.stop.delivery.point
        return draw(
            title=title,
            boundary=town.boundary,
            backdrop=around(town.backdrop, self.route.geometry),
            routes=[MapRoute(self.route.geometry)],
            markers=[
                Marker(self.start.lon, self.start.lat, _("You start here"), tone="hub"),
                Marker(door.lon, door.lat, self.stop.delivery.address, label=label, tone="go"),
            ],
            near=True,
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


@dataclass(frozen=True)
class Door:
    """A stop in the list of a round: where, and how it stands."""

    stop: Stop
    parcel: Parcel
    trip: Trip

    @cached_property
    def end(self) -> DeliveryEvent | None:
        """How it ended on this round."""
        return ended(self.parcel, self.trip.round.left_at)

    @property
    def stays(self) -> bool:
        """The bike left without it."""
        return bool(self.trip.round.left_at) and not self.parcel.aboard and self.end is None


def doors(trip: Trip) -> list[Door]:
    """The stops of a round in their order."""
    return [Door(stop, parcel, trip) for stop, parcel in trip.parcels]


def street_and_town(address: str) -> tuple[str, str]:
    """An address in two: the street, to be read from the saddle, and the rest."""
    street, _comma, rest = address.partition(",")
    return street.strip(), rest.strip()
