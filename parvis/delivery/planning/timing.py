"""When a bike leaves, arrives and comes home: the clock of one trip, and what trips cost.

The rule: the trip ends as early as it can, then leaves the hub as late as that end allows. So nobody
waits at a door for time that could be spent at the hub, and no door is served later for it.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from .plan import Stop, Trip
from .problem import Bike, Drop, Problem


def ride_seconds(problem: Problem, bike: Bike, start: int, end: int) -> int:
    """Seconds from one location to another at this bike's speed, rounded up."""
    return -(-problem.durations[start][end] * 100 // bike.speed_percent)


def tour_metres(problem: Problem, drops: Iterable[Drop]) -> int:
    """Metres from the hub through the drops in order and home."""
    places = [0, *(drop.location for drop in drops), 0]
    return sum(problem.distances[here][there] for here, there in pairwise(places))


def ride(
    problem: Problem, bike: Bike, drops: Sequence[Drop], departs: int, here: int = 0
) -> tuple[tuple[Stop, ...], int]:
    """The stops when leaving `here` (the hub, unless said) at `departs`, and the moment the bike is home."""
    stops, clock = [], departs
    for drop in drops:
        arrive = clock + ride_seconds(problem, bike, here, drop.location)
        start = max(arrive, drop.earliest)
        clock, here = start + drop.service_seconds, drop.location
        stops.append(Stop(drop.id, arrive, start, clock))
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
        metres=tour_metres(problem, drops),
        stops=stops,
    )


def retime(problem: Problem, bike_id: str, drop_ids: Sequence[str], departs_not_before: int) -> Trip:
    """The times of one hand-made trip, in the order given.

    The bike leaves once its shift has started, all bags are at the hub, and not before `departs_not_before`
    or the problem's `not_before`; where it would be out in a rest, it leaves after it. A window
    missed or a load too great is left for `verify` to say.
    Raises ValueError for an empty trip, KeyError for an id the problem does not know.
    """
    bike = problem.bike[bike_id]
    drops = [problem.drop[drop_id] for drop_id in drop_ids]
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
