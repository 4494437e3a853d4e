"""The independent verifier: reads a problem and a plan and says every rule the plan breaks.

It shares no code with the search: loads, rides and distances are added up here anew, so that an error in
the planner cannot hide itself. Nothing is published that this refuses.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from .drops import Drop
from .plan import Plan, Stop, Trip
from .problem import Bike, Problem, Profile

KINDS = {
    "unknown_drop": "A stop or an unserved entry names a drop the problem does not have.",
    "unknown_bike": "A trip that has not left is ridden by a bike the problem does not have.",
    "lost": "A drop is neither served nor said to be unserved.",
    "served_twice": "A drop has more than one stop.",
    "unknown_option": "A stop takes a way that its drop does not have.",
    "unserved_twice": "A drop is said to be unserved more than once.",
    "served_and_unserved": "A drop has a stop and is said to be unserved.",
    "overload_grams": "The bags of a trip are heavier than the bike may carry.",
    "overload_millilitres": "The bags of a trip are bulkier than the bike may carry.",
    "overload_crates": "A trip has more crates than the bike may carry.",
    "overload_cold": "A trip has more cold crates than the bike has cold boxes.",
    "unskilled": "A drop asks for a skill that the bike does not have.",
    "too_long_aboard": "A drop that must stay cold is too long on the way.",
    "load": "The load a trip states is not the sum of its drops.",
    "metres": "The distance a trip states is not the sum of its ways.",
    "not_ready": "A trip departs before the last bag of one of its drops is at the hub.",
    "early": "Service starts before the window opens.",
    "late": "Service starts after the window closes.",
    "impossible_ride": "The bike arrives sooner than it can ride there.",
    "short_service": "The bike leaves before the service is done.",
    "impossible_return": "The bike is home sooner than it can ride there.",
    "before_shift": "A trip departs before the shift starts.",
    "after_shift": "A trip returns after the shift ends.",
    "before_now": "A trip that is not fixed departs in the past.",
    "overlap": "A bike departs before it is home from the trip before.",
    "in_rest": "A trip is on the road while its rider rests or its bike charges.",
    "no_reload": "A bike departs without the time to reload.",
    "over_range": "A bike rides further in its shift than its range.",
    "too_many_trips": "A bike rides more trips than it may.",
    "too_long": "Too much time passes between a bike's first departure and its last return.",
    "fixed_changed": "A fixed trip is missing or was changed.",
    "cost": "The cost the plan states is not that of its trips.",
}
"""What each kind of violation means."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its kind (see `KINDS`), the bike and drop concerned if any, and a sentence."""

    kind: str
    bike_id: str | None
    drop_id: str | None
    detail: str


def verify(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule that `plan` breaks, in a fixed order; an empty list is a plan that may be published.

    Fixed trips that left before `problem.not_before` are history: that they are kept, and that what is planned
    after them has what they leave (time to reload, range, trips, hours), is checked; what happened is not judged
    again. A rider who was quicker to load than any plan would be must not stop the day from being planned.
    """
    found = list(_served_once(problem, plan))
    found += _options_known(problem, plan)
    found += _fixed_kept(problem, plan)
    for trip in plan.trips:
        found += _check_trip(problem, trip)
    for bike in problem.bikes:
        found += _check_shift(problem, bike, plan)
    found += _check_cost(problem, plan)
    return found


def _served_once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    known = {drop.id for drop in problem.drops}
    stops = Counter(stop.drop_id for trip in plan.trips for stop in trip.stops)
    left = Counter(unserved.id for unserved in plan.unserved)
    for id in sorted((stops.keys() | left.keys()) - known):
        yield Violation("unknown_drop", None, id, f"No drop {id} in the problem.")
    for id in sorted(known - stops.keys() - left.keys()):
        yield Violation("lost", None, id, f"Drop {id} is nowhere in the plan.")
    for id in sorted(id for id, count in stops.items() if count > 1):
        yield Violation("served_twice", None, id, f"Drop {id} has {stops[id]} stops.")
    for id in sorted(id for id, count in left.items() if count > 1):
        yield Violation("unserved_twice", None, id, f"Drop {id} is unserved {left[id]} times.")
    for id in sorted(stops.keys() & left.keys()):
        yield Violation("served_and_unserved", None, id, f"Drop {id} has a stop and is unserved.")


def _options_known(problem: Problem, plan: Plan) -> Iterator[Violation]:
    known = {drop.id for drop in problem.drops}
    for trip in plan.trips:
        for stop in trip.stops:
            if stop.drop_id in known and _taken(problem, stop) is None:
                detail = f"Drop {stop.drop_id} has no way {stop.option!r}."
                yield Violation("unknown_option", trip.bike_id, stop.drop_id, detail)


def _taken(problem: Problem, stop: Stop) -> Drop | None:
    """What the stop promises: its drop in the one way that it takes; None where there is no such drop or way."""
    drop = problem.drop.get(stop.drop_id)
    ways = drop.variants if drop else ()
    return next((way for way in ways if way.option == stop.option), None)


def _fixed_kept(problem: Problem, plan: Plan) -> Iterator[Violation]:
    missing = Counter(problem.fixed) - Counter(plan.trips)
    for trip in missing:
        yield Violation("fixed_changed", trip.bike_id, None, f"The fixed trip of {trip.departs} s is not kept.")


def _is_history(problem: Problem, trip: Trip) -> bool:
    return trip.departs < problem.not_before and trip in problem.fixed


def _check_trip(problem: Problem, trip: Trip) -> Iterator[Violation]:
    yield from _check_sums(problem, trip)
    if _is_history(problem, trip):
        return
    bike = next((bike for bike in problem.bikes if bike.id == trip.bike_id), None)
    if bike is None:
        yield Violation("unknown_bike", trip.bike_id, None, f"No bike {trip.bike_id} in the problem.")
        return
    if trip.departs < problem.not_before:
        detail = f"Departs at {trip.departs} s, now is {problem.not_before} s."
        yield Violation("before_now", bike.id, None, detail)
    yield from _check_load(bike, trip)
    yield from _check_fit(problem, bike, trip)
    yield from _check_clock(problem, bike, trip)
    yield from _check_promises(problem, trip)


def _check_sums(problem: Problem, trip: Trip) -> Iterator[Violation]:
    drops = [drop for stop in trip.stops if (drop := _taken(problem, stop)) is not None]
    if len(drops) != len(trip.stops):
        return  # unknown drops and ways are reported once, above
    loads = (
        sum(drop.grams for drop in drops),
        sum(drop.millilitres for drop in drops),
        sum(drop.crates for drop in drops),
    )
    stated = (trip.load_grams, trip.load_millilitres, trip.load_crates)
    if loads != stated:
        yield Violation("load", trip.bike_id, None, f"Load stated {stated}, carried {loads}.")
    ridden = [_metres(ways, drops) for ways in _ways_of(problem, trip.bike_id)]
    if trip.metres not in ridden:
        yield Violation("metres", trip.bike_id, None, f"{trip.metres} m stated, {ridden[0]} m ridden.")


def _metres(ways: Profile | Problem, drops: list[Drop]) -> int:
    metres, here = 0, 0
    for drop in drops:
        metres += ways.distances[here][drop.location]
        here = drop.location
    return metres + ways.distances[here][0]


def _check_load(bike: Bike, trip: Trip) -> Iterator[Violation]:
    limits = (
        ("overload_grams", trip.load_grams, bike.max_grams),
        ("overload_millilitres", trip.load_millilitres, bike.max_millilitres),
        ("overload_crates", trip.load_crates, bike.max_crates),
    )
    for kind, load, limit in limits:
        if limit is not None and load > limit:
            yield Violation(kind, bike.id, None, f"{load} on a bike for {limit}.")


def _check_fit(problem: Problem, bike: Bike, trip: Trip) -> Iterator[Violation]:
    """What the bike must have besides room: cold boxes and skills; and how long cold things are on the way."""
    carried = [(drop, stop) for stop in trip.stops if (drop := _taken(problem, stop)) is not None]
    cold = sum(drop.cold_crates for drop, _stop in carried)
    if bike.max_cold_crates is not None and cold > bike.max_cold_crates:
        yield Violation("overload_cold", bike.id, None, f"{cold} on a bike for {bike.max_cold_crates}.")
    for drop, stop in carried:
        if lacking := set(drop.needs) - set(bike.skills):
            yield Violation("unskilled", bike.id, drop.id, f"Asks for {', '.join(sorted(lacking))}.")
        aboard = stop.start - trip.departs
        if drop.max_aboard is not None and aboard > drop.max_aboard:
            yield Violation("too_long_aboard", bike.id, drop.id, f"{aboard} s aboard, {drop.max_aboard} s at most.")


def _check_clock(problem: Problem, bike: Bike, trip: Trip) -> Iterator[Violation]:
    clock, here = trip.departs, 0
    for stop in trip.stops:
        drop = _taken(problem, stop)
        if drop is None:
            return
        there = drop.location
        soonest = clock + _seconds(problem, bike, here, there)
        if stop.arrive < soonest:
            detail = f"Arrives at {stop.arrive} s, {soonest} s at the soonest."
            yield Violation("impossible_ride", bike.id, stop.drop_id, detail)
        done = max(stop.start, stop.arrive) + drop.service_seconds
        if stop.leave < done:
            detail = f"Leaves at {stop.leave} s, served by {done} s."
            yield Violation("short_service", bike.id, stop.drop_id, detail)
        clock, here = stop.leave, there
    home = clock + _seconds(problem, bike, here, 0)
    if trip.returns < home:
        yield Violation("impossible_return", bike.id, None, f"Home at {trip.returns} s, {home} s at the soonest.")


def _seconds(problem: Problem, bike: Bike, start: int, end: int) -> int:
    ways = _ways_of(problem, bike.id)[0]
    whole, part = divmod(ways.durations[start][end] * 100, bike.speed_percent)
    return whole + (1 if part else 0)


def _ways_of(problem: Problem, bike_id: str) -> list[Profile | Problem]:
    """The ways that a bike takes; of one that is no longer there, all that it may have taken."""
    everybodys: list[Profile | Problem] = [problem]
    if not problem.profiles:
        return everybodys
    named = [bike.profile for bike in problem.bikes if bike.id == bike_id]
    if not named:
        return everybodys + list(problem.profiles)
    return [profile for profile in problem.profiles if profile.name == named[0]] or everybodys


def _check_promises(problem: Problem, trip: Trip) -> Iterator[Violation]:
    for stop in trip.stops:
        drop = _taken(problem, stop)
        if drop is None:
            continue
        if trip.departs < drop.ready_at:
            detail = f"Departs at {trip.departs} s, bags ready at {drop.ready_at} s."
            yield Violation("not_ready", trip.bike_id, drop.id, detail)
        if stop.start < drop.earliest:
            detail = f"Starts at {stop.start} s, window opens at {drop.earliest} s."
            yield Violation("early", trip.bike_id, drop.id, detail)
        if stop.start > drop.latest:
            detail = f"Starts at {stop.start} s, window closes at {drop.latest} s."
            yield Violation("late", trip.bike_id, drop.id, detail)


def _check_shift(problem: Problem, bike: Bike, plan: Plan) -> Iterator[Violation]:
    trips = sorted((trip for trip in plan.trips if trip.bike_id == bike.id), key=lambda trip: trip.departs)
    ahead = [trip for trip in trips if not _is_history(problem, trip)]
    if not ahead:
        return
    for trip in ahead:
        if trip.departs < bike.shift_start:
            detail = f"Departs at {trip.departs} s, shift from {bike.shift_start} s."
            yield Violation("before_shift", bike.id, None, detail)
        if trip.returns > bike.shift_end:
            detail = f"Home at {trip.returns} s, shift until {bike.shift_end} s."
            yield Violation("after_shift", bike.id, None, detail)
    for trip in trips:
        rests = () if trip in problem.fixed else bike.rests  # where people decided, people answer for the break
        for rest in rests:
            if trip.departs < rest.end and trip.returns > rest.start:
                detail = f"Out from {trip.departs} to {trip.returns} s, rest from {rest.start} to {rest.end} s."
                yield Violation("in_rest", bike.id, None, detail)
    earlier = trips[0]
    for later in trips[1:]:
        home, earlier = earlier.returns, max(earlier, later, key=lambda trip: trip.returns)
        if _is_history(problem, later):
            continue
        if later.departs < home:
            detail = f"Departs at {later.departs} s, home at {home} s."
            yield Violation("overlap", bike.id, None, detail)
        elif later.departs < home + problem.reload_seconds:
            detail = f"{later.departs - home} s to reload, {problem.reload_seconds} s needed."
            yield Violation("no_reload", bike.id, None, detail)
    yield from _check_range(problem, bike, trips)
    if bike.max_trips is not None and len(trips) > bike.max_trips:
        yield Violation("too_many_trips", bike.id, None, f"{len(trips)} trips of {bike.max_trips}.")
    span = max(trip.returns for trip in trips) - trips[0].departs
    if bike.max_seconds is not None and span > bike.max_seconds:
        yield Violation("too_long", bike.id, None, f"{span} s out of {bike.max_seconds} s.")


def _check_range(problem: Problem, bike: Bike, trips: list[Trip]) -> Iterator[Violation]:
    """The battery by the clock: full at first, emptied by each trip, filled again by rests that charge. Who has ridden
    further than it lasts comes home with nothing left.
    """
    if bike.range_metres is None:
        return
    charges = [(rest.end, 0, rest.metres, False) for rest in bike.rests]
    happens = sorted(charges + [(t.departs, 1, -t.metres, not _is_history(problem, t)) for t in trips])
    left = bike.range_metres
    for _moment, _kind, metres, planned in happens:
        left = min(bike.range_metres, max(0, left) + metres)
        if left < 0 and planned:
            metres_ridden = sum(trip.metres for trip in trips)
            detail = f"{metres_ridden} m with a range of {bike.range_metres} m."
            yield Violation("over_range", bike.id, None, detail)
            return


def _check_cost(problem: Problem, plan: Plan) -> Iterator[Violation]:
    metres = sum(trip.metres for trip in plan.trips)
    seconds = sum(trip.returns - trip.departs for trip in plan.trips)
    cost = metres * problem.unit_metre_cost + seconds * problem.unit_second_cost
    if cost != plan.cost:
        yield Violation("cost", None, None, f"Cost stated {plan.cost}, added up {cost}.")
