"""Publishing a draft: checked once more against the rows as they are, then made the plan that riders see."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, seconds_into
from parvis.delivery.actions.daytours import take_over
from parvis.delivery.actions.problems import as_bike, as_drop, bags_here, ready_moment, shifts_of
from parvis.delivery.actions.road import in_order, settle
from parvis.delivery.actions.rows import rewrite_round, solution_json, trips_by_round
from parvis.delivery.actions.suiting import lock_second_windows, promise_windows, settled
from parvis.delivery.models import Delivery, DeliveryEvent, Plan, Round, Stop
from parvis.delivery.pickups import STRAIGHT, at_its_shop, bags_to_come, to_fetch
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Trip, Violation, verify
from parvis.delivery.planning.timing import cost_of
from parvis.delivery.sentences import Names, violation_sentence
from parvis.delivery.signals import bike_told, fetching_told
from parvis.delivery.states import DeliveryState
from parvis.delivery.told import buyer_told, is_called_off, shop_told

SHOWN = 3  # violations named in a refusal; the rest is counted
NEWS_FROM = timedelta(minutes=1)  # a promised time that moves by less is no news
SHOP_NEWS_FROM = timedelta(minutes=15)  # nor is one at a shop, which is told by letter


@transaction.atomic
def publish_plan(*, plan: Plan, by: Any, at: datetime) -> Plan:
    """Make a draft the plan of its day: riders see it, buyers get their times.

    The stored plan is verified as it is, then with today's rows: trips that should have left leave now. Rounds on
    the road move into it with their ids. Raises Refusal, naming the first violations, when a rule is broken or
    when the road has changed since the draft was made.
    """
    lock_second_windows(trips_by_round(plan))
    plan, published = _lock_plans(plan)
    rounds = {
        str(r.pk): r
        for r in Round.objects.select_for_update().filter(plan__in=[p for p in (plan, published) if p]).order_by("pk")
    }
    rows = _lock_rows(plan, at)
    problem, solution = Problem.from_json(plan.problem), Solution.from_json(plan.solution)
    _refuse_any(verify(problem, solution), problem, solution, rows)
    _refuse_other_rows(plan)
    _refuse_stale(plan, published, rounds, rows)
    before = trips_by_round(plan)
    told = set(Stop.objects.filter(round__plan=published).values_list("delivery_id", flat=True))
    promise_windows(rows.deliveries, before, at=at, by=by)
    problem, trips = settled(problem, before)
    problem, trips = _as_of(plan, problem, trips, rows, at)
    ordered = in_order(problem, trips.values())
    ids = {trip: id for id, trip in trips.items()}
    solution = Solution(ordered, solution.unserved, cost_of(problem, ordered), solution.seconds)
    _refuse_any(verify(problem, solution), problem, solution, rows)
    kept = plan.solution["kept"]
    for id, trip in trips.items():
        if id in kept or trip != before[id]:
            _write_round(plan, problem, rounds[id], rounds.get(kept.get(id, "")), trip, rows)
    if published is not None:
        published.state = Plan.State.SUPERSEDED
        published.save(update_fields=["state"])
    plan.problem = problem.to_json()
    plan.solution = solution_json(solution, [kept.get(ids[trip], ids[trip]) for trip in ordered])
    plan.state, plan.published_at = Plan.State.PUBLISHED, at
    plan.save()
    take_over(hub=plan.hub, day=plan.day, problem=problem, trips=ordered, conditions=plan.conditions, at=at)
    announce(plan, at=at, by=by, told=told)
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


def announce(plan: Plan, *, at: datetime, by: Any, told: Collection[UUID] = ()) -> int:
    """Tell each delivery ahead its time, and each shop when a rider comes, where that is news; how many were told.

    ``told`` are the deliveries on a round of the plan before: where one is left out, its buyer and the shop at which a
    rider would have rung hear of that too, and again where somebody comes after all.
    """
    stops = (
        Stop.objects.filter(round__plan=plan)
        .select_related("round", "delivery")
        .prefetch_related("delivery__bags__events", "delivery__events")
        .order_by("pk")
    )
    ahead: list[tuple[Delivery, Stop | None]] = [(stop.delivery, stop) for stop in stops]
    if left_out := set(told) - {delivery.pk for delivery, _stop in ahead}:
        found = Delivery.objects.filter(town=plan.town_id, pk__in=left_out).with_story().order_by("pk")
        ahead += [(delivery, None) for delivery in found]
    events = []
    shops: list[tuple[Delivery, datetime | None]] = []
    buyers: list[tuple[Delivery, datetime | None]] = []
    for delivery, stop in ahead:
        if delivery.state in {DeliveryState.DELIVERED, DeliveryState.FAILED, DeliveryState.CANCELLED}:
            continue
        detail = {"plan": str(plan.pk)}
        fetch_at = stop.fetch_at if stop is not None and to_fetch(stop) else None
        if shop_hears := _is_news_to_shop(delivery, fetch_at):
            detail["fetch_at"] = fetch_at.isoformat() if fetch_at else ""
            shops.append((delivery, fetch_at))
        if stop is not None:
            detail |= {"round": str(stop.round_id), "arrive_at": stop.arrive_at.isoformat()}
            is_news = _is_news(delivery, stop.arrive_at)
            if is_called_off(delivery):
                buyers.append((delivery, stop.arrive_at))
        elif is_news := buyer_told(delivery) is not None and bool(bags_to_come(delivery)):
            detail["arrive_at"] = ""
            buyers.append((delivery, None))
        if shop_hears or is_news:
            events.append(
                DeliveryEvent(town_id=plan.town_id, delivery=delivery, kind="planned", at=at, by=by, detail=detail)
            )
    DeliveryEvent.objects.bulk_create(events)
    for delivery, fetch_at in shops:
        fetching_told.send(sender=Delivery, delivery=delivery, fetch_at=fetch_at, at=at, by=by)
    for delivery, arrive_at in buyers:
        bike_told.send(sender=Delivery, delivery=delivery, arrive_at=arrive_at, at=at, by=by)
    return len(events)


def _is_news(delivery: Delivery, arrive_at: datetime) -> bool:
    """Whether the time at the door is another one than what was said last."""
    said = buyer_told(delivery)
    return said is None or abs(arrive_at - said) >= NEWS_FROM


def _is_news_to_shop(delivery: Delivery, fetch_at: datetime | None) -> bool:
    """Whether a shop must hear when a rider comes (None: nobody does), after what it was told last.

    A shop whose bags are no longer with it, or which was told at its door, knows already.
    """
    told = shop_told(delivery)
    if fetch_at is None:
        return told is not None and at_its_shop(delivery) is not None
    return told is None or abs(fetch_at - told) >= SHOP_NEWS_FROM


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


def _lock_rows(plan: Plan, at: datetime) -> Names:
    list(Stop.objects.select_for_update().filter(round__plan=plan).order_by("pk").values_list("pk"))
    ids = [drop["id"] for drop in plan.problem["drops"]]
    deliveries = (
        Delivery.objects.select_for_update(of=("self",))
        .filter(town=plan.town_id, pk__in=ids)
        .select_related("window", "also")
        .prefetch_related("bags__events", "events")
        .order_by("pk")
    )
    return Names(
        midnight=day_bounds(plan.day, plan.hub.town.zone)[0],
        zone=plan.hub.town.zone,
        deliveries={str(delivery.pk): delivery for delivery in deliveries},
        shifts={str(shift.pk): shift for shift in shifts_of(plan.hub, plan.day, at)},
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
    shown: dict[str, list[tuple[str, str]]] = {str(pk): [] for pk in plan.rounds.values_list("pk", flat=True)}
    rows = Stop.objects.filter(round__plan=plan).order_by("round_id", "position")
    for round_id, delivery_id, option in rows.values_list("round_id", "delivery_id", "option"):
        shown[str(round_id)].append((str(delivery_id), option))
    if shown != {id: list(trip.options.items()) for id, trip in trips_by_round(plan).items()}:
        raise Refusal(_("This plan cannot be published.") + " " + _("The plan does not add up. Plan again."))


def _refuse_stale(plan: Plan, published: Plan | None, rounds: Mapping[str, Round], rows: Names) -> None:
    """Raises Refusal when the road is no longer as the draft saw it."""
    kept = plan.solution["kept"]
    if published is not None:
        for id, round_ in rounds.items():
            left = round_.plan_id == published.pk and round_.left_at is not None
            if left and id not in plan.solution["seen"]:
                raise Refusal(_("%(round)s has left in the meantime. Plan again.") % {"round": round_})
    ahead = {
        stop.drop_id: stop.option for id, trip in trips_by_round(plan).items() if id not in kept for stop in trip.stops
    }
    for id, option in sorted(ahead.items()):
        delivery = rows.deliveries.get(id)
        if delivery is None or delivery.state == DeliveryState.CANCELLED or delivery.cancelled_at:
            code = delivery.code if delivery else "?"
            raise Refusal(_("%(code)s was cancelled in the meantime. Plan again.") % {"code": code})
        if delivery.state in {DeliveryState.DELIVERED, DeliveryState.FAILED}:
            raise Refusal(_("%(code)s is done in the meantime. Plan again.") % {"code": delivery.code})
        if option == STRAIGHT and at_its_shop(delivery) is None:
            raise Refusal(_("%(code)s cannot be fetched at its shop any more. Plan again.") % {"code": delivery.code})


def _as_of(
    plan: Plan, problem: Problem, trips: Mapping[str, Trip], rows: Names, at: datetime
) -> tuple[Problem, dict[str, Trip]]:
    """Problem and trips with today's bikes, weights and bags; what should have left leaves now."""
    kept = plan.solution["kept"]
    now = max(0, seconds_into(at, rows.midnight))
    road = {trips[id] for id in kept}
    riding = {id for trip in road for id in trip.drop_ids}
    bikes = tuple(as_bike(rows.shifts[b.id], rows.midnight) for b in problem.bikes if b.id in rows.shifts)
    if changed := next((bike for bike in bikes if bike.profile != problem.bike[bike.id].profile), None):
        said = _("%(bike)s takes other ways than when this was planned. Plan again.")
        raise Refusal(said % {"bike": rows.shifts[changed.id].bike})
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
        same = {name: getattr(drop, name) for name in ("earliest", "latest", "others", "bound")}
        drops.append(replace(today, ready_at=ready, **same))
    bikes_by_id = {bike.id for bike in bikes}
    missing = next((t for t in trips.values() if t not in road and t.bike_id not in bikes_by_id), None)
    if missing is not None:
        raise Refusal(_("A round is on a bike that does not ride any more. Plan again."))
    after = replace(problem, bikes=bikes, drops=tuple(drops), fixed=tuple(road))
    start = replace(after, not_before=max(problem.not_before, now)) if now > problem.not_before else after
    settled = settle(start, trips.values(), stay=road)
    by_drops = {trip.drop_ids: trip for trip in settled}
    return after, {id: by_drops[trip.drop_ids] for id, trip in trips.items()}


def _write_round(plan: Plan, problem: Problem, drawn: Round, original: Round | None, trip: Trip, rows: Names) -> None:
    """Bring a round to the times of its trip. The row of a round on the road takes the place of its drawing."""
    if original is None:
        rewrite_round(drawn, problem, trip, rows.midnight)
        return
    number, line = drawn.number, drawn.geometry
    drawn.delete()
    original.plan, original.number = plan, number
    rewrite_round(original, problem, trip, rows.midnight, line)
