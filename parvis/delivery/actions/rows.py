"""A solution of the planning room as rows of rounds and stops, and back.

``Plan.solution`` is the planning room's own JSON with three more keys: ``rounds``, the id of the row of each trip;
``kept``, which says for each round of a draft that is on the road already which row of the published plan it shows;
``seen``, the rounds that had left when the draft was made.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from parvis.delivery.clients.network import StreetNetwork
from parvis.delivery.models import Delivery, Hub, Plan, Round, Shift, Stop
from parvis.delivery.pickups import HANDING, STRAIGHT, bags_to_come
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Trip, collected_at
from parvis.delivery.planning import Stop as PlannedStop

_ASIDE = 10_000  # positions that no stop has: where stops wait while they are put in a new order


def trips_by_round(plan: Plan) -> dict[str, Trip]:
    """The trips of a stored solution by the id of their round."""
    solution = Solution.from_json(plan.solution)
    return dict(zip(plan.solution["rounds"], solution.trips, strict=True))


def solution_json(
    solution: Solution, round_ids: Sequence[str], *, kept: Mapping[str, str] | None = None, seen: Sequence[str] = ()
) -> dict[str, Any]:
    """The solution to be stored, with the rows it stands in."""
    return solution.to_json() | {"rounds": list(round_ids), "kept": dict(kept or {}), "seen": list(seen)}


def line_of(trip: Trip, hub: Hub, deliveries: Mapping[str, Delivery], streets: StreetNetwork) -> dict[str, Any]:
    """The way of a trip from the hub to the hub, by the shops where it fetches, as a GeoJSON line."""
    points = [hub.point]
    for stop in trip.stops:
        delivery = deliveries[stop.drop_id]
        if stop.option == STRAIGHT and (bags := bags_to_come(delivery)) and (pickup := bags[0].pickup):
            points.append(pickup.point)
        points.append(streets.conditions.at(delivery.point, *delivery.hours))
    points.append(hub.point)
    return {"type": "LineString", "coordinates": streets.route(points).geometry}


def create_rounds(
    plan: Plan,
    trips: Sequence[Trip],
    *,
    problem: Problem,
    shifts: Mapping[str, Shift],
    midnight: datetime,
    lines: Mapping[Trip, dict[str, Any]],
    copied: Mapping[Trip, Round],
    locked: Collection[Trip],
) -> list[Round]:
    """Make the rows of all trips, numbered in order of departure; returned in the order of ``trips``.

    A trip in ``copied`` shows a round that has left: it has its bike, rider and moments.
    """
    order = sorted(range(len(trips)), key=lambda i: (trips[i].departs, i))
    numbers = {index: number for number, index in enumerate(order, start=1)}
    rounds = []
    for index, trip in enumerate(trips):
        source: Round | Shift = copied.get(trip) or shifts[trip.bike_id]
        rounds.append(
            Round(
                town_id=plan.town_id,
                plan=plan,
                bike_id=source.bike_id,
                rider_id=source.rider_id,
                number=numbers[index],
                geometry=lines[trip],
                locked=trip in locked,
                left_at=copied[trip].left_at if trip in copied else None,
                back_at=copied[trip].back_at if trip in copied else None,
                **_figures(trip, midnight),
            )
        )
    Round.objects.bulk_create(rounds)
    Stop.objects.bulk_create(
        Stop(town_id=plan.town_id, round=round_, position=position, **_stop(problem, trip, stop, midnight))
        for round_, trip in zip(rounds, trips, strict=True)
        for position, stop in enumerate(trip.stops, start=1)
    )
    return rounds


def rewrite_round(
    round_: Round, problem: Problem, trip: Trip, midnight: datetime, line: dict[str, Any] | None = None
) -> None:
    """Give a round the stops and times of ``trip``; rows of stops that stay are kept."""
    for field, value in _figures(trip, midnight).items():
        setattr(round_, field, value)
    round_.geometry = line or round_.geometry
    round_.save()
    wanted = {stop.drop_id: (position, stop) for position, stop in enumerate(trip.stops, start=1)}
    there = {str(stop.delivery_id): stop for stop in round_.stops.all()}
    round_.stops.exclude(delivery__in=list(wanted)).delete()
    staying = [stop for id, stop in there.items() if id in wanted]
    for aside in (_ASIDE, 0):  # positions are unique at every moment
        for stop in staying:
            position, planned = wanted[str(stop.delivery_id)]
            stop.position = position + aside
            for field, value in _moments(problem, trip, planned, midnight).items():
                setattr(stop, field, value)
        Stop.objects.bulk_update(staying, ["position", "arrive_at", "leave_at", "option", "fetch_at"])
    Stop.objects.bulk_create(
        Stop(town_id=round_.town_id, round=round_, position=position, **_stop(problem, trip, stop, midnight))
        for id, (position, stop) in wanted.items()
        if id not in there
    )


def _figures(trip: Trip, midnight: datetime) -> dict[str, Any]:
    return {
        "departs_at": midnight + timedelta(seconds=trip.departs),
        "returns_at": midnight + timedelta(seconds=trip.returns),
        "metres": trip.metres,
        "grams": trip.load_grams,
        "millilitres": trip.load_millilitres,
    }


def _stop(problem: Problem, trip: Trip, stop: PlannedStop, midnight: datetime) -> dict[str, Any]:
    """What a row says of a stop."""
    return {"delivery_id": stop.drop_id, **_moments(problem, trip, stop, midnight)}


def _moments(problem: Problem, trip: Trip, stop: PlannedStop, midnight: datetime) -> dict[str, Any]:
    """``arrive_at`` is when the bell rings at the door, after any wait for the window; ``fetch_at`` when it rings at
    the shop, where the bags are fetched there.
    """
    bike = problem.bike.get(trip.bike_id)
    at_shop = collected_at(problem, bike, stop) if bike is not None and problem.knows(stop) else None
    handing = HANDING if stop.option == STRAIGHT else timedelta(0)
    return {
        "arrive_at": midnight + timedelta(seconds=stop.start) + handing,
        "leave_at": midnight + timedelta(seconds=stop.leave),
        "option": stop.option,
        "fetch_at": None if at_shop is None else midnight + timedelta(seconds=at_shop),
    }
