"""Dispatcher and riders: plans are made and published, bikes leave, doors are reached when they really are."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from parvis.core.errors import Refusal
from parvis.delivery.actions import (
    bring_back,
    fail_stop,
    fetch_bags,
    hand_over,
    leave_hub,
    make_plan,
    miss_bags,
    publish_plan,
    rebook_delivery,
    recover_goods,
    replan,
)
from parvis.delivery.actions.planning import RECOVERY
from parvis.delivery.kinds import profile_of
from parvis.delivery.models import Bike, Delivery, Plan, Round, Stop, Window
from parvis.delivery.models.promises import of_days
from parvis.delivery.pickups import HANDING, STRAIGHT, fetched, to_fetch
from parvis.delivery.planning import Plan as Solution
from parvis.delivery.planning import Problem, verify
from parvis.delivery.planning.solving import default_iterations
from parvis.delivery.states import BagState, DeliveryState
from parvis.demo.simulation.day import Day
from parvis.demo.simulation.depot import Depot
from parvis.people.models import Role

LOADING = timedelta(seconds=60)  # between the last look at the crates and the departure
BREATH = timedelta(minutes=5)  # between two rounds of a bike
TRIES = 2  # plans that wait for a late bag before it is given up


@dataclass
class _Ride:
    """A bike on the road: where it is, what is still to do."""

    round: Round
    bike: Bike
    stops: list[Stop]
    problem: Problem
    here: int = 0
    broken: bool = False


@dataclass
class Road:
    """Everything that moves."""

    day: Day
    depot: Depot
    problem: Problem | None = None
    plan: Plan | None = None
    rides: dict[UUID, _Ride] = field(default_factory=dict)  # by bike
    waited: dict[UUID, int] = field(default_factory=dict)  # plans that waited for a delivery
    free_from: dict[UUID, datetime] = field(default_factory=dict)

    def plan_day(self) -> None:
        """The dispatcher plans the day and publishes it."""
        promised = of_days(self.day.date, self.day.date, self.day.town.zone, "window__")
        drops = Delivery.objects.expected().filter(promised, window__hub=self.day.hub)
        # Iterations, not seconds: the same day comes out the same on a slow machine.
        seconds = self._publish(make_plan, iterations=min(self.day.iterations, default_iterations(drops.count())))
        if seconds is not None:
            self.day.tally.wave_seconds.append(seconds)

    def plan_again(self, lost_bike: Bike | None = None) -> bool:
        """Something has changed: plan what has not left again."""
        seconds = self._publish(replan, iterations=self.day.quick, lost_bike=lost_bike)
        if seconds is not None:
            self.day.tally.replan_seconds.append(seconds)
        return seconds is not None

    def resume(self, plan: Plan) -> None:
        """Go on with a published plan: bikes on the road ride on, the others leave when they should."""
        self.plan, self.problem = plan, Problem.from_json(plan.problem)
        for round_ in plan.rounds.filter(back_at=None).select_related("bike", "rider").order_by("departs_at", "number"):
            if round_.bike.broken_at is not None:
                continue
            if round_.left_at is None:
                self._expect(round_.pk, round_.departs_at - LOADING, plan)
            else:
                self._ride(round_)

    def _publish(self, verb: object, **given: object) -> float | None:
        dispatcher = self.day.worker(Role.Kind.DISPATCHER)
        try:
            plan: Plan = verb(  # type: ignore[operator]
                hub=self.day.hub, day=self.day.date, by=dispatcher, at=self.day.now, seed=self.day.seed, **given
            )
            if plan.state != Plan.State.DRAFT:
                raise Refusal(plan.message or str(plan.state))
            plan = publish_plan(plan=plan, by=dispatcher, at=self.day.now)
        except Refusal as refusal:
            self.day.tally.plans_refused += 1
            self.day.tally.refusals.append(f"plan: {refusal}")
            return None
        self.plan, self.problem = plan, Problem.from_json(plan.problem)
        self.day.tally.plans_published += 1
        self.day.tally.plan_violations += len(verify(self.problem, Solution.from_json(plan.solution)))
        for round_ in plan.rounds.filter(left_at=None).order_by("departs_at", "number"):
            self._expect(round_.pk, round_.departs_at - LOADING, plan)
        self._promise_again(Solution.from_json(plan.solution))
        return plan.planning_seconds or 0.0

    def _promise_again(self, solution: Solution) -> None:
        """What found no place on a bike is promised in the next window that has one."""
        ids = [item.id for item in solution.unserved]
        self.day.tally.unserved += len(ids)
        for delivery in Delivery.objects.filter(pk__in=ids).select_related("window").order_by("pk"):
            later = Window.objects.open_at(self.day.town, self.day.now).filter(
                hub=self.day.hub, starts_at__gt=delivery.window.starts_at
            )
            window = later.first()
            by = self.day.worker(Role.Kind.DISPATCHER)
            if window and self.day.tried(rebook_delivery, delivery=delivery, window_id=window.pk, by=by):
                self.day.tally.rebooked += 1

    def _expect(self, round_id: UUID, when: datetime, plan: Plan) -> None:
        self.day.clock.at(when, lambda: self._load(round_id, plan))

    def _load(self, round_id: UUID, plan: Plan) -> None:
        """The crates of a round are put together, if this is still the plan and the bike is here."""
        if self.plan is not plan:
            return
        round_ = Round.objects.select_related("bike", "plan").get(pk=round_id)
        if round_.left_at is not None or round_.bike.broken_at is not None:
            return
        away = self.rides.get(round_.bike_id)
        free = self.free_from.get(round_.bike_id, self.day.now)
        if away is not None or free > self.day.now + LOADING:
            self._expect(round_id, max(free - LOADING, self.day.now + timedelta(minutes=1)), plan)
            return
        late = self.depot.awaited(round_)
        if late:
            waiting = {bag.delivery_id for bag in late}
            if any(self.waited.get(pk, 0) < TRIES for pk in waiting):
                self.waited |= {pk: self.waited.get(pk, 0) + 1 for pk in waiting}
                if self.plan_again():
                    return
            self.depot.give_up(late)
        self.depot.load(round_)
        self.day.clock.at(self.day.now + LOADING, lambda: self._leave(round_id, plan))

    def _leave(self, round_id: UUID, plan: Plan) -> None:
        if self.plan is not plan:
            return
        round_ = Round.objects.select_related("bike", "rider").get(pk=round_id)
        if round_.left_at is not None or not self.day.tried(leave_hub, round_=round_, by=round_.rider):
            return
        self._ride(round_)

    def _ride(self, round_: Round) -> None:
        """From door to door with what is aboard, by the shops where something is fetched."""
        assert self.problem is not None
        stops = round_.stops.select_related("delivery__window").prefetch_related(
            "delivery__bags__events", "delivery__events"
        )
        aboard = [stop for stop in stops if to_fetch(stop) or stop.delivery.state == DeliveryState.ON_THE_WAY]
        ride = _Ride(round_, round_.bike, aboard, self.problem)
        self.rides[round_.bike_id] = ride
        self._next(ride)

    def _next(self, ride: _Ride) -> None:
        """On to the next shop, the next door, or home."""
        goal = ride.stops[0] if ride.stops else None
        shop = to_fetch(goal) is not None if goal else False
        to = _place(ride.problem, goal, shop=shop) if goal else 0
        durations, distances = ride.problem.ways[profile_of(ride.bike.kind)]
        planned = -(-durations[ride.here][to] * 100 // ride.bike.speed_percent)
        metres = distances[ride.here][to]
        number = self.day.number_of.get(goal.delivery_id, 0) if goal else -1
        arrives = self.day.now + timedelta(seconds=self.day.fates.ride(planned, number))
        self.day.tally.metres += metres
        self.day.tally.by_bike[ride.bike.name] = self.day.tally.by_bike.get(ride.bike.name, 0) + metres
        ride.here = to
        if goal is None:
            self.day.clock.at(arrives, lambda: self._home(ride))
            return
        if shop:
            self.day.clock.at(max(arrives, goal.fetch_at or arrives), lambda: self._shop(ride))
            return
        starts = max(arrives, goal.delivery.window.starts_at)
        lasts = timedelta(seconds=self.day.fates.service(goal.delivery.service_seconds, number))
        self.day.clock.at(starts + lasts, lambda: self._door(ride, number))

    def _shop(self, ride: _Ride) -> None:
        """At a shop: the bags are taken, if they are packed; else the shop brings them to the hub in a while."""
        if ride.broken:
            return
        stop, rider = _fresh(ride.stops[0]), ride.round.rider
        bags = stop.delivery.live_bags()
        if all(bag.state == BagState.READY for bag in bags):
            self.day.tried(fetch_bags, stop=stop, codes=[bag.code for bag in bags], by=rider)
            ride.stops[0] = _fresh(stop)
            self.day.clock.at(self.day.now + HANDING, lambda: self._next(ride))
            return
        self.day.tried(miss_bags, stop=stop, by=rider)
        ride.stops.pop(0)
        self.depot.bring_later(bags)
        self.plan_again()
        self._next(ride)

    def _door(self, ride: _Ride, number: int) -> None:
        """At the door: into somebody's hands, or not."""
        if ride.broken:
            return
        stop, rider = ride.stops.pop(0), ride.round.rider
        reason = self.day.fates.door(stop.delivery, number)
        if reason:
            self.day.tried(fail_stop, stop=stop, reason=reason, by=rider)
        elif self.day.tried(hand_over, stop=stop, recipient=stop.delivery.name, by=rider):
            self.depot.handed_out(stop.delivery)
        self._next(ride)

    def _home(self, ride: _Ride) -> None:
        if ride.broken:
            return
        self.day.tried(bring_back, round_=ride.round, by=ride.round.rider)
        del self.rides[ride.bike.pk]
        self.free_from[ride.bike.pk] = self.day.now + BREATH

    def break_down(self, bike: Bike) -> None:
        """A bike stops on the way: it is planned without, and its goods are fetched back to the hub."""
        ride = self.rides.get(bike.pk)
        if ride is not None:
            ride.broken = True
        self.day.tally.breakdowns += 1
        self.plan_again(lost_bike=bike)
        self.day.clock.at(self.day.now + RECOVERY - timedelta(minutes=1), lambda: self._recover(bike))

    def _recover(self, bike: Bike) -> None:
        self.day.tried(recover_goods, bike=bike, by=self.day.worker(Role.Kind.HUB))
        self.rides.pop(bike.pk, None)


def _fresh(stop: Stop) -> Stop:
    """The stop with its story as it stands now."""
    stops = Stop.objects.select_related("round", "delivery__window")
    return stops.prefetch_related("delivery__bags__events", "delivery__events").get(pk=stop.pk)


def _place(problem: Problem, stop: Stop, *, shop: bool) -> int:
    """Where a stop is in the matrices: its shop, its door, or its door as it is reached from the shop."""
    drop = problem.drop[str(stop.delivery_id)]
    if not shop and not fetched(stop):
        return drop.location
    taken = drop.as_taken(STRAIGHT)
    return taken.collect if shop and taken.collect is not None else taken.location
