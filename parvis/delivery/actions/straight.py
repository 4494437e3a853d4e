"""The deliveries of a day that a bike may fetch at their shop, as options of the planning room.

The plan chooses: straight where it costs less. What a published plan has promised to a shop is bound to that way; what
a rider has fetched is known to the plan only so that its round adds up. Times are seconds from ``midnight``.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from parvis.core.geo import Point
from parvis.core.time import seconds_into
from parvis.delivery.models import BagEvent, Delivery, Hub, Plan, Stop
from parvis.delivery.pickups import HANDING, STRAIGHT, PickUp, at_its_shop, bags_to_come, fetched, to_fetch
from parvis.delivery.planning import Drop, Matrix, Option, Problem, with_detours

HANDING_SECONDS = round(HANDING.total_seconds())
LATE = timedelta(minutes=15)  # what should be ready at its shop and is not: it is in a quarter of an hour


@dataclass(frozen=True, slots=True)
class Straight:
    """A delivery that may be fetched: where, from when on; ``bound`` where a shop was told so, or it is aboard."""

    pickup: PickUp
    ready_at: datetime
    bound: bool = False
    fetched: bool = False
    share: int = 1  # so many bags of the shop are due at the hub at once: one errand would bring them all


def straight_stops(hub: Hub, day: date) -> dict[str, Stop]:
    """The stops of the published plan that go straight, by the id of their delivery, with their story."""
    found = Stop.objects.filter(
        town=hub.town_id,
        option=STRAIGHT,
        round__plan__hub=hub,
        round__plan__day=day,
        round__plan__state=Plan.State.PUBLISHED,
    )
    found = found.select_related("round", "delivery").prefetch_related("delivery__bags__events", "delivery__events")
    return {str(stop.delivery_id): stop for stop in found}


def straights(hub: Hub, day: date, deliveries: Iterable[Delivery], at: datetime) -> dict[str, Straight]:
    """Those of ``deliveries`` that may go straight, by id: the town does it, and the shop; or it is done already."""
    told = straight_stops(hub, day)
    deliveries = list(deliveries)
    errands = Counter(key for delivery in deliveries for key in _errands(delivery))
    found = {}
    for delivery in deliveries:
        id = str(delivery.pk)
        stop = told.get(id)
        bags = bags_to_come(delivery)
        if stop is not None and fetched(stop) and bags and (pickup := bags[0].pickup):
            found[id] = Straight(pickup, at, fetched=True)
        elif stop is not None and (pickup := to_fetch(stop)):
            found[id] = Straight(pickup, ready_at_shop(delivery, at), bound=True)
        elif hub.fetches and (pickup := at_its_shop(delivery)):
            share = max(errands[key] for key in _errands(delivery))
            found[id] = Straight(pickup, ready_at_shop(delivery, at), share=share)
    return found


def _errands(delivery: Delivery) -> set[tuple[str, datetime]]:
    """The errands that bring a delivery's bags to the hub: who brings, by when."""
    return {(bag.sender, delivery.window.goods_due_at) for bag in bags_to_come(delivery)}


def ready_at_shop(delivery: Delivery, at: datetime) -> datetime:
    """When a shop has packed what a rider may fetch: it says so itself; else when goods are due at the hub."""
    said = [
        max((event.at for event in bag.events.all() if event.kind == BagEvent.Kind.READY), default=None)
        for bag in bags_to_come(delivery)
    ]
    if all(said):
        return max(moment for moment in said if moment)
    due = delivery.window.goods_due_at
    return due if due > at else at + LATE


def shops_of(found: Mapping[str, Straight]) -> list[Point]:
    """The doors of the shops, each once."""
    return list(dict.fromkeys(one.pickup.point for one in found.values()))


def knows(problem: Problem, found: Mapping[str, Straight]) -> bool:
    """Whether the matrices of an earlier problem hold all these ways."""
    return all(id in problem.drop and _option(problem.drop[id]) for id in found)


def _errand(problem: Problem, shop: int) -> int:
    """What a shop's way to the hub and back costs, counted like a bike's."""
    metres = problem.distances[shop][0] + problem.distances[0][shop]
    seconds = problem.durations[shop][0] + problem.durations[0][shop]
    return metres * problem.unit_metre_cost + seconds * problem.unit_second_cost


def _option(drop: Drop) -> Option | None:
    return next((option for option in drop.others if option.id == STRAIGHT), None)


def with_straights(
    problem: Problem,
    found: Mapping[str, Straight],
    shops: Mapping[Point, int],
    midnight: datetime,
    hub: Hub,
    known: Problem | None = None,
) -> Problem:
    """The problem in which these drops may go straight, weighed as the ``hub`` wants it.

    ``shops`` says where the shops stand in its matrices; with ``known``, its matrices are those of that earlier
    problem, which has the detours already.
    """
    detours: list[tuple[int, int]] = []
    places: dict[str, tuple[int, int]] = {}
    size = len(problem.durations)
    for id, one in found.items():
        before = _option(known.drop[id]) if known is not None else None
        if before is not None and before.collect is not None:
            places[id] = before.collect, before.location
        else:
            places[id] = shops[one.pickup.point], size + len(detours)
            detours.append((shops[one.pickup.point], problem.drop[id].location))
    wide = _widened(problem, detours) if detours else problem
    drops = tuple(
        _with_option(wide, drop, found[drop.id], *places[drop.id], midnight, hub) if drop.id in found else drop
        for drop in wide.drops
    )
    return replace(wide, drops=drops)


def _widened(problem: Problem, detours: Sequence[tuple[int, int]]) -> Problem:
    def wide(rows: Matrix) -> Matrix:
        return with_detours(rows, detours)

    return replace(
        problem,
        durations=wide(problem.durations),
        distances=wide(problem.distances),
        profiles=tuple(
            replace(one, durations=wide(one.durations), distances=wide(one.distances)) for one in problem.profiles
        ),
    )


def _with_option(
    problem: Problem, drop: Drop, one: Straight, shop: int, place: int, midnight: datetime, hub: Hub
) -> Drop:
    """The drop with the way from its shop, where its hours and the cold allow it; always, where it is promised or done.

    The slowest bike is thought of where the shop must be open and ready, the quickest where it must not be closed yet.
    It spares the hub the scanning, packing and loading, which take as long as at the shop, and the shop its errand.
    """
    rides = [-(-problem.durations_of(bike)[shop][place] * 100 // bike.speed_percent) for bike in problem.bikes] or [0]
    ready = max(seconds_into(one.pickup.opens_at, midnight), seconds_into(one.ready_at, midnight))
    shut = seconds_into(one.pickup.closes_at, midnight) - HANDING_SECONDS + min(rides)
    earliest = max(0, drop.earliest - HANDING_SECONDS, 0 if one.fetched else ready + max(rides))
    latest = drop.latest - HANDING_SECONDS if one.fetched else min(drop.latest - HANDING_SECONDS, shut)
    warm = bool(drop.cold_crates) and max(rides) + HANDING_SECONDS > 60 * hub.cold_minutes
    if not (one.bound or one.fetched) and (latest < earliest or warm):
        return drop
    option = Option(
        STRAIGHT,
        place,
        earliest,
        max(earliest, latest),
        drop.service_seconds + HANDING_SECONDS,
        collect=shop,
        spared=HANDING_SECONDS * problem.unit_second_cost
        + _errand(problem, shop) * hub.errand_percent // 100 // one.share,
    )
    return replace(drop, others=(*drop.others, option), bound=STRAIGHT if one.bound else None)
