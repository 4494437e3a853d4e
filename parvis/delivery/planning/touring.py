"""Tours put on the clock under every rule, and drops put into the gaps of tours.

The search works on PyVRP's terms; what it finds becomes trips only through here, where each rule is
checked again. A drop that breaks one is taken out, and every drop that is out is offered each place in
each trip, and trips of its own. So what cannot be kept is left out and the rest still rides.
"""

from collections.abc import Iterator, Sequence

from .drops import Drop
from .fleet import Slot, carries
from .plan import Trip
from .problem import Problem
from .timing import cost_of, ride_seconds, time_trip, tour_metres

type Tour = tuple[tuple[Drop, ...], ...]
"""The trips of one slot, each as its drops in order."""

type Tours = list[tuple[Slot, Tour]]
"""A tour for each slot that has one; slots not named are idle."""


def timed(problem: Problem, slot: Slot, tour: Tour) -> list[Trip] | None:
    """The trips of a tour, each home as early as it can be; None when a rule of the slot is broken."""
    if not _keeps_the_rules(problem, slot, tour):
        return None
    trips: list[Trip] = []
    free = slot.opens
    for drops in tour:
        trips.append(time_trip(problem, slot.bike, drops, free))
        free = trips[-1].returns + problem.reload_seconds
    if slot.seconds_left is not None and trips:
        trips = _closed_up(problem, slot, trips)
        if trips[-1].returns - trips[0].departs > slot.seconds_left:
            return None
    return trips if all(map(_stays_cold, tour, trips)) else None


def _stays_cold(drops: Sequence[Drop], trip: Trip) -> bool:
    """Whether nothing that must stay cold is too long on the way."""
    return all(
        drop.max_aboard is None or stop.start - trip.departs <= drop.max_aboard
        for drop, stop in zip(drops, trip.stops, strict=True)
    )


def _keeps_the_rules(problem: Problem, slot: Slot, tour: Tour) -> bool:
    """Whether every trip fits the bike, the slot and the windows when each leaves as early as it can."""
    if slot.trips_left is not None and len(tour) > slot.trips_left:
        return False
    if slot.range_left is not None and sum(tour_metres(problem, slot.bike, trip) for trip in tour) > slot.range_left:
        return False
    clock = slot.opens - problem.reload_seconds
    for trip in tour:
        home = _home(problem, slot, trip, clock + problem.reload_seconds)
        if home is None or not carries(slot.bike, trip):
            return False
        clock = home
    return not tour or clock <= slot.closes


def _home(problem: Problem, slot: Slot, drops: Sequence[Drop], free: int) -> int | None:
    """When the bike is home if it leaves as early as it can; None when it misses a window or is home late."""
    clock, here = max([free, *(drop.ready_at for drop in drops)]), 0
    for drop in drops:
        clock = max(clock + ride_seconds(problem, slot.bike, here, drop.location), drop.earliest)
        if clock > drop.latest:
            return None
        clock, here = clock + drop.service_seconds, drop.location
    clock += ride_seconds(problem, slot.bike, here, 0)
    return clock if clock <= slot.closes else None


def _closed_up(problem: Problem, slot: Slot, trips: Sequence[Trip]) -> list[Trip]:
    """The same trips, the earlier ones as late as the next allows: the rider is out for less long."""
    closed = list(trips)
    for i in reversed(range(len(closed) - 1)):
        drops = problem.drops_of(closed[i])
        later = closed[i + 1].departs - problem.reload_seconds - closed[i].returns
        closed[i] = time_trip(problem, slot.bike, drops, closed[i].departs, later)
    return closed


def mended(problem: Problem, slots: Sequence[Slot], tours: Tours, wanted: Sequence[Drop]) -> Tours:
    """The tours without the drops that break a rule, and with every drop of `wanted` that finds a place.

    `wanted` holds a drop once for each way to make it that counts. Drops are placed in order of the close of their
    window, each where and in the way in which it costs least.
    """
    planned = dict(tours)
    kept = {slot: _keepable(problem, slot, planned.get(slot, ())) for slot in slots}
    served = {drop.id for tour in kept.values() for trip in tour for drop in trip}
    ways: dict[str, list[Drop]] = {}
    for drop in sorted(wanted, key=lambda drop: (drop.latest, drop.id)):
        if drop.id not in served:
            ways.setdefault(drop.id, []).append(drop)
    for drops in ways.values():
        place = _cheapest(problem, kept, drops)
        if place is not None:
            kept[place[0]] = place[1]
    return [(slot, tour) for slot, tour in kept.items() if tour]


def _keepable(problem: Problem, slot: Slot, tour: Tour) -> Tour:
    if timed(problem, slot, tour) is not None:
        return tour
    kept: list[tuple[Drop, ...]] = []
    for drops in tour:
        trip: tuple[Drop, ...] = ()
        for drop in drops:
            if timed(problem, slot, (*kept, (*trip, drop))) is not None:
                trip = (*trip, drop)
        if trip:
            kept.append(trip)
    return tuple(kept)


def _cheapest(problem: Problem, tours: dict[Slot, Tour], drops: Sequence[Drop]) -> tuple[Slot, Tour] | None:
    """The slot and its new tour that take one of `drops`, the ways to make one delivery, at the least cost, or None."""
    best, least = None, None
    for slot, tour in tours.items():
        before = cost_of(problem, timed(problem, slot, tour) or ())
        for new, spared in ((new, drop.spared) for drop in drops for new in _with(tour, drop)):
            trips = timed(problem, slot, new)
            if trips is None:
                continue
            more = cost_of(problem, trips) - before - spared
            if least is None or more < least:
                best, least = (slot, new), more
    return best


def _with(tour: Tour, drop: Drop) -> Iterator[Tour]:
    """Every tour made by putting `drop` into a trip or between two trips."""
    for i in range(len(tour) + 1):
        yield (*tour[:i], (drop,), *tour[i:])
    for i, trip in enumerate(tour):
        for j in range(len(trip) + 1):
            yield (*tour[:i], (*trip[:j], drop, *trip[j:]), *tour[i + 1 :])
