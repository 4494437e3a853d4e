"""A delivery as whoever waits for it follows it: where it is, when the bell rings, how many doors come before.

Nothing of the other doors is said but their number, and the bike is shown to the next door only, so that nobody learns
where it has been. The interval is worked out by ``eta.py`` from the published plan and from how the round goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.core.geo import distance_m
from parvis.core.svgmap import Marker, TownMap, draw
from parvis.core.time import day_of
from parvis.delivery.actions.road import aboard, ended_at
from parvis.delivery.eta import NARROWEST, Door, Interval, Ride, expect, misses, rounded, widths_of
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, RiderPosition, Round, Stop
from parvis.delivery.moved import is_moved
from parvis.delivery.states import DeliveryState
from parvis.delivery.told import is_called_off
from parvis.delivery.ways import around
from parvis.towns.models import Town

LEARNT_FROM = timedelta(days=28)
MOST_ROUNDS = 80
KEPT = 6 * 3600  # seconds for which what past rides teach is not asked again
FIVE, ONE = 300, 60


@dataclass(frozen=True)
class Following:
    """One delivery at the moment ``at``; ``stop`` is its place on a published round, if it has one. ``town`` is the
    buyer's: where a neighbour rides for it, the neighbour's rounds teach the interval.
    """

    delivery: Delivery
    town: Town
    at: datetime
    stop: Stop | None
    stops: tuple[Stop, ...]  # of its round, in order: those that it took along, or all while it has not left

    @classmethod
    def load(cls, delivery: Delivery, town: Town, at: datetime) -> "Following":
        """In a fixed number of queries. The delivery has its window and its story at hand."""
        stop = _stop_of(delivery)
        if stop is None:
            return cls(delivery, town, at, None, ())
        stops = _stops(stop.round)
        if all(one.pk != stop.pk for one in stops):  # the bike left without it
            return cls(delivery, town, at, None, ())
        return cls(delivery, town, at, stop, stops)

    @cached_property
    def state(self) -> DeliveryState:
        """Where it stands."""
        return self.delivery.state

    @property
    def on_the_way(self) -> bool:
        """A bike carries it, and has still to ring."""
        return self.state == DeliveryState.ON_THE_WAY

    @property
    def is_over(self) -> bool:
        """Handed over, failed, or called off."""
        return self.state in {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}

    @property
    def called_off(self) -> bool:
        """The bike that was to come cannot, and none has been found since."""
        return self.stop is None and not self.is_over and is_called_off(self.delivery)

    @cached_property
    def ended(self) -> DeliveryEvent | None:
        """How it ended at the door, if it has."""
        ends = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED}
        return next((e for e in reversed(list(self.delivery.events.all())) if e.kind in ends), None)

    @cached_property
    def ride(self) -> Ride | None:
        """Its round as ``eta.py`` reads it, in seconds of the clock."""
        return None if self.stop is None else _ride(self.stop.round, self.stops)

    @property
    def _rides(self) -> Town:
        return self.town if self.delivery.town_id == self.town.pk else self.delivery.town

    @property
    def _index(self) -> int:
        assert self.stop is not None
        return next(number for number, one in enumerate(self.stops) if one.pk == self.stop.pk)

    @property
    def doors_before(self) -> int | None:
        """How many doors the bike rings at before this one; None while no round is known."""
        if self.ride is None or self.is_over:
            return None
        return sum(door.ended is None for door in self.ride.doors[: self._index])

    @property
    def doors_done(self) -> int:
        """At how many of the doors before this one the bike has rung."""
        return sum(self.doors)

    @property
    def doors(self) -> list[bool]:
        """The doors before this one, whether the bike has rung there; nothing of which they are."""
        return [] if self.ride is None else [door.ended is not None for door in self.ride.doors[: self._index]]

    @cached_property
    def interval(self) -> Interval | None:
        """When the bell rings, in seconds of the clock; None while nothing is planned, and once it rang."""
        if self.ride is None or self.is_over:
            return None
        found = expect(self.ride, self._index, int(self.at.timestamp()), measured(self._rides, self.at))
        opens = int(self.delivery.window.starts_at.timestamp())  # nobody rings before what was promised
        found = replace(found, early=max(found.early, opens), late=max(found.late, opens + NARROWEST))
        return rounded(found, ONE if self.on_the_way and self.doors_before == 0 else FIVE)

    @property
    def arrives(self) -> tuple[datetime, datetime] | None:
        """The same as two moments."""
        if self.interval is None:
            return None
        zone = timezone.get_current_timezone()
        return (
            datetime.fromtimestamp(self.interval.early, tz=zone),
            datetime.fromtimestamp(self.interval.late, tz=zone),
        )

    @property
    def may_be_late(self) -> bool:
        """The bell may ring after the window that was promised."""
        return self.interval is not None and self.interval.late > self.delivery.window.ends_at.timestamp()

    @cached_property
    def position(self) -> RiderPosition | None:
        """Where the bike is, for the next door only, and only where its rider agreed."""
        if self.stop is None or not self.on_the_way or self.doors_before != 0:
            return None
        return RiderPosition.of_round(self.stop.round, self.at)

    @property
    def metres(self) -> float:
        """From the depot to the door, in a straight line."""
        return distance_m(self.delivery.window.hub.point, self.delivery.point)

    @property
    def metres_left(self) -> float | None:
        """From the bike to the door, in a straight line, where the bike may be shown."""
        point = None if self.position is None else self.position.point
        return None if point is None else distance_m(point, self.delivery.point)

    @property
    def has_streets(self) -> bool:
        """The town's streets are known between the depot and the door: without them a map is an empty sheet."""
        return bool(self.map.roads or self.map.roads_major)

    @cached_property
    def map(self) -> TownMap:
        """The depot, the door, and the bike while it is on its way here."""
        hub, door = self.delivery.window.hub, self.delivery.point
        markers = [
            Marker(hub.lon, hub.lat, hub.name, label="⌂", tone="hub"),
            Marker(door.lon, door.lat, _("Your door"), tone="go"),
        ]
        said = _("The depot and your door.")
        if self.position is not None and (point := self.position.point):
            markers.append(Marker(point.lon, point.lat, _("The bike, about here"), tone="wait"))
            said = _("The depot, your door, and the bike, about here.")
        return draw(
            title=_("Where your order is"),
            description=said,
            boundary=self.town.boundary,
            backdrop=around(self.town.backdrop, [[hub.lon, hub.lat], [door.lon, door.lat]]),
            markers=markers,
            near=True,
        )


def _stop_of(delivery: Delivery) -> Stop | None:
    """Its place on a published round, but not on one that was planned before another time was promised."""
    stops = Stop.objects.filter(delivery=delivery, round__plan__state=Plan.State.PUBLISHED)
    stop = stops.select_related("round__plan").order_by("-arrive_at").first()
    if stop is None:
        return None
    stop.delivery = delivery
    return None if is_moved(stop) else stop


def _stops(round_: Round) -> tuple[Stop, ...]:
    """The doors at which a round really rings, in order."""
    found = Round.objects.prefetch_related("stops__delivery__bags__events", "stops__delivery__events").get(pk=round_.pk)
    if found.left_at is None:
        return tuple(stop for stop in found.stops.all() if stop.delivery.cancelled_at is None)
    return tuple(aboard(found))


def _ride(round_: Round, stops: tuple[Stop, ...]) -> Ride:
    doors = []
    for stop in stops:
        end = ended_at(round_, stop)
        ended = None if end is None else int(end.timestamp())
        doors.append(Door(int(stop.arrive_at.timestamp()), int(stop.leave_at.timestamp()), ended))
    left = None if round_.left_at is None else int(round_.left_at.timestamp())
    return Ride(int(round_.departs_at.timestamp()), left, tuple(doors))


def measured(town: Town, at: datetime) -> Mapping[int, tuple[int, int]]:
    """The widths that the town's rides of the last four weeks teach; nothing where there were too few."""
    key = f"arrivals:{town.pk}:{day_of(at, town.zone)}"
    known: Mapping[int, tuple[int, int]] | None = cache.get(key)
    if known is None:
        known = widths_of(misses(_past_rides(town, at)))
        cache.set(key, known, KEPT)
    return known


def _past_rides(town: Town, at: datetime) -> list[Ride]:
    """The newest rounds that are back, their doors in the order in which they really ended. Three queries."""
    rounds = Round.objects.filter(town=town, plan__state=Plan.State.PUBLISHED, back_at__gte=at - LEARNT_FROM)
    found = rounds.filter(back_at__lte=at).order_by("-back_at")[:MOST_ROUNDS]
    rides = []
    for round_ in found.prefetch_related("stops__delivery__bags__events", "stops__delivery__events"):
        ended = [(end, stop) for stop in round_.stops.all() if (end := ended_at(round_, stop)) is not None]
        ended.sort(key=lambda pair: (pair[0], pair[1].position))
        rides.append(_ride(round_, tuple(stop for _end, stop in ended)))
    return rides
