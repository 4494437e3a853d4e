"""When a bike leaves, arrives and comes home: the clock of one trip, and what trips cost.

The rule: the trip ends as early as it can, then leaves the hub as late as that end allows. So nobody
waits at a door for time that could be spent at the hub, and no door is served later for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from .drops import Drop
from .plan import Stop, Trip
from .problem import Bike, Problem


def ride_seconds(problem: Problem, bike: Bike, start: int, end: int) -> int:
    """Seconds from one location to another at this bike's speed, rounded up."""
    return -(-problem.durations_of(bike)[start][end] * 100 // bike.speed_percent)


def tour_metres(problem: Problem, bike: Bike, drops: Iterable[Drop]) -> int:
    """Metres from the hub through the drops in order and home, by the bike's ways."""
    places, ways = [0, *(drop.location for drop in drops), 0], problem.distances_of(bike)
    return sum(ways[here][there] for here, there in pairwise(places))


def ride(
    problem: Problem, bike: Bike, drops: Sequence[Drop], departs: int, here: int = 0
) -> tuple[tuple[Stop, ...], int]:
    """The stops when leaving `here` (the hub, unless said) at `departs`, and the moment the bike is home."""
    stops, clock = [], departs
    for drop in drops:
        arrive = clock + ride_seconds(problem, bike, here, drop.location)
        start = max(arrive, drop.earliest)
        clock, here = start + drop.service_seconds, drop.location
        stops.append(Stop(drop.id, arrive, start, clock, drop.option))
    return tuple(stops), clock + ride_seconds(problem, bike, here, 0)


def useless_wait(drops: Sequence[Drop], stops: Sequence[Stop], later: int = 0) -> int:
    """Seconds by which the departure can be put off without missing a window or coming home more than
    `later` seconds later.
    """
    waited, room = 0, None
    for drop, stop in zip(drops, stops, strict=True):
        waited += stop.start - stop.arrive
        slack = waited + drop.latest - stop.start
        room = slack if room is None else min(room, slack)
    return max(0, min(waited + later, room or 0))


def time_trip(problem: Problem, bike: Bike, drops: Sequence[Drop], not_before: int, later: int = 0) -> Trip:
    """The trip that serves `drops` in order, leaving when all bags are there and not before `not_before`.

    It comes home as early as it can, or up to `later` seconds after that. Windows that cannot be kept are
    missed, not refused: `verify` tells.
    """
    departs = max([not_before, *(drop.ready_at for drop in drops)])
    stops, _ = ride(problem, bike, drops, departs)
    departs += useless_wait(drops, stops, later)
    stops, returns = ride(problem, bike, drops, departs)
    return Trip(
        bike_id=bike.id,
        load_grams=sum(drop.grams for drop in drops),
        load_millilitres=sum(drop.millilitres for drop in drops),
        load_crates=sum(drop.crates for drop in drops),
        departs=departs,
        returns=returns,
        metres=tour_metres(problem, bike, drops),
        stops=stops,
    )


def collected_at(problem: Problem, bike: Bike, stop: Stop) -> int | None:
    """When the bike takes the bags at their shop; None for a stop whose bags ride from the hub."""
    drop = problem.drop_of(stop)
    return None if drop.collect is None else stop.start - ride_seconds(problem, bike, drop.collect, drop.location)


def retime(
    problem: Problem,
    bike_id: str,
    drop_ids: Sequence[str],
    departs_not_before: int,
    options: Mapping[str, str] | None = None,
) -> Trip:
    """The times of one hand-made trip, in the order given; a drop takes its option in `options`, else its own way.

    The bike leaves once its shift has started, all bags are at the hub, and not before `departs_not_before`
    or the problem's `not_before`; where it would be out in a rest, it leaves after it. A window
    missed or a load too great is left for `verify` to say.
    Raises ValueError for an empty trip, KeyError for an id or an option the problem does not know.
    """
    bike = problem.bike[bike_id]
    chosen = options or {}
    drops = [problem.drop[id].as_taken(chosen.get(id, problem.drop[id].option)) for id in drop_ids]
    trip = time_trip(problem, bike, drops, max(departs_not_before, bike.shift_start, problem.not_before))
    for rest in bike.rests:
        if trip.departs < rest.end and trip.returns > rest.start:
            trip = time_trip(problem, bike, drops, max(departs_not_before, rest.end, problem.not_before))
    return trip


def cost_of(problem: Problem, trips: Iterable[Trip]) -> int:
    """What the trips cost in the units of the problem: metres ridden and seconds away from the hub."""
    return sum(
        problem.unit_metre_cost * trip.metres + problem.unit_second_cost * (trip.returns - trip.departs)
        for trip in trips
    )
