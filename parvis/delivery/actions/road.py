"""The day as it is really ridden: which rounds have left, what is done, when their bikes will be home."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from parvis.core.time import seconds_into
from parvis.delivery.actions.rows import trips_by_round
from parvis.delivery.models import BagEvent, DeliveryEvent, Hub, Plan, Round, Stop
from parvis.delivery.pickups import STRAIGHT, fetched, to_fetch, way_of
from parvis.delivery.planning import Bike, Drop, Problem, Trip, retime
from parvis.delivery.planning.plan import Stop as PlannedStop
from parvis.delivery.planning.timing import ride, ride_seconds, tour_metres
from parvis.delivery.states import BagState

_DONE = {DeliveryEvent.Kind.DELIVERED, DeliveryEvent.Kind.FAILED}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the day stands: the newest plan that is still good, and what of the published one is on the road."""

    base: Plan | None = None
    published: Plan | None = None
    left: tuple[Round, ...] = ()
    shift_of: Mapping[str, str] = field(default_factory=dict)  # planning bike of each round, by id

    @property
    def riding(self) -> frozenset[str]:
        """Ids of the deliveries that rounds on the road, or back from it, took along."""
        return frozenset(str(stop.delivery_id) for round_ in self.left for stop in aboard(round_))


def standing(hub: Hub, day: date) -> Standing:
    """Where the day stands now."""
    plans = list(
        Plan.objects.filter(hub=hub, day=day, state__in=[Plan.State.DRAFT, Plan.State.PUBLISHED]).order_by("-version")
    )
    published = next((plan for plan in plans if plan.state == Plan.State.PUBLISHED), None)
    if published is None:
        return Standing(base=plans[0] if plans else None)
    left = (
        Round.objects.filter(plan=published)
        .exclude(left_at=None)
        .select_related("bike")
        .prefetch_related("stops__delivery__bags__events", "stops__delivery__events")
    )
    trips = trips_by_round(published)
    return Standing(
        base=plans[0],
        published=published,
        left=tuple(left),
        shift_of={round_id: trip.bike_id for round_id, trip in trips.items()},
    )


def aboard(round_: Round) -> list[Stop]:
    """The stops for which the round took something along or still fetches it, without those whose goods came back
    unasked.
    """
    return [
        stop
        for stop in round_.stops.all()
        if ended_at(round_, stop) or still_carries(round_, stop) or to_fetch(stop) is not None
    ]


def still_carries(round_: Round, stop: Stop) -> bool:
    """Whether goods of the stop that left with the round are on its bike."""
    return any(
        bag.state == BagState.LOADED and event.detail.get("round") == str(round_.pk)
        for bag in stop.delivery.live_bags()
        for event in bag.events.all()
        if event.kind == BagEvent.Kind.LOADED
    )


def ended_at(round_: Round, stop: Stop) -> datetime | None:
    """When the round's rider handed the delivery over or gave up, or None.

    An attempt after which another window was promised counts only until the goods are back at the hub.
    """
    since, events = round_.left_at, list(stop.delivery.events.all())
    ends = [e.at for e in events if e.kind in _DONE and since is not None and e.at >= since]
    if not ends:
        return None
    again = any(e.kind == DeliveryEvent.Kind.REBOOKED and e.at >= max(ends) for e in events)
    return None if again and not still_carries(round_, stop) else max(ends)


def fetched_ids(rounds: Iterable[Round]) -> frozenset[str]:
    """Ids of the deliveries that riders took at their shop."""
    return frozenset(str(stop.delivery_id) for round_ in rounds for stop in round_.stops.all() if fetched(stop))


def done_ids(rounds: Iterable[Round]) -> frozenset[str]:
    """Ids of the deliveries that ended at a door."""
    return frozenset(str(stop.delivery_id) for r in rounds for stop in r.stops.all() if ended_at(r, stop))


def as_ridden(problem: Problem, bike: Bike, round_: Round, midnight: datetime, now: int) -> Trip | None:
    """The trip of a round that has left: what is done at its real times, what is next as it will be.

    Times count from ``midnight``; ``now`` too. None if the bike left with nothing.
    """
    stops_aboard = [stop for stop in aboard(round_) if str(stop.delivery_id) in problem.drop]
    ended = [(stop, moment) for stop in stops_aboard if (moment := ended_at(round_, stop)) is not None]
    ended.sort(key=lambda pair: (pair[1], pair[0].position))
    to_come = [stop for stop in stops_aboard if ended_at(round_, stop) is None]
    to_come.sort(key=lambda stop: (not fetched(stop), stop.position))  # who has been at a shop goes on to its door
    ahead = [_drop(problem, stop) for stop in to_come]
    if (not ended and not ahead) or round_.left_at is None:
        return None
    departs = max(0, min(seconds_into(round_.left_at, midnight), now - 1))
    stops, clock, here = [], departs, 0
    for stop, moment in ended:
        drop = _drop(problem, stop)
        leave = max(clock, seconds_into(moment, midnight))
        start = max(clock, leave - drop.service_seconds)
        stops.append(PlannedStop(drop.id, start, start, leave, drop.option))
        clock, here = leave, drop.location
    if to_come and fetched(to_come[0]) and ahead[0].collect is not None:
        here = ahead[0].collect
    if ahead:  # the next door is reached now at the soonest
        clock = max(clock, now - ride_seconds(problem, bike, here, ahead[0].location))
    later, home = ride(problem, bike, ahead, clock, here)
    drops = [problem.drop_of(stop) for stop in (*stops, *later)]
    returns = seconds_into(round_.back_at, midnight) if round_.back_at else max(home, now)
    return Trip(
        bike_id=bike.id,
        load_grams=sum(drop.grams for drop in drops),
        load_millilitres=sum(drop.millilitres for drop in drops),
        load_crates=sum(drop.crates for drop in drops),
        departs=departs,
        returns=max(returns, departs),
        metres=tour_metres(problem, bike, drops),
        stops=(*stops, *later),
    )


def _drop(problem: Problem, stop: Stop) -> Drop:
    """What a stop brings, in the way that it really takes."""
    drop = problem.drop[str(stop.delivery_id)]
    straight = way_of(stop) == STRAIGHT and any(option.id == STRAIGHT for option in drop.others)
    return drop.as_taken(STRAIGHT if straight else drop.option)


def settle(
    problem: Problem, trips: Iterable[Trip], *, stay: Collection[Trip] = (), eager: Collection[Trip] = ()
) -> list[Trip]:
    """Trips with times that can still be kept: what should have left leaves now, what follows makes room.

    Trips in ``stay`` are not touched; those in ``eager`` leave as soon as they can, the others when they said
    or later. Bikes must be known to the problem; windows missed are left for ``verify`` to say.
    """
    settled: list[Trip] = []
    free: dict[str, int] = {}
    for trip in sorted(trips, key=lambda trip: (trip.bike_id, trip.departs)):
        if trip not in stay:
            soonest = max(free.get(trip.bike_id, 0), 0 if trip in eager else trip.departs)
            trip = retime(problem, trip.bike_id, trip.drop_ids, soonest, trip.options)
        free[trip.bike_id] = max(free.get(trip.bike_id, 0), trip.returns + problem.reload_seconds)
        settled.append(trip)
    return settled


def without(problem: Problem, trip: Trip, gone: Collection[str]) -> Trip | None:
    """The trip without some drops, or without those the problem does not know; None if nothing is left.

    A drop whose way is no longer open, as from a shop that brought its bags to the hub after all, is planned
    anew. The times are those of the stops that stay: ``settle`` makes them true.
    """
    stops = tuple(
        s
        for s in trip.stops
        if s.drop_id not in gone and s.drop_id in problem.drop and problem.drop[s.drop_id].goes(s.option)
    )
    return replace(trip, stops=stops) if stops else None


def in_order(problem: Problem, trips: Iterable[Trip]) -> tuple[Trip, ...]:
    """Trips as a plan lists them: bike by bike in the problem's order, then by departure."""
    order = {bike.id: i for i, bike in enumerate(problem.bikes)}
    return tuple(sorted(trips, key=lambda trip: (order.get(trip.bike_id, -1), trip.departs)))
