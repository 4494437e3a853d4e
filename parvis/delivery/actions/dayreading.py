"""One hub's day as promises see it, read from the rows: who rides, what is promised, and the tours that prove it.

Rows are the truth: deliveries that are gone leave the tours on record, and those that are new to them (promised anew,
or whose bike broke down) are put in first; while one has no place, its window promises nothing more.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby, pairwise
from typing import Any, Self
from uuid import UUID

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import JSONField, Q, Sum, Value

from parvis.core.geo import Point
from parvis.core.time import day_bounds, day_of, seconds_into
from parvis.delivery.actions.dayways import DayWays
from parvis.delivery.actions.problems import LEAD, Load, as_bike
from parvis.delivery.actions.reserve import promised_bike, promised_drop
from parvis.delivery.actions.streets import conditions_on
from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import Bag, DayTours, Delivery, Hub, Shift, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.planning import (
    Bike,
    Clocks,
    Drop,
    Gaps,
    Place,
    Rules,
    Shortlist,
    Spot,
    Tour,
    Ways,
    best_place,
    clocks_of,
    gaps_of,
    keeps,
    shortlist,
    stretches,
    with_drop,
)
from parvis.delivery.skills import together
from parvis.towns.models import Town

FEW_SPOTS, MANY_SPOTS = 2, 16  # places for a door whose ways are asked first, and next
FEW = 6  # deliveries that are new to the tours; with more, all ways at once are cheaper


@dataclass
class Day:
    """One hub's day: who rides, what is promised, and the tours that prove it."""

    midnight: datetime
    bikes: tuple[Bike, ...]
    cold_minutes: int
    rules: Rules
    ways: DayWays
    tours: list[Tour]
    windows: Mapping[str, UUID]  # of each promised delivery, by id
    unplaced: frozenset[UUID] = frozenset()  # windows of deliveries that found no place
    left_out: tuple[Drop, ...] = ()  # those deliveries
    stood: bool = True  # no tour on record had to be given up
    clocks: Clocks | None = None  # of the tours, once somebody asked
    gaps: Gaps | None = None  # of the tours, once somebody asked
    looked_at: dict[Drop, Shortlist] = field(default_factory=dict)

    def drop(self, id: str, window: Window, load: Load) -> Drop:
        """A door that is asked for."""
        place = self.ways.streets.conditions.at(load.point, (window.starts_at, window.ends_at))
        return promised_drop(id, self.ways.place(place), self.midnight, load, window, self.cold_minutes)

    def best(self, window: Window, drop: Drop, *, quickly: bool = False) -> Place | None:
        """The cheapest place for a door in a window; None where no bike can be there and keep what is promised."""
        return None if window.pk in self.unplaced else self.cheapest(drop, quickly=quickly)

    def cheapest(self, drop: Drop, *, quickly: bool = False) -> Place | None:
        """The cheapest place for a door, whatever its window has been through: the ways are asked of the places that
        promise most, then of those that are left. So a cheaper one may be missed.

        ``quickly``: a place that would do even if the way to it were long is enough, and its metres may be guessed.
        """
        spots, here = self.shortlist(drop).spots, drop.location
        if quickly:
            few = self._few(drop)
            for ways, places in self._beside(few):
                ways.guess(here, places)
            if place := self._best_of(few, drop):
                return place
        for some in (spots[:MANY_SPOTS], spots[MANY_SPOTS:]):
            for ways, places in self._beside(some):
                ways.learn(here, places)
            if place := self._best_of(some, drop):
                return place
        return None

    def _best_of(self, spots: Sequence[Spot], drop: Drop) -> Place | None:
        return best_place(self.tours, drop, self.ways, self.rules, self.known_clocks, spots) if spots else None

    def foresee(self, drops: Iterable[Drop]) -> None:
        """Ask at once for the ways that ``cheapest`` will ask for, quickly, of one door in several windows."""
        for location, asked in groupby(drops, lambda drop: drop.location):
            for ways, places in self._beside(spot for drop in asked for spot in self._few(drop)):
                ways.guess(location, places)

    def shortlist(self, drop: Drop) -> Shortlist:
        """Where a door may go, the place that promises most first."""
        if drop not in self.looked_at:
            apart = self.ways.apart(drop.location)
            guesses = [self.ways.of(tour.bike.profile).streets.guess for tour in self.tours]
            self.looked_at[drop] = shortlist(self.known_gaps, self.tours, drop, apart, guesses, self.rules)
        return self.looked_at[drop]

    def _few(self, drop: Drop) -> list[Spot]:
        """The places that promise most, and the best of the sure ones."""
        found = self.shortlist(drop)
        return list(dict.fromkeys([*found.spots[:FEW_SPOTS], *found.sure[:1]]))

    def _beside(self, spots: Iterable[Spot]) -> Iterator[tuple[DayWays, set[int]]]:
        """The places before and after some spots, with the ways of the bikes that would ride there."""
        found: dict[str, set[int]] = {}
        for tour, trip, position in spots:
            drops = () if position is None else self.tours[tour].trips[trip]
            places = [0, *(drop.location for drop in drops), 0]
            beside = found.setdefault(self.tours[tour].bike.profile, set())
            beside |= set(places[position or 0 : (position or 0) + 2])
        return ((self.ways.of(profile), places) for profile, places in found.items())

    def learn_all(self) -> None:
        """Ask for all ways at once, of each kind of bike that rides."""
        for profile in sorted({bike.profile for bike in self.bikes}):
            self.ways.of(profile).learn_all()

    @property
    def known_clocks(self) -> Clocks:
        """The clock of each trip, worked out once."""
        if self.clocks is None:
            self.clocks = clocks_of(self.tours, self.ways, self.rules)
        return self.clocks

    @property
    def known_gaps(self) -> Gaps:
        """The gaps between stops, worked out once."""
        if self.gaps is None:
            self.gaps = gaps_of(self.tours, self.known_clocks, self.ways, self.rules)
        return self.gaps

    def add(self, place: Place, drop: Drop) -> None:
        """Promise it."""
        self.tours, self.clocks, self.gaps, self.looked_at = with_drop(self.tours, place, drop), None, None, {}

    def prepare(self) -> None:
        """Work out now what each door that is asked for needs."""
        self.gaps = self.known_gaps

    def copied(self) -> Self:
        """The same day, to which doors and promises can be added without changing this one."""
        ways = self.ways.copied()
        tours = [replace(tour, ways=ways.of(tour.bike.profile)) if tour.ways else tour for tour in self.tours]
        return replace(self, ways=ways, tours=tours, looked_at={})

    def to_json(self) -> dict[str, list[dict[str, Any]]]:
        """The trips of each shift, with the ways between their stops."""
        kept: dict[str, list[dict[str, Any]]] = {tour.bike.id: [] for tour in self.tours}
        for tour in self.tours:
            kept[tour.bike.id] += [trip_json(trip, tour.ways or self.ways) for trip in tour.trips]
        return kept


def trip_json(trip: Collection[Drop], ways: Ways) -> dict[str, Any]:
    """A trip as it is kept: its deliveries, and seconds and metres of each way."""
    places = [0, *(drop.location for drop in trip), 0]
    return {
        "drops": [drop.id for drop in trip],
        "ways": [list(ways(a, b)) for a, b in pairwise(places)],
    }


type _Key = tuple[UUID, date]


def days_of(
    town: Town,
    windows: Iterable[Window],
    at: datetime,
    *,
    known: Mapping[_Key, DayTours] | None = None,
    without: UUID | None = None,
    fresh: bool = False,
    today: date | None = None,
) -> dict[_Key, Day]:
    """The days of some windows for which shifts are entered, by hub and day; their bikes are those that count ``at``
    (``today``, where the day is looked at as of another moment).
    """
    today = today or day_of(at, town.zone)
    keys = {(window.hub_id, window.day_in(town.zone)) for window in windows}
    if not keys:
        return {}
    days = [day for _hub, day in keys]
    first, last = day_bounds(min(days), town.zone)[0], day_bounds(max(days), town.zone)[1]
    shifts = _by_day(
        shifts_between(town, first, last), keys, lambda shift: (shift.bike.hub_id, day_of(shift.starts_at, town.zone))
    )
    keys = {key for key in keys if key in shifts}
    if not keys:
        return {}
    rows = _by_day(_promised(town, days, without), keys, lambda one: (one.window.hub_id, one.window.day_in(town.zone)))
    hubs = {hub.pk: hub for hub in Hub.objects.filter(pk__in={hub for hub, _day in keys})}
    if known is None:
        stored = DayTours.objects.filter(hub__in=hubs, day__in={day for _hub, day in keys})
        known = {(row.hub_id, row.day): row for row in stored}
    streets = {}
    for hub in hubs.values():
        hub.town = town
        for day, conditions in conditions_on(hub, [day for pk, day in keys if pk == hub.pk]).items():
            streets[hub.pk, day] = streets_for(town).under(conditions)
    return {
        key: _day(
            hubs[key[0]],
            town,
            key[1],
            [shift for shift in shifts[key] if shift.bike.counts_on(key[1], today)],
            rows.get(key, []),
            known.get(key),
            streets[key],
            at,
            fresh,
        )
        for key in keys
    }


def _by_day(rows: Iterable[Any], keys: Collection[_Key], where: Callable[[Any], _Key]) -> dict[_Key, list[Any]]:
    found: dict[_Key, list[Any]] = {}
    for row in rows:
        if (key := where(row)) in keys:
            found.setdefault(key, []).append(row)
    return found


def shifts_between(town: Town, first: datetime, last: datetime) -> Iterable[Shift]:
    """The shifts that start between two moments, on whatever bike, in a fixed order."""
    found = Shift.objects.filter(town=town, starts_at__gte=first, starts_at__lt=last)
    return found.select_related("bike").order_by("bike__name", "starts_at", "pk")


@dataclass(frozen=True, slots=True)
class _Promised:
    """A live delivery as this room needs it, without a model for each of hundreds."""

    id: str
    window: Window
    load: Load


def _promised(town: Town, days: Sequence[date], without: UUID | None) -> list[_Promised]:
    """What is promised in the windows of some days, oldest first, with weight, volume and needs of live bags."""
    found = Window.objects.filter(of_days(min(days), max(days), town.zone), town=town)
    windows = {window.pk: window for window in found}
    live = Q(bags__cancelled_at=None)
    cold = live & ~Q(bags__temperature=Bag.Temperature.AMBIENT)
    bag_grams = Sum("bags__grams", filter=live, default=0)
    asking = live & Q(bags__isnull=False) & ~Q(bags__needs=[])
    cold_millilitres = Sum("bags__millilitres", filter=cold, default=0)
    bag_millilitres = Sum("bags__millilitres", filter=live, default=0)
    rows = (
        Delivery.objects.filter(town=town, cancelled_at=None, window__in=windows)
        .order_by("pk")
        .values_list("pk", "window", "lon", "lat", "service_seconds")
        .annotate(bag_grams=bag_grams, bag_millilitres=bag_millilitres, cold_millilitres=cold_millilitres)
        .annotate(bag_needs=JSONBAgg("bags__needs", filter=asking, default=Value([], JSONField())))
    )
    return [
        _Promised(
            str(pk),
            windows[window],
            Load(Point(lon, lat), weight, volume, seconds, cold_volume, together(filter(None, needs))),
        )
        for pk, window, lon, lat, seconds, weight, volume, cold_volume, needs in rows
        if pk != without
    ]


def _day(
    hub: Hub,
    town: Town,
    day: date,
    shifts: list[Shift],
    promised: list[_Promised],
    kept: DayTours | None,
    streets: StreetNetwork,
    at: datetime,
    fresh: bool,
) -> Day:
    midnight = day_bounds(day, town.zone)[0]
    places: dict[Point, int] = {hub.point: 0}
    doors = {
        one.id: streets.conditions.at(one.load.point, (one.window.starts_at, one.window.ends_at)) for one in promised
    }
    for door in doors.values():
        places.setdefault(door, len(places))
    ways = DayWays(streets, list(places))
    drops = {
        one.id: promised_drop(one.id, places[doors[one.id]], midnight, one.load, one.window, hub.cold_minutes)
        for one in promised
    }
    rules = Rules(not_before=max(0, seconds_into(at + LEAD, midnight)))
    bikes = tuple(promised_bike(as_bike(shift, midnight)) for shift in shifts)
    found = Day(midnight, bikes, hub.cold_minutes, rules, ways, [], {one.id: one.window.pk for one in promised})
    if fresh and kept is not None and kept.conditions != streets.conditions.mark:
        found.learn_all()
    found.tours = [tour for bike in bikes for tour in _tours(bike, kept, drops, ways, rules)]
    found.clocks = clocks_of(found.tours, ways, rules)
    if None in found.clocks:  # what was promised there must find another place
        found.tours = [replace(t, trips=()) if c is None else t for t, c in zip(found.tours, found.clocks, strict=True)]
        found.clocks, found.stood = None, False
    _place_others(found, drops)
    return found


def _tours(bike: Bike, kept: DayTours | None, drops: Mapping[str, Drop], ways: DayWays, rules: Rules) -> Iterator[Tour]:
    """The trips of a shift as they were kept, without what is gone: a tour for each stretch between its breaks."""
    ways = ways.of(bike.profile)
    own = ways if bike.profile else None
    trips = _trips(bike, kept, drops, ways)
    *earlier, last = stretches(bike) or (bike,)
    for stretch in earlier:
        count = len(trips)
        while count and not keeps(Tour(stretch, tuple(trips[:count])), ways, rules):
            count -= 1
        yield Tour(stretch, tuple(trips[:count]), own)
        trips = trips[count:]
    yield Tour(last, tuple(trips), own)


def _trips(bike: Bike, kept: DayTours | None, drops: Mapping[str, Drop], ways: DayWays) -> list[tuple[Drop, ...]]:
    """The trips on record; their ways need not be asked again."""
    trips = []
    for trip in kept.tours.get(bike.id, []) if kept else []:
        here: int | None = 0
        for id, way in zip([*trip["drops"], None], trip["ways"], strict=True):
            there = 0 if id is None else drops[id].location if id in drops else None
            if here is not None and there is not None and here != there:
                ways.known.setdefault((here, there), (way[0], way[1]))
            here = there
        if left := tuple(drops[id] for id in trip["drops"] if id in drops):
            trips.append(left)
    return trips


def _place_others(day: Day, drops: Mapping[str, Drop]) -> None:
    """Deliveries that no tour knows are put in, the soonest window first; who finds no place closes its window."""
    served = {drop.id for tour in day.tours for trip in tour.trips for drop in trip}
    missing = sorted((drop for id, drop in drops.items() if id not in served), key=lambda drop: (drop.latest, drop.id))
    unplaced, left_out = set(), []
    if len(missing) > FEW:
        day.learn_all()
    for drop in missing:
        place = day.cheapest(drop)
        if place is None:
            unplaced.add(day.windows[drop.id])
            left_out.append(drop)
        else:
            day.add(place, drop)
    day.unplaced, day.left_out = frozenset(unplaced), tuple(left_out)
