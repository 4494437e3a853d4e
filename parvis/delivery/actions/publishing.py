"""Publishing a draft: checked once more against the rows as they are, then made the plan that riders see."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, seconds_into
from parvis.delivery.actions.daytours import take_over
from parvis.delivery.actions.problems import as_bike, as_drop, bags_here, ready_moment, shifts_of
from parvis.delivery.actions.road import in_order, settle
from parvis.delivery.actions.rows import rewrite_round, solution_json, trips_by_round
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Round, Stop
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Trip, Violation, verify
from parvis.delivery.planning.timing import cost_of
from parvis.delivery.sentences import Names, violation_sentence
from parvis.delivery.states import DeliveryState

SHOWN = 3  # violations named in a refusal; the rest is counted
NEWS_FROM = timedelta(minutes=1)  # a promised time that moves by less is no news


@transaction.atomic
def publish_plan(*, plan: Plan, by: Any, at: datetime) -> Plan:
    """Make a draft the plan of its day: riders see it, buyers get their times.

    The stored plan is verified as it is, then with today's rows: trips that should have left leave now. Rounds on
    the road move into it with their ids. Raises Refusal, naming the first violations, when a rule is broken or
    when the road has changed since the draft was made.
    """
    plan, published = _lock_plans(plan)
    rounds = {
        str(r.pk): r
        for r in Round.objects.select_for_update().filter(plan__in=[p for p in (plan, published) if p]).order_by("pk")
    }
    rows = _lock_rows(plan)
    problem, solution = Problem.from_json(plan.problem), Solution.from_json(plan.solution)
    _refuse_any(verify(problem, solution), problem, solution, rows)
    _refuse_other_rows(plan)
    _refuse_stale(plan, published, rounds, rows)
    trips = trips_by_round(plan)
    before = dict(trips)
    problem, trips = _as_of(plan, problem, trips, rows, at)
    ordered = in_order(problem, trips.values())
    ids = {trip: id for id, trip in trips.items()}
    solution = Solution(ordered, solution.unserved, cost_of(problem, ordered), solution.seconds)
    _refuse_any(verify(problem, solution), problem, solution, rows)
    kept = plan.solution["kept"]
    for id, trip in trips.items():
        if id in kept or trip != before[id]:
            _write_round(plan, rounds[id], rounds.get(kept.get(id, "")), trip, rows)
    if published is not None:
        published.state = Plan.State.SUPERSEDED
        published.save(update_fields=["state"])
    plan.problem = problem.to_json()
    plan.solution = solution_json(solution, [kept.get(ids[trip], ids[trip]) for trip in ordered])
    plan.state, plan.published_at = Plan.State.PUBLISHED, at
    plan.save()
    take_over(hub=plan.hub, day=plan.day, problem=problem, trips=ordered, conditions=plan.conditions)
    announce(plan, at=at, by=by)
    audit.record("publish_plan", plan, at=at, town_id=plan.town_id, actor=by, version=plan.version)
    return plan


@transaction.atomic
def discard_draft(*, plan: Plan, by: Any, at: datetime) -> None:
    """Put a draft aside; the published plan, if there is one, is not touched."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state != Plan.State.DRAFT:
        raise Refusal(_("This plan is no draft any more."))
    plan.state = Plan.State.SUPERSEDED
    plan.save(update_fields=["state"])
    audit.record("discard_draft", plan, at=at, town_id=plan.town_id, actor=by, version=plan.version)


def announce(plan: Plan, *, at: datetime, by: Any) -> int:
    """Tell each delivery ahead its time, where that is news; how many were told."""
    stops = (
        Stop.objects.filter(round__plan=plan)
        .select_related("round", "delivery")
        .prefetch_related("delivery__events")
        .order_by("pk")
    )
    events = []
    for stop in stops:
        story = list(stop.delivery.events.all())
        if any(event.kind in {"delivered", "failed", "cancelled"} for event in story):
            continue
        told = [event.detail.get("arrive_at") for event in story if event.kind == DeliveryEvent.Kind.PLANNED]
        if told and told[-1] and abs(stop.arrive_at - datetime.fromisoformat(told[-1])) < NEWS_FROM:
            continue
        detail = {"plan": str(plan.pk), "round": str(stop.round_id), "arrive_at": stop.arrive_at.isoformat()}
        events.append(
            DeliveryEvent(town_id=plan.town_id, delivery=stop.delivery, kind="planned", at=at, by=by, detail=detail)
        )
    DeliveryEvent.objects.bulk_create(events)
    return len(events)


def _lock_plans(plan: Plan) -> tuple[Plan, Plan | None]:
    """The draft and the published plan of its day, locked in the order of their versions."""
    locked = list(
        Plan.objects.select_for_update(of=("self",))
        .select_related("hub__town")
        .filter(hub=plan.hub_id, day=plan.day, state__in=[Plan.State.DRAFT, Plan.State.PUBLISHED])
        .order_by("version")
    )
    draft = next((p for p in locked if p.pk == plan.pk and p.state == Plan.State.DRAFT), None)
    if draft is None:
        raise Refusal(_("Only a draft can be published. Plan again."))
    return draft, next((p for p in locked if p.state == Plan.State.PUBLISHED), None)


def _lock_rows(plan: Plan) -> Names:
    list(Stop.objects.select_for_update().filter(round__plan=plan).order_by("pk").values_list("pk"))
    ids = [drop["id"] for drop in plan.problem["drops"]]
    deliveries = (
        Delivery.objects.select_for_update(of=("self",))
        .filter(town=plan.town_id, pk__in=ids)
        .select_related("window")
        .prefetch_related("bags__events", "events")
        .order_by("pk")
    )
    return Names(
        midnight=day_bounds(plan.day, plan.hub.town.zone)[0],
        zone=plan.hub.town.zone,
        deliveries={str(delivery.pk): delivery for delivery in deliveries},
        shifts={str(shift.pk): shift for shift in shifts_of(plan.hub, plan.day)},
    )


def _refuse_any(found: list[Violation], problem: Problem, solution: Solution, rows: Names) -> None:
    """Raises Refusal that names the first violations, each once."""
    said = [violation_sentence(violation, problem, solution, rows) for violation in found]
    sentences = list(dict.fromkeys(said))
    if sentences:
        rest = len(sentences) - SHOWN
        more = [_("And %(count)s more.") % {"count": rest}] if rest > 0 else []
        raise Refusal(" ".join([_("This plan cannot be published."), *sentences[:SHOWN], *more]))


def _refuse_other_rows(plan: Plan) -> None:
    """The rounds on screen are those that were verified: raises Refusal if a row says something else."""
    shown: dict[str, list[str]] = {str(pk): [] for pk in plan.rounds.values_list("pk", flat=True)}
    for round_id, delivery_id in (
        Stop.objects.filter(round__plan=plan).order_by("round_id", "position").values_list("round_id", "delivery_id")
    ):
        shown[str(round_id)].append(str(delivery_id))
    if shown != {id: list(trip.drop_ids) for id, trip in trips_by_round(plan).items()}:
        raise Refusal(_("This plan cannot be published.") + " " + _("The plan does not add up. Plan again."))


def _refuse_stale(plan: Plan, published: Plan | None, rounds: Mapping[str, Round], rows: Names) -> None:
    """Raises Refusal when the road is no longer as the draft saw it."""
    kept = plan.solution["kept"]
    if published is not None:
        for id, round_ in rounds.items():
            left = round_.plan_id == published.pk and round_.left_at is not None
            if left and id not in plan.solution["seen"]:
                raise Refusal(_("%(round)s has left in the meantime. Plan again.") % {"round": round_})
    ahead = {d for id, trip in trips_by_round(plan).items() if id not in kept for d in trip.drop_ids}
    for id in sorted(ahead):
        delivery = rows.deliveries.get(id)
        if delivery is None or delivery.state == DeliveryState.CANCELLED or delivery.cancelled_at:
            code = delivery.code if delivery else "?"
            raise Refusal(_("%(code)s was cancelled in the meantime. Plan again.") % {"code": code})
        if delivery.state in {DeliveryState.DELIVERED, DeliveryState.FAILED}:
            raise Refusal(_("%(code)s is done in the meantime. Plan again.") % {"code": delivery.code})


def _as_of(
    plan: Plan, problem: Problem, trips: Mapping[str, Trip], rows: Names, at: datetime
) -> tuple[Problem, dict[str, Trip]]:
    """Problem and trips with today's bikes, weights and bags; what should have left leaves now."""
    kept = plan.solution["kept"]
    now = max(0, seconds_into(at, rows.midnight))
    road = {trips[id] for id in kept}
    riding = {id for trip in road for id in trip.drop_ids}
    bikes = tuple(as_bike(rows.shifts[b.id], rows.midnight) for b in problem.bikes if b.id in rows.shifts)
    drops = []
    for drop in problem.drops:
        delivery = rows.deliveries.get(drop.id)
        if delivery is None or drop.id in riding or delivery.cancelled_at:
            drops.append(drop)
            continue
        ready = drop.ready_at if drop.ready_at >= now else now
        if bags_here(delivery):
            moment = ready_moment(delivery, at=at) or at
            ready = max(0, seconds_into(moment, rows.midnight))
        today = as_drop(delivery, drop.location, at, rows.midnight, timedelta(0), plan.hub.cold_minutes)
        drops.append(replace(today, ready_at=ready, earliest=drop.earliest, latest=drop.latest))
    bikes_by_id = {bike.id for bike in bikes}
    missing = next((t for t in trips.values() if t not in road and t.bike_id not in bikes_by_id), None)
    if missing is not None:
        raise Refusal(_("A round is on a bike that does not ride any more. Plan again."))
    after = replace(problem, bikes=bikes, drops=tuple(drops), fixed=tuple(road))
    start = replace(after, not_before=max(problem.not_before, now)) if now > problem.not_before else after
    settled = settle(start, trips.values(), stay=road)
    by_drops = {trip.drop_ids: trip for trip in settled}
    return after, {id: by_drops[trip.drop_ids] for id, trip in trips.items()}


def _write_round(plan: Plan, drawn: Round, original: Round | None, trip: Trip, rows: Names) -> None:
    """Bring a round to the times of its trip. The row of a round on the road takes the place of its drawing."""
    if original is None:
        rewrite_round(drawn, trip, rows.midnight)
        return
    number, line = drawn.number, drawn.geometry
    drawn.delete()
    original.plan, original.number = plan, number
    rewrite_round(original, trip, rows.midnight, line)
