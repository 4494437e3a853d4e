"""Whether one more drop can be promised: its cheapest place in tours that stand, with every promise kept.

The tours are the proof of what was promised before. A drop is put between two stops, or rides in a trip of its own;
nobody else changes bike or order. So the answer is quick enough to be given while a buyer waits, and a yes can be kept:
the tours with the drop in are the proof of the next question. A no is not final: a better plan may find room.

Times are whole seconds from local midnight, distances metres. Ways are asked from one location to another at normal
speed; only those along the tours, and those from and to the new drop, are ever asked. A tour whose bike takes other
ways than all (on foot, with a trailer) has its own.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from .drops import Drop
from .fleet import carries
from .problem import Bike

type Ways = Callable[[int, int], tuple[int, int]]
"""Seconds and metres from one location to another; 0 is the hub."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for all tours: seconds to reload, no departure before ``not_before``, what riding costs."""

    reload_seconds: int = 300
    not_before: int = 0
    unit_metre_cost: int = 1
    unit_second_cost: int = 1


@dataclass(frozen=True, slots=True)
class Tour:
    """One bike's trips of the day, or of a stretch of it between two rests (``fleet.stretches``), each as its drops in
    order; none is empty. ``ways`` are those of its bike, where they are not those of all.
    """

    bike: Bike
    trips: tuple[tuple[Drop, ...], ...] = ()
    ways: Ways | None = field(default=None, compare=False, repr=False)


class Spot(NamedTuple):
    """Where a drop may go: trip ``trip`` of tour ``tour`` before stop ``position``, or (None) in a new trip there."""

    tour: int
    trip: int
    position: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drop fits (see ``Spot``), and what that costs.

    ``metres`` and ``seconds`` are what the bikes ride, and are out, more; ``cost`` puts them together; ``option`` is
    the way of the drop that fits there. A trip of its own may come out below zero seconds only through a way that is
    quicker with a detour.
    """

    tour: int
    trip: int
    position: int | None
    metres: int
    seconds: int
    cost: int
    option: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """One trip as early as it can be, and as late as every promise after it allows."""

    departs: int
    leaves: int  # the latest departure that is home no later: nobody waits at a door for nothing
    home: int
    starts: tuple[int, ...]
    latest: tuple[int, ...]  # the latest arrival at each stop
    latest_departure: int
    latest_home: int


type Clocks = Sequence[list[Clock] | None]
"""The clock of each trip of each tour; None for a tour that breaks a rule."""


def clocks_of(tours: Sequence[Tour], ways: Ways, rules: Rules) -> Clocks:
    """What ``best_place`` needs to know of the tours: who asks often keeps it."""
    return [_clocks(tour, ways, rules) for tour in tours]


def best_place(
    tours: Sequence[Tour],
    drop: Drop,
    ways: Ways,
    rules: Rules,
    clocks: Clocks | None = None,
    only: Collection[Spot] | None = None,
) -> Place | None:
    """The place that costs least, or None when the drop fits nowhere, in none of its ways, without breaking a promise.

    With ``only``, no other places are looked at, and only the ways from and to the stops beside them need be known.
    Trips that have left by ``rules.not_before`` stay as they are. The tours themselves must keep all rules
    (``keeps``); a tour that does not is passed over.
    """
    known = clocks_of(tours, ways, rules) if clocks is None else clocks
    wanted = None if only is None else _by_tour(only)
    found = [
        (place, taken)
        for taken in drop.variants
        for index, (tour, clock) in enumerate(zip(tours, known, strict=True))
        if wanted is None or index in wanted
        for place in _places(index, tour, clock, taken, ways, rules, wanted and wanted[index])
    ]
    found.sort(key=lambda pair: (pair[0].cost - pair[1].spared, pair[0].tour, pair[0].trip, pair[0].position or 0))
    return next((place for place, taken in found if _stands(tours, place, taken, ways, rules)), None)


type _Wanted = Mapping[int, Collection[int | None]]
"""Positions by trip."""


def _by_tour(spots: Iterable[Spot]) -> dict[int, dict[int, set[int | None]]]:
    found: dict[int, dict[int, set[int | None]]] = {}
    for spot in spots:
        found.setdefault(spot.tour, {}).setdefault(spot.trip, set()).add(spot.position)
    return found


def with_drop(tours: Sequence[Tour], place: Place, drop: Drop) -> list[Tour]:
    """The tours with the drop in its place, in the way that fits there."""
    drop = drop.as_taken(place.option)
    changed = list(tours)
    trips = list(changed[place.tour].trips)
    if place.position is None:
        trips.insert(place.trip, (drop,))
    else:
        trip = trips[place.trip]
        trips[place.trip] = (*trip[: place.position], drop, *trip[place.position :])
    changed[place.tour] = replace(changed[place.tour], trips=tuple(trips))
    return changed


def keeps(tour: Tour, ways: Ways, rules: Rules) -> bool:
    """Whether a tour keeps every promise and every limit of its bike."""
    return _clocks(tour, ways, rules) is not None


def _ride(bike: Bike, ways: Ways, here: int, there: int) -> int:
    return -(-ways(here, there)[0] * 100 // bike.speed_percent)


def _metres(trips: Sequence[Sequence[Drop]], ways: Ways) -> int:
    return sum(ways(a, b)[1] for trip in trips for a, b in pairwise([0, *(d.location for d in trip), 0]))


def _forward(bike: Bike, trip: Sequence[Drop], departs: int, ways: Ways) -> tuple[tuple[int, ...], int]:
    """When service starts at each stop, and when the bike is home, leaving the hub at ``departs``."""
    clock, here, starts = departs, 0, []
    for drop in trip:
        start = max(clock + _ride(bike, ways, here, drop.location), drop.earliest)
        starts.append(start)
        clock, here = start + drop.service_seconds, drop.location
    return tuple(starts), clock + _ride(bike, ways, here, 0)


def _backward(bike: Bike, trip: Sequence[Drop], latest_home: int, ways: Ways) -> tuple[int, ...]:
    """The latest arrival at each stop that still keeps its own window, those after it, and ``latest_home``."""
    latest, then, there = [], latest_home, 0
    for drop in reversed(trip):
        then = min(drop.latest, then - _ride(bike, ways, drop.location, there) - drop.service_seconds)
        latest.append(then)
        there = drop.location
    return tuple(reversed(latest))


def _clocks(tour: Tour, ways: Ways, rules: Rules) -> list[Clock] | None:
    """The clock of each trip; None when the tour breaks a rule."""
    bike, ways = tour.bike, tour.ways or ways
    if not all(carries(bike, trip) for trip in tour.trips) or not _rides(bike, tour.trips, ways):
        return None
    early, free = [], bike.shift_start
    for trip in tour.trips:
        departs = max([free, *(drop.ready_at for drop in trip)])
        starts, home = _forward(bike, trip, departs, ways)
        leaves = max(departs, _departure(bike, trip, _backward(bike, trip, home, ways), ways))
        if departs < rules.not_before <= leaves:  # it could have left, and has not
            departs = rules.not_before
            starts, home = _forward(bike, trip, departs, ways)
        if not _stays_cold(bike, trip, max(departs, leaves), ways):
            return None
        early.append((departs, leaves, starts, home))
        free = home + rules.reload_seconds
    clocks: list[Clock] = []
    latest_home = bike.shift_end
    for trip, (departs, leaves, starts, home) in zip(reversed(tour.trips), reversed(early), strict=True):
        latest = _backward(bike, trip, latest_home, ways)
        if home > latest_home or any(start > last for start, last in zip(starts, latest, strict=True)):
            return None
        latest_departure = _departure(bike, trip, latest, ways)
        clocks.append(Clock(departs, leaves, home, starts, latest, latest_departure, latest_home))
        latest_home = latest_departure - rules.reload_seconds
    clocks.reverse()
    return clocks if _within_day(bike, clocks) else None


def _stays_cold(bike: Bike, trip: Sequence[Drop], leaves: int, ways: Ways) -> bool:
    """Whether nothing that must stay cold is too long on the way of a bike that leaves as late as it usefully can."""
    if all(drop.max_aboard is None for drop in trip):
        return True
    starts, _home = _forward(bike, trip, leaves, ways)
    return all(
        drop.max_aboard is None or start - leaves <= drop.max_aboard for drop, start in zip(trip, starts, strict=True)
    )


def _departure(bike: Bike, trip: Sequence[Drop], latest: Sequence[int], ways: Ways) -> int:
    """When to leave the hub to be at the first stop at its latest."""
    return latest[0] - _ride(bike, ways, 0, trip[0].location)


def _within_day(bike: Bike, clocks: Sequence[Clock]) -> bool:
    """Whether the rider is out no longer than allowed, by the early clock (a later start may do better)."""
    return bike.max_seconds is None or not clocks or clocks[-1].home - clocks[0].leaves <= bike.max_seconds


def _rides(bike: Bike, trips: Sequence[Sequence[Drop]], ways: Ways) -> bool:
    far = bike.range_metres is not None and _metres(trips, ways) > bike.range_metres
    return not far and (bike.max_trips is None or len(trips) <= bike.max_trips)


def _places(
    index: int,
    tour: Tour,
    clocks: list[Clock] | None,
    drop: Drop,
    ways: Ways,
    rules: Rules,
    wanted: _Wanted | None,
) -> Iterator[Place]:
    """Every place in one tour where the drop fits by the clock and by its size."""
    ways = tour.ways or ways
    if clocks is not None:
        yield from _in_trips(index, tour, clocks, drop, ways, rules, wanted)
        yield from _alone(index, tour, clocks, drop, ways, rules, wanted)


def _stands(tours: Sequence[Tour], place: Place, drop: Drop, ways: Ways, rules: Rules) -> bool:
    """Whether the whole tour keeps the limits that the clock alone does not show, where it has any."""
    tour = tours[place.tour]
    bike = tour.bike
    limits = [bike.range_metres, bike.max_trips, bike.max_seconds, drop.max_aboard]
    if all(limit is None for limit in limits) and all(d.max_aboard is None for trip in tour.trips for d in trip):
        return True
    return keeps(with_drop([tour], replace(place, tour=0), drop)[0], ways, rules)


def _in_trips(
    index: int,
    tour: Tour,
    clocks: Sequence[Clock],
    drop: Drop,
    ways: Ways,
    rules: Rules,
    wanted: _Wanted | None,
) -> Iterator[Place]:
    bike = tour.bike
    for number, (trip, clock) in enumerate(zip(tour.trips, clocks, strict=True)):
        if wanted is not None and number not in wanted:
            continue
        if clock.leaves < rules.not_before or not carries(bike, (*trip, drop)):
            continue
        departs, starts = clock.departs, clock.starts
        if max(drop.ready_at, rules.not_before) > departs:
            departs = max(drop.ready_at, rules.not_before)
            starts = _forward(bike, trip, departs, ways)[0]
        leave, here = departs, 0
        for position in range(len(trip) + 1):
            after = trip[position] if position < len(trip) else None
            there = after.location if after else 0
            if wanted is None or position in wanted[number]:
                start = max(leave + _ride(bike, ways, here, drop.location), drop.earliest)
                arrive = start + drop.service_seconds + _ride(bike, ways, drop.location, there)
                if start <= drop.latest and arrive <= (clock.latest[position] if after else clock.latest_home):
                    home = _forward_from(bike, trip[position:], arrive, ways) if after else arrive
                    metres = ways(here, drop.location)[1] + ways(drop.location, there)[1] - ways(here, there)[1]
                    yield _place(index, number, position, metres, home - clock.home, rules, drop.option)
            if after is None or starts[position] > clock.latest[position]:
                break  # leaving later for its bags, the bike misses this door
            leave, here = starts[position] + after.service_seconds, there
            if leave > drop.latest:
                break  # further on it is only later


def _forward_from(bike: Bike, rest: Sequence[Drop], arrive: int, ways: Ways) -> int:
    """When the bike is home if it comes to the first of ``rest`` at ``arrive``."""
    clock = max(arrive, rest[0].earliest) + rest[0].service_seconds
    here = rest[0].location
    for drop in rest[1:]:
        clock = max(clock + _ride(bike, ways, here, drop.location), drop.earliest) + drop.service_seconds
        here = drop.location
    return clock + _ride(bike, ways, here, 0)


def _alone(
    index: int,
    tour: Tour,
    clocks: Sequence[Clock],
    drop: Drop,
    ways: Ways,
    rules: Rules,
    wanted: _Wanted | None,
) -> Iterator[Place]:
    """A trip of its own before, between or after the others."""
    bike = tour.bike
    numbers = [
        number for number in range(len(clocks) + 1) if wanted is None or (number in wanted and None in wanted[number])
    ]
    if not numbers or not carries(bike, (drop,)):
        return
    out, back = _ride(bike, ways, 0, drop.location), _ride(bike, ways, drop.location, 0)
    metres = ways(0, drop.location)[1] + ways(drop.location, 0)[1]
    for number in numbers:
        free = clocks[number - 1].home + rules.reload_seconds if number else bike.shift_start
        departs = max(free, drop.ready_at, rules.not_before)
        start = max(departs + out, drop.earliest)
        home = start + drop.service_seconds + back
        if number < len(clocks):
            following = clocks[number]
            if following.leaves < rules.not_before:
                continue  # that one has left
            most = following.latest_departure - rules.reload_seconds
        else:
            most = bike.shift_end
        if start <= drop.latest and home <= most:
            yield _place(index, number, None, metres, out + drop.service_seconds + back, rules, drop.option)


def _place(index: int, trip: int, position: int | None, metres: int, seconds: int, rules: Rules, option: str) -> Place:
    cost = rules.unit_metre_cost * metres + rules.unit_second_cost * seconds
    return Place(index, trip, position, metres, seconds, cost, option)
