"""The dispatcher's own hand: a stop moved, a round locked; refused with the reason where a promise would break."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, seconds_into
from parvis.delivery.actions.problems import shifts_of
from parvis.delivery.actions.publishing import announce
from parvis.delivery.actions.road import in_order, settle
from parvis.delivery.actions.rows import line_of, rewrite_round, solution_json, trips_by_round
from parvis.delivery.actions.streets import streets_on
from parvis.delivery.kinds import Kind, kind_of
from parvis.delivery.models import Delivery, Plan, Round, Stop
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Trip, verify
from parvis.delivery.planning.timing import cost_of
from parvis.delivery.sentences import Names, violation_sentence

TRIED = 5  # places of a round that are tried before a refusal
_OPEN = {Plan.State.DRAFT, Plan.State.PUBLISHED}


def move_stop(*, stop: Stop, to_round: Round, position: int | None, by: Any, at: datetime) -> None:
    """Put a stop at ``position`` of a round of the same plan: from 1, the end if there are fewer, or None for where
    it costs least time. Both bikes' times follow.

    Raises Refusal, and changes nothing, when a round has left or is locked or when a promise would break, saying
    which.
    """
    delivery, from_id, to_id = str(stop.delivery_id), str(stop.round_id), str(to_round.pk)
    plan = _put(delivery, to_round, position, from_id, by=by, at=at)
    audit.record("move_stop", plan, at=at, town_id=plan.town_id, actor=by, delivery=delivery, round=to_id)


def place_delivery(*, delivery: Delivery, to_round: Round, by: Any, at: datetime, position: int | None = None) -> None:
    """Put a delivery that the plan left out on a round. Raises Refusal as ``move_stop`` does."""
    id, to_id = str(delivery.pk), str(to_round.pk)
    plan = _put(id, to_round, position, None, by=by, at=at)
    audit.record("place_delivery", plan, at=at, town_id=plan.town_id, actor=by, delivery=id, round=to_id)


def _put(delivery: str, to_round: Round, position: int | None, from_id: str | None, *, by: Any, at: datetime) -> Plan:
    """Try the places in question, the best first; the refusal of the first one speaks."""
    to_id = str(to_round.pk)
    refusal: Refusal | None = None
    for place in _places(delivery, to_round) if position is None else [max(0, position - 1)]:

        def put(orders: dict[str, list[str]], place: int = place) -> None:
            if from_id is not None:
                orders[from_id] = [id for id in orders[from_id] if id != delivery]
            orders[to_id].insert(place, delivery)

        try:
            return _rearrange(to_round.plan_id, {from_id or to_id, to_id}, put, by=by, at=at)
        except Refusal as reason:
            refusal = refusal or reason
    assert refusal is not None
    raise refusal


def _places(delivery: str, to_round: Round) -> list[int]:
    """The indexes at which the delivery lengthens the round's way least, best first."""
    plan = Plan.objects.only("solution", "problem").get(pk=to_round.plan_id)
    problem = Problem.from_json(plan.problem)
    if delivery not in problem.drop:
        raise Refusal(_("This delivery is not part of the plan. Plan again."))
    trips = trips_by_round(plan)
    trip, options = trips[str(to_round.pk)], _options(problem, trips)
    stops = [0, *(problem.drop[id].as_taken(options[id]).location for id in trip.drop_ids if id != delivery), 0]
    here, bike = problem.drop[delivery].as_taken(options[delivery]).location, problem.bike.get(trip.bike_id)
    ways = problem.durations_of(bike) if bike else problem.durations
    longer = [ways[a][here] + ways[here][b] - ways[a][b] for a, b in pairwise(stops)]
    return sorted(range(len(longer)), key=longer.__getitem__)[:TRIED]


@transaction.atomic
def lock_round(*, round_: Round, by: Any, at: datetime, locked: bool = True) -> None:
    """A locked round keeps its stops and times when the day is planned again."""
    plan = Plan.objects.select_for_update().defer("problem", "solution").get(pk=round_.plan_id)
    round_ = Round.objects.select_for_update().get(pk=round_.pk)
    if plan.state not in _OPEN:
        raise Refusal(_("This plan is no longer in use."))
    if round_.left_at is not None:
        raise Refusal(_("This round has already left."))
    round_.locked = locked
    round_.save(update_fields=["locked"])
    verb = "lock_round" if locked else "unlock_round"
    audit.record(verb, round_, at=at, town_id=round_.town_id, actor=by)


def unlock_round(*, round_: Round, by: Any, at: datetime) -> None:
    """The round may change again."""
    lock_round(round_=round_, by=by, at=at, locked=False)


@transaction.atomic
def _rearrange(
    plan_id: UUID, touched: set[str], change: Callable[[dict[str, list[str]]], None], *, by: Any, at: datetime
) -> Plan:
    """Apply ``change`` to the orders of stops (delivery ids by round id), re-time, verify and write."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("hub__town").get(pk=plan_id)
    rounds = {str(r.pk): r for r in Round.objects.select_for_update().filter(plan=plan).order_by("pk")}
    _refuse_closed(plan, rounds, touched)
    midnight = day_bounds(plan.day, plan.hub.town.zone)[0]
    problem, before = Problem.from_json(plan.problem), trips_by_round(plan)
    orders = {id: list(trip.drop_ids) for id, trip in before.items()}
    change(orders)
    if any(id not in problem.drop for order in orders.values() for id in order):
        raise Refusal(_("This delivery is not part of the plan. Plan again."))
    deliveries = {str(d.pk): d for d in _deliveries(plan)}
    stay = {id for id, r in rounds.items() if r.left_at is not None or r.locked or id in plan.solution["kept"]}
    now = max(problem.not_before, seconds_into(at, midnight))
    after = _retimed(replace(problem, not_before=now), before, orders, touched, stay)
    problem = replace(problem, fixed=tuple(trip for trip in problem.fixed if trip in after.values()))
    trips = in_order(problem, after.values())
    planned = {id for trip in trips for id in trip.drop_ids}
    old = Solution.from_json(plan.solution)
    unserved = tuple(left for left in old.unserved if left.id not in planned)
    solution = Solution(trips, unserved, cost_of(problem, trips), old.seconds)
    found = verify(problem, solution)
    if found:
        shifts = {str(shift.pk): shift for shift in shifts_of(plan.hub, plan.day)}
        names = Names(midnight, plan.hub.town.zone, deliveries, shifts)
        raise Refusal(violation_sentence(found[0], problem, solution, names))
    ids = {trip: id for id, trip in after.items()}
    streets = streets_on(plan.hub, plan.day)
    for id, round_ in rounds.items():
        if id not in after:
            round_.delete()
        elif after[id] != before[id]:
            same_way = after[id].drop_ids == before[id].drop_ids
            line = None if same_way else line_of(after[id], plan.hub, deliveries, streets.by(_kind(problem, after[id])))
            rewrite_round(round_, problem, after[id], midnight, line)
    plan.problem = problem.to_json()
    plan.solution |= solution_json(
        solution, [ids[trip] for trip in trips], kept=plan.solution["kept"], seen=plan.solution["seen"]
    )
    plan.save(update_fields=["problem", "solution"])
    if plan.state == Plan.State.PUBLISHED:
        announce(plan, at=at, by=by)
    return plan


def _kind(problem: Problem, trip: Trip) -> Kind:
    """The kind of bike that rides a trip."""
    bike = problem.bike.get(trip.bike_id)
    return kind_of(bike.profile if bike else "")


def _refuse_closed(plan: Plan, rounds: Mapping[str, Round], touched: set[str]) -> None:
    if plan.state not in _OPEN or not touched <= rounds.keys():
        raise Refusal(_("This plan is no longer in use."))
    for id in sorted(touched):
        if rounds[id].left_at is not None:
            raise Refusal(_("%(round)s has already left.") % {"round": rounds[id]})
        if rounds[id].locked:
            raise Refusal(_("%(round)s is locked. Unlock it first.") % {"round": rounds[id]})


def _retimed(
    problem: Problem,
    before: Mapping[str, Trip],
    orders: Mapping[str, list[str]],
    touched: set[str],
    stay: set[str],
) -> dict[str, Trip]:
    """The trips in their new orders: those touched leave as soon as they can, later ones of the bike make room."""
    bikes = {before[id].bike_id for id in touched}
    first = {bike: min(before[id].departs for id in touched if before[id].bike_id == bike) for bike in bikes}
    options = _options(problem, before)
    after = {
        id: _reordered(trip, orders[id], options) if id in touched else trip
        for id, trip in before.items()
        if orders[id]
    }
    ours = {id for id, trip in after.items() if trip.bike_id in bikes}
    still = {id for id in ours if id in stay or before[id].departs < first[after[id].bike_id]}
    settled = settle(
        problem,
        [after[id] for id in ours],
        stay=[after[id] for id in still],
        eager=[after[id] for id in touched if id in after],
    )
    by_drops = {trip.drop_ids: trip for trip in settled}
    return {id: by_drops.get(trip.drop_ids, trip) if id in ours else trip for id, trip in after.items()}


def _options(problem: Problem, trips: Mapping[str, Trip]) -> dict[str, str]:
    """The way of each delivery, by id: as it is planned; of those on no round, by the hub or as was promised."""
    ways = {drop.id: drop.option if drop.bound is None else drop.bound for drop in problem.drops}
    for trip in trips.values():
        ways |= trip.options
    return ways


def _reordered(trip: Trip, order: list[str], options: Mapping[str, str]) -> Trip:
    """The trip with its stops in ``order``; their times mean nothing until it is settled."""
    known = {stop.drop_id: stop for stop in trip.stops}
    stand_in = trip.stops[0]
    return replace(
        trip, stops=tuple(known.get(id) or replace(stand_in, drop_id=id, option=options[id]) for id in order)
    )


def _deliveries(plan: Plan) -> list[Delivery]:
    ids = [drop["id"] for drop in plan.problem["drops"]]
    return list(Delivery.objects.filter(town=plan.town_id, pk__in=ids).select_related("window", "also"))
