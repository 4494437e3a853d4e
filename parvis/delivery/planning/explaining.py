"""Why is this stop where it is? What each other place for it would cost, and which rule or cost stands against it.

A place is tried as a dispatcher would try it: the stop is taken out of its trip and put in there, the trips of both
bikes are put on the clock again, and ``verify`` judges the day. So an answer holds under every rule the verifier
knows. Times are whole seconds, distances metres.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .drops import Drop
from .plan import Plan, Trip
from .problem import Problem
from .timing import cost_of, time_trip
from .verifying import Violation, verify

CODES = {
    "opens": "A window opens later: the bike would wait `amount` seconds longer before doors, `drop_id` above all.",
    "longer": "`amount` metres more to ride.",
    "slower": "`amount` seconds more away from the hub.",
    "no_worse": "It costs no more there.",
    "errand": "The bikes would have less to do, and others more: `amount`, in the units of the plan's cost.",
    "late": "`drop_id` would be reached `amount` seconds after its window closes.",
    "overload_grams": "`amount` grams too heavy for the bike.",
    "overload_millilitres": "`amount` millilitres too bulky for the bike.",
    "overload_crates": "`amount` crates too many for the bike.",
    "after_shift": "The bike would be home `amount` seconds after its shift ends.",
    "over_range": "The bike would ride `amount` metres more than its range.",
    "no_reload": "The bike is `amount` seconds short before its next trip.",
}
"""What stands against a place; a rule without a measure of its own speaks by the verifier's kind, amount 0."""

KINDS = ("earlier", "later", "first", "last", "option", "trip")
"""Where else: one place earlier or later, first or last of its trip; the best place of another way to make the
delivery; or the best place in another trip."""

_SHORT = {"overlap": "no_reload"}


@dataclass(frozen=True, slots=True)
class Reason:
    """What stands against a place: a code of `CODES` or of the verifier, how much, and whose promise it is."""

    code: str
    amount: int = 0
    drop_id: str | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place: in the trip at index ``trip`` of the plan, as its stop ``position`` (from 1), made as ``option``.

    ``seconds`` and ``metres`` are what the bikes' day takes more (less, when negative), ``cost`` what everybody's does,
    with what another way spares others; ``broken`` says how
    many rules would break that hold now. ``reason`` is the one that binds: a broken rule first, else the cost.
    """

    kind: str
    trip: int
    position: int
    seconds: int
    metres: int
    cost: int
    broken: int
    reason: Reason
    option: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A stop of a plan and its other places; the nearest in its own trip first, then other ways to make the delivery,
    then other trips by cost. ``option`` is the way that the plan takes.
    """

    drop_id: str
    trip: int
    position: int
    alternatives: tuple[Alternative, ...]
    option: str = ""


def explain(problem: Problem, plan: Plan, drop_id: str) -> Explanation:
    """What each other place for the stop of ``drop_id`` would cost.

    Trips that have left or are fixed take no stop and lose none: of such a stop nothing is said but its place.
    Raises KeyError when the plan does not serve the drop.
    """
    here, place = _found(plan, drop_id)
    taken = problem.drop_of(plan.trips[here].stops[place])
    if _stays(problem, plan.trips[here]):
        return Explanation(drop_id, here, place + 1, (), taken.option)
    known = verify(problem, plan)
    open_trips = [index for index, trip in enumerate(plan.trips) if not _stays(problem, trip)]
    tried = [
        _tried(problem, plan, known, here, taken, kind, here, at) for kind, at in _in_its_trip(plan.trips[here], place)
    ]
    ways = [
        min(
            (
                _tried(problem, plan, known, here, way, "option", index, _best_position(problem, plan, way, index))
                for index in open_trips
            ),
            key=_rank,
        )
        for way in _other_ways(problem, taken)
    ]
    others = [
        _tried(problem, plan, known, here, taken, "trip", index, _best_position(problem, plan, taken, index))
        for index in open_trips
        if index != here
    ]
    others.sort(key=_rank)
    return Explanation(drop_id, here, place + 1, (*tried, *ways, *others), taken.option)


def _rank(other: Alternative) -> tuple[bool, int, int]:
    return other.broken > 0, other.cost, other.trip


def _other_ways(problem: Problem, taken: Drop) -> list[Drop]:
    """The ways to make the delivery that the plan does not take; also those that people were told it would not."""
    drop = problem.drop[taken.id]
    return [way for way in replace(drop, bound=None).variants if way.option != taken.option]


def _found(plan: Plan, drop_id: str) -> tuple[int, int]:
    for index, trip in enumerate(plan.trips):
        if drop_id in trip.drop_ids:
            return index, trip.drop_ids.index(drop_id)
    raise KeyError(drop_id)


def _stays(problem: Problem, trip: Trip) -> bool:
    """Whether a trip is locked, has left, or rides a bike that is no longer there."""
    return trip in problem.fixed or trip.departs < problem.not_before or trip.bike_id not in problem.bike


def _in_its_trip(trip: Trip, place: int) -> Iterator[tuple[str, int]]:
    """The places of its own trip worth telling, each once: its neighbours, then the ends."""
    last = len(trip.stops) - 1
    seen = {place}
    for kind, where in (("earlier", place - 1), ("later", place + 1), ("first", 0), ("last", last)):
        if 0 <= where <= last and where not in seen:
            seen.add(where)
            yield kind, where


def _best_position(problem: Problem, plan: Plan, drop: Drop, index: int) -> int:
    """Where the drop is least late, and then cheapest, among the others of the trip at ``index``."""
    trip = plan.trips[index]
    bike = problem.bike[trip.bike_id]
    drops = [other for other in problem.drops_of(trip) if other.id != drop.id]
    windows = {other.id: other.latest for other in (*drops, drop)}

    def price(position: int) -> tuple[int, int]:
        new = time_trip(problem, bike, [*drops[:position], drop, *drops[position:]], _free(problem, plan.trips, trip))
        late = sum(max(0, stop.start - windows[stop.drop_id]) for stop in new.stops)
        return late, cost_of(problem, [new])

    return min(range(len(drops) + 1), key=price)


def _free(problem: Problem, trips: Sequence[Trip], trip: Trip) -> int:
    """When the bike of ``trip`` may leave for it: in its shift, rested, home and loaded."""
    bike = problem.bike[trip.bike_id]
    homes = [other.returns for other in trips if other.bike_id == bike.id and other.departs < trip.departs]
    home = max(homes) + problem.reload_seconds if homes else 0
    rested = [rest.end for rest in bike.rests if rest.end <= trip.departs]
    return max([bike.shift_start, problem.not_before, home, *rested])


def _tried(
    problem: Problem,
    plan: Plan,
    known: Sequence[Violation],
    here: int,
    drop: Drop,
    kind: str,
    there: int,
    position: int,
) -> Alternative:
    """The place tried: the day as it would be, judged by the verifier against what holds now."""
    orders = {index: [d for d in problem.drops_of(trip) if d.id != drop.id] for index, trip in enumerate(plan.trips)}
    orders[there].insert(position, drop)
    trips = _retimed(problem, plan.trips, orders, {here, there})
    after = Plan(trips, plan.unserved, cost_of(problem, trips))
    new = [violation for violation in verify(problem, after) if not _among(violation, known)]
    seconds = _seconds(trips) - _seconds(plan.trips)
    metres, cost = after.metres - plan.metres, after.cost - cost_of(problem, plan.trips)
    spared = _spared(problem, plan, drop.id) - drop.spared
    if new:
        reason = _rule(problem, after, new[0])
    elif spared > 0 and cost <= 0 < cost + spared:
        reason = Reason("errand", spared)
    else:
        reason = _price(problem, plan, after, metres, seconds, cost + spared)
    return Alternative(kind, there, position + 1, seconds, metres, cost + spared, len(new), reason, drop.option)


def _spared(problem: Problem, plan: Plan, drop_id: str) -> int:
    """What the way that the plan takes spares others than the bikes."""
    here, place = _found(plan, drop_id)
    return problem.drop_of(plan.trips[here].stops[place]).spared


def _among(violation: Violation, known: Sequence[Violation]) -> bool:
    """Whether the same rule is broken for the same bike and drop already."""
    what = (violation.kind, violation.bike_id, violation.drop_id)
    return any(what == (old.kind, old.bike_id, old.drop_id) for old in known)


def _seconds(trips: Sequence[Trip]) -> int:
    return sum(trip.returns - trip.departs for trip in trips)


def _retimed(
    problem: Problem, trips: Sequence[Trip], orders: dict[int, list[Drop]], touched: set[int]
) -> tuple[Trip, ...]:
    """The trips in their new orders; those touched leave as soon as they can, later ones make room."""
    bikes = {trips[index].bike_id for index in touched}
    first = {id: min(trips[i].departs for i in touched if trips[i].bike_id == id) for id in bikes}
    after: list[Trip] = []
    for index, trip in sorted(enumerate(trips), key=lambda item: (item[1].departs, item[0])):
        if trip.bike_id not in bikes or trip.departs < first[trip.bike_id] or _stays(problem, trip):
            after.append(trip)
        elif orders[index]:
            free = _free(problem, after, trip)
            if index in touched or trip.departs < free:
                trip = time_trip(problem, problem.bike[trip.bike_id], orders[index], free)
            after.append(trip)
    order = {bike.id: i for i, bike in enumerate(problem.bikes)}
    return tuple(sorted(after, key=lambda trip: (order.get(trip.bike_id, -1), trip.departs)))


def _rule(problem: Problem, after: Plan, violation: Violation) -> Reason:
    """A broken rule with its measure."""
    code = _SHORT.get(violation.kind, violation.kind)
    bike = problem.bike.get(violation.bike_id or "")
    ours = sorted(after.trips_of(bike.id), key=lambda trip: trip.departs) if bike else []
    amount = 0
    if code == "late" and violation.drop_id:
        stops = [stop for trip in after.trips for stop in trip.stops if stop.drop_id == violation.drop_id]
        amount = max(stop.start - problem.drop_of(stop).latest for stop in stops)
    elif bike and code == "after_shift":
        amount = max(trip.returns for trip in ours) - bike.shift_end
    elif bike and code == "over_range" and bike.range_metres is not None:
        amount = sum(trip.metres for trip in ours) - bike.range_metres
    elif bike and code == "overload_grams":
        amount = max(trip.load_grams for trip in ours) - bike.max_grams
    elif bike and code == "overload_millilitres":
        amount = max(trip.load_millilitres for trip in ours) - bike.max_millilitres
    elif bike and code == "overload_crates" and bike.max_crates is not None:
        amount = max(trip.load_crates for trip in ours) - bike.max_crates
    elif bike and code == "no_reload":
        amount = max(before.returns + problem.reload_seconds - then.departs for before, then in pairwise(ours))
    return Reason(code, amount, violation.drop_id)


def _price(problem: Problem, before: Plan, after: Plan, metres: int, seconds: int, cost: int) -> Reason:
    """What the place costs, when every rule holds there."""
    if cost <= 0:
        return Reason("no_worse")
    old, new = _waits(before), _waits(after)
    waited = sum(new.values()) - sum(old.values())
    riding, being_out = metres * problem.unit_metre_cost, seconds * problem.unit_second_cost
    if riding >= being_out:
        return Reason("longer", metres)
    if 2 * waited >= seconds:
        return Reason("opens", waited, max(new, key=lambda id: new[id] - old.get(id, 0)))
    return Reason("slower", seconds)


def _waits(plan: Plan) -> dict[str, int]:
    """Seconds waited at each door."""
    return {stop.drop_id: stop.start - stop.arrive for trip in plan.trips for stop in trip.stops}
