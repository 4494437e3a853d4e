"""A new plan in the middle of the day, when a bike or an order drops out or something is added.

What has left the hub goes on: a trip on the road keeps its stops and their order, without the cancelled
ones. What has not left is planned anew, starting from the old plan; so is what was locked and can no longer be
ridden as it stands, because the bike comes home later or the way past a cancelled door is longer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from .budget import Watch
from .drops import Drop
from .plan import Plan, Stop, Trip, Unserved
from .problem import Bike, Problem
from .reasons import NO_CAPACITY
from .solving import solve
from .timing import collected_at, cost_of, ride, ride_seconds, time_trip, tour_metres
from .verifying import verify

REPLAN_SECONDS = 1.6
"""Cap on processor time of a replan: the dispatcher is looking at the screen."""


def replan_iterations(drops: int) -> int:
    """How long to search again for a day of so many drops, when the caller does not say: about a second.

    Few drops need few iterations; of many drops, each iteration takes longer.
    """
    return min(100 + 30 * drops, max(300, 90_000 // max(drops, 1)))


@dataclass(frozen=True, slots=True)
class Replanned:
    """The problem as it stands now (with what is fixed) and the plan that answers it."""

    problem: Problem
    plan: Plan


@dataclass(frozen=True, slots=True)
class _News:
    """What happened, in one piece."""

    now: int
    lost_bikes: frozenset[str]
    lost_drops: frozenset[str]
    recovered_at: int
    done: frozenset[str]
    collected: frozenset[str]


def replan(
    problem: Problem,
    plan: Plan,
    *,
    now: int,
    seed: int,
    lost_bikes: Collection[str] = (),
    lost_drops: Collection[str] = (),
    recovered_at: int | None = None,
    done: Collection[str] | None = None,
    collected: Collection[str] | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
    watch: Watch | None = None,
) -> Replanned:
    """The day planned anew from `now` on; `verify(r.problem, r.plan)` accepts what comes back.

    Trips that departed before `now` and `problem.fixed` stay, without `lost_drops`; but of `problem.fixed`, what
    has not left and breaks a rule now is planned anew. Of a bike in
    `lost_bikes` only the stops in `done` stay; its other bags are at the hub again at `recovered_at` (now,
    unless said). `done` are the drops handed over; by default those whose stop the plan leaves by now. `collected`
    are those taken at their shop and not from the hub; by default those that the plan has at their shop by now.
    `problem` may have more drops than `plan`: they are planned too. A rider who runs late: give a `plan`
    whose trip has the real times. `watch`: see `solve`.
    """
    if done is None:
        done = [stop.drop_id for trip in plan.trips for stop in trip.stops if stop.leave <= now]
    if collected is None:
        collected = _collected_by(problem, plan, now)
    back = max(now, now if recovered_at is None else recovered_at)
    news = _News(
        now, frozenset(lost_bikes), frozenset(lost_drops) - set(done), back, frozenset(done), frozenset(collected)
    )
    after = _problem_after(problem, plan, news)
    if iterations is None and seconds is None:
        iterations, seconds = replan_iterations(len(after.drops)), REPLAN_SECONDS
    found = solve(after, seed=seed, seconds=seconds, iterations=iterations, initial=plan, watch=watch)
    return Replanned(after, found)


def _problem_after(problem: Problem, plan: Plan, news: _News) -> Problem:
    """The problem from now on: what rides or is locked is fixed, what is lost is gone."""
    kept = [trip for trip in plan.trips if trip.departs < news.now or trip in problem.fixed]
    fixed = [trip for trip in (_continued(problem, trip, news) for trip in kept) if trip is not None]
    stranded = {
        stop.drop_id
        for trip in kept
        if trip.bike_id in news.lost_bikes and trip.departs < news.now
        for stop in trip.stops
        if stop.drop_id not in news.done and not _at_its_shop(problem, stop, news)
    }
    after = replace(
        problem,
        bikes=tuple(_turned_back(problem, bike, kept, fixed, news) for bike in _riding(problem, news)),
        drops=tuple(
            drop.recovered(news.recovered_at) if drop.id in stranded else drop
            for drop in problem.drops
            if drop.id not in news.lost_drops
        ),
        fixed=tuple(fixed),
        not_before=news.now,
    )
    return replace(after, fixed=_rideable(after)) if _broken(after) else after


def _broken(problem: Problem) -> set[str | None]:
    """The bikes on which the fixed trips break a rule, even if nothing else is planned."""
    fixed = {id for trip in problem.fixed for id in trip.drop_ids}
    others = tuple(Unserved(drop.id, NO_CAPACITY) for drop in problem.drops if drop.id not in fixed)
    return {found.bike_id for found in verify(problem, Plan(problem.fixed, others, cost_of(problem, problem.fixed)))}


def _rideable(problem: Problem) -> tuple[Trip, ...]:
    """What has left, and of the trips that are locked those that can still be ridden, the first come first."""
    kept = [trip for trip in problem.fixed if trip.departs < problem.not_before]
    locked = sorted((trip for trip in problem.fixed if trip not in kept), key=lambda trip: trip.departs)
    for trip in locked:
        if trip.bike_id not in _broken(replace(problem, fixed=(*kept, trip))):
            kept.append(trip)
    return tuple(trip for trip in problem.fixed if trip in kept)


def _at_its_shop(problem: Problem, stop: Stop, news: _News) -> bool:
    """Whether its bags are to be collected on the way, and have not been yet."""
    if not stop.option or not problem.knows(stop) or stop.drop_id in news.collected:
        return False
    return problem.drop_of(stop).collect is not None


def _collected_by(problem: Problem, plan: Plan, now: int) -> list[str]:
    """The drops whose bike has been at their shop by now, if the plan is kept."""
    moments = {
        stop.drop_id: collected_at(problem, problem.bike[trip.bike_id], stop)
        for trip in plan.trips
        if trip.bike_id in problem.bike
        for stop in trip.stops
        if stop.option and problem.knows(stop)
    }
    return [id for id, moment in moments.items() if moment is not None and moment <= now]


def _riding(problem: Problem, news: _News) -> list[Bike]:
    return [bike for bike in problem.bikes if bike.id not in news.lost_bikes]


def _continued(problem: Problem, trip: Trip, news: _News) -> Trip | None:
    """What stays of a trip on the road or locked; None when nothing does."""
    if trip.bike_id in news.lost_bikes:
        stays = [stop for stop in trip.stops if stop.drop_id in news.done]
    else:
        stays = [stop for stop in trip.stops if stop.drop_id not in news.lost_drops]
    if len(stays) == len(trip.stops):
        return trip
    if not stays:
        return None
    bike = problem.bike.get(trip.bike_id)
    if bike is None:  # it dropped out earlier; nothing of its trip is still to come
        return trip
    drops = [problem.drop_of(stop) for stop in stays]
    if trip.departs >= news.now:
        return time_trip(problem, bike, drops, trip.departs)
    return _on_the_road(problem, bike, trip, stays, drops, news.now)


def _on_the_road(
    problem: Problem, bike: Bike, trip: Trip, stays: Sequence[Stop], drops: Sequence[Drop], now: int
) -> Trip:
    """The trip without the stops that fell out. Times are kept up to the first of those; from there the
    bike rides straight on from its last stop or, if it has left that, by the shorter of two ways: from there
    now, or through the door that fell out.
    """
    same = next((i for i, stop in enumerate(stays) if stop != trip.stops[i]), len(stays))
    left = stays[same - 1].leave if same else trip.departs
    here = drops[same - 1].location if same else 0
    gone = trip.stops[same]
    ways = [(max(left, now), here)]
    if left <= now:
        through = (max(now, gone.arrive), problem.drop_of(gone).location)
        ways = [through] if gone.arrive <= now else [*ways, through]
    rides = [ride(problem, bike, drops[same:], clock, place) for clock, place in ways]
    later, returns = min(rides, key=lambda ride: ride[1])
    return replace(
        trip,
        stops=(*stays[:same], *later),
        returns=returns,
        metres=tour_metres(problem, bike, drops),
        load_grams=sum(drop.grams for drop in drops),
        load_millilitres=sum(drop.millilitres for drop in drops),
        load_crates=sum(drop.crates for drop in drops),
    )


def _turned_back(problem: Problem, bike: Bike, kept: Sequence[Trip], fixed: Sequence[Trip], news: _News) -> Bike:
    """The bike; if every stop of its trip on the road was cancelled, it is at the hub only after riding back
    what it has ridden, or by the way that it was to come home.
    """
    still = {(trip.bike_id, trip.departs) for trip in fixed}
    for trip in kept:
        gone = trip.bike_id == bike.id and (bike.id, trip.departs) not in still
        if gone and trip.departs < news.now < trip.returns:
            out = ride_seconds(problem, bike, 0, problem.drop_of(trip.stops[0]).location)
            home = min(news.now + min(out, news.now - trip.departs), trip.returns)
            return replace(bike, shift_start=min(max(bike.shift_start, home), bike.shift_end - 1))
    return bike
