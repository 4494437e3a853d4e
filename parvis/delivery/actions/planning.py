"""Making a plan of the day: asked for, computed without holding a lock, kept as a draft."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.time import day_bounds, day_of, seconds_into
from parvis.delivery.actions.fleet import mark_bike_broken
from parvis.delivery.actions.problems import LEAD, ProblemInput, build_problem, deliveries_of, shifts_of
from parvis.delivery.actions.road import Standing, as_ridden, done_ids, fetched_ids, settle, standing, without
from parvis.delivery.actions.rows import create_rounds, line_of, solution_json, trips_by_round
from parvis.delivery.kinds import Kind
from parvis.delivery.models import Bike, Hub, Plan, Round
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, Trip, late_rather_than_never, solve, verify
from parvis.delivery.planning import replan as plan_again
from parvis.delivery.planning.budget import Watch
from parvis.delivery.planning.replanning import REPLAN_SECONDS
from parvis.delivery.planning.solving import DEFAULT_SECONDS, default_iterations
from parvis.delivery.planning.timing import cost_of
from parvis.delivery.sentences import Names, violation_sentence

REPLAN_LEAD = timedelta(minutes=2)
RECOVERY = timedelta(minutes=25)  # to fetch the goods of a broken bike back to the hub
MOST_SEARCHES = 3  # for one plan, where the rounds are changed while it is made
GIVEN_UP_AFTER = timedelta(minutes=3)  # a plan that computes for longer lost its worker


@dataclass(frozen=True, slots=True)
class News:
    """What a plan must take into account that no row says, and how hard to search (None: as usual)."""

    lost_deliveries: Collection[UUID] = ()
    recovered_at: datetime | None = None
    seconds: float | None = None
    iterations: int | None = None


@dataclass(frozen=True, slots=True)
class _Made:
    """A solution with all that its rows need."""

    given: ProblemInput
    problem: Problem
    solution: Solution
    road: Mapping[Trip, Round]
    seen: tuple[str, ...]
    lines: Mapping[Trip, dict[str, Any]]
    stood: "_Stood"


@dataclass(frozen=True, slots=True)
class _Stood:
    """What a search was started from: the newest plan as it was, its locked rounds, and which rounds had left."""

    base: UUID | None
    rounds: Any  # the ids of its rounds and their trips
    locked: frozenset[str]
    left: frozenset[str]

    @classmethod
    def of(cls, now: Standing) -> "_Stood":
        """As it is now."""
        base = now.base
        rounds = None if base is None else (base.solution.get("rounds"), base.solution.get("trips"))
        left = frozenset(str(round_.pk) for round_ in now.left)
        return cls(base.pk if base else None, rounds, frozenset(_locked(base)), left)


@transaction.atomic
def request_plan(*, hub: Hub, day: date, by: Any, at: datetime, seed: int = 1) -> Plan:
    """Ask for a plan of the town's ``day``; a worker computes it. Asking twice is asking once.

    Raises Refusal when the day is over, when there is nothing to deliver, or when no bike is on shift; not where a plan
    was published already, for then everybody must hear that nobody rides.
    """
    from parvis.delivery.tasks import compute_plan as job

    plan, is_new = _new_plan(hub, day, by, at, seed)
    if is_new:
        job.defer(plan_id=str(plan.pk))
    return plan


def make_plan(
    *,
    hub: Hub,
    day: date,
    by: Any,
    at: datetime,
    seed: int = 1,
    seconds: float | None = None,
    iterations: int | None = None,
) -> Plan:
    """Ask for a plan and compute it here and now, as ``request_plan`` with its worker does."""
    plan, _is_new = _new_plan(hub, day, by, at, seed)
    return compute_plan(plan_id=plan.pk, at=at, news=News(seconds=seconds, iterations=iterations))


def replan(
    *,
    hub: Hub,
    day: date,
    by: Any,
    at: datetime,
    lost_bike: Bike | None = None,
    lost_deliveries: Collection[UUID] = (),
    seed: int = 1,
    seconds: float | None = None,
    iterations: int | None = None,
) -> Plan:
    """A new draft in the middle of the day, in about two seconds; what is done and on its way stays.

    ``lost_bike`` is marked broken: what it carries is at the hub again ``RECOVERY`` later and rides with others.
    ``lost_deliveries`` are left out, besides all that are cancelled. Locked rounds stay as they are.
    """
    if lost_bike is not None:
        mark_bike_broken(bike=lost_bike, by=by, at=at)
    plan, _is_new = _new_plan(hub, day, by, at, seed)
    news = News(lost_deliveries=lost_deliveries, recovered_at=at + RECOVERY, seconds=seconds, iterations=iterations)
    return compute_plan(plan_id=plan.pk, at=at, news=news, quick=True)


@transaction.atomic
def _new_plan(hub: Hub, day: date, by: Any, at: datetime, seed: int) -> tuple[Plan, bool]:
    """A plan to be computed and True, or the one that is being computed already and False."""
    if max([day_bounds(day, hub.town.zone)[1], *(s.ends_at for s in shifts_of(hub, day))]) <= at:
        raise Refusal(_("That day is over."))
    plans = Plan.objects.filter(hub=hub, day=day)
    # Where riders, shops and buyers know a plan, one without any round takes back what it said.
    if not shifts_of(hub, day, at) and not plans.filter(state=Plan.State.PUBLISHED).exists():
        raise Refusal(_("No bike is on shift that day. Add a shift first."))
    if not deliveries_of(hub, day):
        raise Refusal(_("There is nothing to deliver that day."))
    running = plans.filter(state=Plan.State.COMPUTING)
    # Whoever asks may hold deliveries: a plan whose row is held is just being written, and is not waited for.
    lost = running.filter(made_at__lt=at - GIVEN_UP_AFTER).select_for_update(skip_locked=True).order_by("version")
    Plan.objects.filter(pk__in=list(lost.values_list("pk", flat=True))).update(
        state=Plan.State.FAILED, message=_("Planning was interrupted. Plan again.")
    )
    current = running.defer("problem", "solution").first()
    if current is not None:
        return current, False
    newest = plans.aggregate(newest=Max("version"))["newest"] or 0
    try:
        with transaction.atomic():
            plan = Plan.objects.create(
                town_id=hub.town_id, hub=hub, day=day, version=newest + 1, seed=seed, made_at=at, made_by=by
            )
    except IntegrityError:  # somebody else asked at the same moment
        return plans.get(version=newest + 1), False
    audit.record("request_plan", plan, at=at, town_id=hub.town_id, actor=by, version=plan.version)
    return plan, True


def compute_plan(*, plan_id: UUID, at: datetime, news: News | None = None, quick: bool = False) -> Plan:
    """Find the plan that was asked for and keep it as a draft; harmless if it is there already.

    No lock is held while searching: where a stop was moved, a round was locked or a bike has left meanwhile, the day is
    looked at again. What goes wrong becomes a FAILED plan with a sentence.
    """
    plan = Plan.objects.select_related("hub__town").get(pk=plan_id)
    if plan.state != Plan.State.COMPUTING:
        return plan
    started = time.perf_counter()
    for _search in range(MOST_SEARCHES):
        try:
            made = _make(plan, at, news or News(), quick=quick)
        except Refusal as refusal:
            return _fail(plan, str(refusal))
        except Exception:
            _fail(plan, _("Planning did not work. Try again, or tell whoever looks after this installation."))
            raise
        if (kept := _keep(plan, made, at, time.perf_counter() - started)) is not None:
            return kept
    return _fail(plan, _("The rounds were changed while this plan was made. Plan again."))


def _make(plan: Plan, at: datetime, news: News, *, quick: bool) -> _Made:
    """The solution of the day as it stands, verified, with the lines of its rounds."""
    now = standing(plan.hub, plan.day)
    fresh = now.published is None and not _locked(now.base)
    given = build_problem(
        hub=plan.hub,
        day=plan.day,
        at=at,
        lead=REPLAN_LEAD if quick else LEAD,
        known=Problem.from_json(now.base.problem) if now.base else None,
        known_conditions=now.base.conditions if now.base else "",
        riding=now.riding,
        with_broken=not fresh,
        **({} if now.published is None else {"door_margin": timedelta(0)}),
    )
    if fresh:
        road: dict[Trip, Round] = {}
        problem = given.problem
        solution = solve(problem, seed=plan.seed, seconds=news.seconds, iterations=news.iterations, watch=_watch(plan))
    else:
        problem, solution, road = _again(plan, now, given, at, news, quick=quick)
        if now.published is not None:
            problem, solution = late_rather_than_never(
                problem,
                solution,
                seed=plan.seed,
                seconds=(news.seconds or REPLAN_SECONDS) / 4,
                iterations=news.iterations,
            )
    found = verify(problem, solution)
    if found:
        names = Names(given.midnight, plan.hub.town.zone, given.deliveries, given.shifts)
        raise Refusal(violation_sentence(found[0], problem, solution, names))
    seen = tuple(str(round_.pk) for round_ in now.left)
    return _Made(given, problem, solution, road, seen, _lines(plan.hub, solution, given, now.base), _Stood.of(now))


def _watch(plan: Plan) -> Watch:
    """Writes down how far the search is, and ends it when somebody has asked for what there is."""
    rows = Plan.objects.filter(pk=plan.pk, state=Plan.State.COMPUTING)

    def watch(part: float) -> bool:
        rows.update(progress_percent=round(100 * part))
        return rows.filter(enough_at=None).exists()

    return watch


@transaction.atomic
def take_best_so_far(*, plan: Plan, by: Any, at: datetime) -> None:
    """End the search with the best plan found so far, within a second. Twice is harmless, and so is too late."""
    if Plan.objects.filter(pk=plan.pk, state=Plan.State.COMPUTING, enough_at=None).update(enough_at=at):
        audit.record("take_best_so_far", plan, at=at, town_id=plan.town_id, actor=by)


def _again(
    plan: Plan, now: Standing, given: ProblemInput, at: datetime, news: News, *, quick: bool
) -> tuple[Problem, Solution, dict[Trip, Round]]:
    """The day planned again around what is on the road and what is locked."""
    assert now.base is not None
    problem, moment = given.problem, seconds_into(at, given.midnight) + 1
    road: dict[Trip, Round] = {}
    for round_ in now.left:
        bike = problem.bike[now.shift_of[str(round_.pk)]]
        trip = as_ridden(problem, bike, round_, given.midnight, max(moment, 1))
        if trip is not None:
            road[trip] = round_
    today = day_of(at, plan.hub.town.zone)
    broken = {id for id, shift in given.shifts.items() if not shift.bike.counts_on(plan.day, today)}
    gone = {id for trip in road for id in trip.drop_ids}
    lost = {str(id) for id in news.lost_deliveries}
    locked = _locked(now.base)
    ahead, fixed_ids = [], set()
    for round_id, old in trips_by_round(now.base).items():
        on_record = round_id in now.base.solution["kept"] or round_id in {str(r.pk) for r in now.left}
        trip = None if on_record or old.bike_id in broken else without(problem, old, gone | lost)
        if trip is not None and trip.bike_id in problem.bike:
            ahead.append(trip)
            fixed_ids |= {trip.drop_ids} if round_id in locked else set()
    trips = settle(problem, [*road, *ahead], stay=road)
    start = Problem(
        **{name: getattr(problem, name) for name in ("bikes", "drops", "durations", "distances", "profiles")},
        fixed=tuple(trip for trip in trips if trip.drop_ids in fixed_ids),
        not_before=problem.not_before,
    )
    iterations, seconds = news.iterations, news.seconds
    if iterations is None and seconds is None and not quick:
        iterations, seconds = default_iterations(len(problem.drops)), DEFAULT_SECONDS
    result = plan_again(
        start,
        Solution(tuple(trips), (), cost_of(problem, trips)),
        now=problem.not_before,
        seed=plan.seed,
        lost_bikes=broken,
        lost_drops=lost,
        recovered_at=seconds_into(news.recovered_at or at + RECOVERY, given.midnight),
        done=done_ids(now.left),
        collected=fetched_ids(now.left),
        iterations=iterations,
        seconds=seconds,
        watch=_watch(plan),
    )
    by_departure = {(trip.bike_id, trip.departs): round_ for trip, round_ in road.items()}
    still = {
        trip: by_departure[trip.bike_id, trip.departs]
        for trip in result.plan.trips
        if (trip.bike_id, trip.departs) in by_departure
    }
    return result.problem, result.plan, still


def _locked(base: Plan | None) -> set[str]:
    """Ids of the rounds of a plan that the dispatcher locked and that have not left."""
    if base is None:
        return set()
    return {str(pk) for pk in base.rounds.filter(locked=True, left_at=None).values_list("pk", flat=True)}


def _lines(hub: Hub, solution: Solution, given: ProblemInput, base: Plan | None) -> dict[Trip, dict[str, Any]]:
    """The line of each trip; those of the plan before are used again."""
    known: dict[tuple[tuple[tuple[str, str], ...], int], dict[str, Any]] = {}
    if base is not None and base.conditions == given.streets.conditions.mark:
        lines = dict(base.rounds.values_list("pk", "geometry"))
        for round_id, trip in trips_by_round(base).items():
            if line := lines.get(UUID(round_id)):
                known[tuple(trip.options.items()), trip.metres] = line  # another kind of bike takes a longer way
    kinds = {id: shift.bike.kind for id, shift in given.shifts.items()}
    return {
        trip: known.get((tuple(trip.options.items()), trip.metres))
        or line_of(trip, hub, given.deliveries, given.streets.by(Kind(kinds.get(trip.bike_id, Kind.CARGO))))
        for trip in solution.trips
    }


@transaction.atomic
def _keep(plan: Plan, made: _Made, at: datetime, seconds: float) -> Plan | None:
    """Write the draft, unless somebody was faster; None where the day is not any more what the search was started from.

    The plans of the day are locked in the order of their versions, as whoever moves a stop or publishes locks them.
    """
    plan = next(one for one in _lock_plans(plan) if one.pk == plan.pk)
    if plan.state != Plan.State.COMPUTING:
        return plan
    if _Stood.of(standing(plan.hub, plan.day)) != made.stood:
        return None
    trips = made.solution.trips
    rounds = create_rounds(
        plan,
        trips,
        problem=made.problem,
        shifts=made.given.shifts,
        midnight=made.given.midnight,
        lines=made.lines,
        copied=made.road,
        locked=[trip for trip in made.problem.fixed if trip not in made.road],
    )
    ids = [str(round_.pk) for round_ in rounds]
    kept = {id: str(made.road[trip].pk) for id, trip in zip(ids, trips, strict=True) if trip in made.road}
    plan.problem = made.problem.to_json()
    plan.solution = solution_json(made.solution, ids, kept=kept, seen=made.seen)
    plan.streets = made.given.streets.kind
    plan.conditions = made.given.streets.conditions.mark
    plan.pace_percent = made.given.streets.conditions.pace_percent
    plan.kind_paces = dict(made.given.streets.conditions.kind_paces)
    plan.planning_seconds = round(seconds, 2)
    plan.state = Plan.State.DRAFT
    plan.save()
    older = Plan.objects.filter(hub=plan.hub_id, day=plan.day, state=Plan.State.DRAFT).exclude(pk=plan.pk)
    older.update(state=Plan.State.SUPERSEDED)
    audit.record(
        "compute_plan", plan, at=at, town_id=plan.town_id, rounds=len(ids), unserved=len(made.solution.unserved)
    )
    return plan


def _lock_plans(plan: Plan) -> list[Plan]:
    """This plan and those of its day that riders or dispatchers work with."""
    alive = [Plan.State.DRAFT, Plan.State.PUBLISHED, Plan.State.COMPUTING]
    plans = Plan.objects.select_for_update(of=("self",)).select_related("hub__town")
    return list(plans.filter(Q(pk=plan.pk) | Q(hub=plan.hub_id, day=plan.day, state__in=alive)).order_by("version"))


@transaction.atomic
def _fail(plan: Plan, sentence: str) -> Plan:
    """The plan was not found; ``sentence`` tells the dispatcher why."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.state == Plan.State.COMPUTING:
        plan.state, plan.message = Plan.State.FAILED, sentence[:300]
        plan.save(update_fields=["state", "message"])
    return plan
