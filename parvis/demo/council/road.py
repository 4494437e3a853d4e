"""A block of windows on the road: plans, departures, doors, breakdowns. The lean twin of ``simulation.road``."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from parvis.delivery.actions.planning import RECOVERY, REPLAN_LEAD
from parvis.delivery.actions.problems import AWAITED_SLACK, DOOR_MARGIN, LEAD, drop_of
from parvis.delivery.planning import (
    Bike,
    Drop,
    Plan,
    Problem,
    Trip,
    late_rather_than_never,
    ride,
    ride_seconds,
    solve,
    tour_metres,
)
from parvis.delivery.planning.plan import Stop
from parvis.demo.council.luck import BREAKS_AFTER
from parvis.demo.council.playing import Day, Due
from parvis.demo.council.promising import COLD_MINUTES, load_of
from parvis.demo.council.scene import MIDNIGHT
from parvis.demo.simulation.road import BREATH, LOADING, TRIES

SECOND = timedelta(seconds=1)


@dataclass
class Ride:
    """A bike on the road: what is still to do, where it is, what is done at real times."""

    bike: Bike
    departed: int
    dues: list[Due]
    place: int = 0
    done: list[tuple[Due, Stop]] = field(default_factory=list)


class Road:
    """Everything that moves in one block."""

    def __init__(self, day: Day, number: int) -> None:
        self.day, self.number = day, number
        self.block = day.scene.blocks[number]
        self.spans = [n for n, span in enumerate(day.scene.spans) if span in self.block.spans]
        self.bikes = list(day.scene.fleet(day.bikes)[number])
        self.rides: dict[str, Ride] = {}
        self.free: dict[str, int] = {}
        self.overtime = 0
        self.trips: tuple[Trip, ...] = ()  # of the plan that stands, those that have not left
        self.version = 0
        self.slow = day.luck.slow()

    @property
    def now(self) -> int:
        """Seconds from midnight."""
        return self.day.clock.now

    def expect_breakdowns(self) -> None:
        """Bikes break down when the day's luck has it."""
        if self.day.luck.misfortune.one_a_day:
            if self.number == 0:
                self.day.clock.at(self.block.spans[0].starts + BREAKS_AFTER, lambda: self.break_down(self._busiest()))
            return
        for bike in self.bikes:
            when = self.day.luck.breaks(self.number, bike.id, self.block.shift)
            if when is not None:
                self.day.clock.at(when, lambda bike=bike: self.break_down(bike))

    def pay(self) -> None:
        """What riders are paid for: the whole shift of each bike, and what comes on top."""
        start, end = self.block.shift
        self.day.outcome.rider_seconds += self.day.bikes * (end - start) + self.overtime

    # planning

    def plan(self, *, quick: bool = False) -> None:
        """The dispatcher plans the block: what has not left and is not given up."""
        dues = {due.order.id: due for due in self.day.dues.values() if due.span in self.spans and not due.ended}
        riding = {due.order.id for ride_ in self.rides.values() for due in ride_.dues}
        if not self.bikes or not dues.keys() - riding:
            self.trips = ()
            for id in dues.keys() - riding:
                self._no_room(dues[id])
            return
        margin = timedelta(0) if self.version else DOOR_MARGIN
        drops = [self._drop(due, margin) for due in dues.values()]
        drops += [self._drop(due, margin) for ride_ in self.rides.values() for due, _stop in ride_.done]
        lead = (REPLAN_LEAD if quick else LEAD) // SECOND
        problem = self._problem(drops, lead)
        iterations = self.day.effort.quick if quick else self.day.effort.wave
        solution = solve(problem, seed=self.day.luck.seed, iterations=iterations, initial=self._before())
        if solution.unserved and self.day.late_rather_than_never and self.version:
            problem, solution = late_rather_than_never(
                problem, solution, seed=self.day.luck.seed, iterations=self.day.effort.quick
            )
        self.version += 1
        fixed = set(problem.fixed)
        self.trips = tuple(trip for trip in solution.trips if trip not in fixed)
        self.day.promises.planned(self.number, solution.trips, problem, self.now)
        for trip in self.trips:
            self._expect(trip, trip.departs - LOADING // SECOND)
        for item in solution.unserved:
            self._no_room(dues[item.id])

    def _drop(self, due: Due, margin: timedelta) -> Drop:
        if due.recovered is not None:
            ready = due.recovered
        elif due.here(self.now):
            ready = max((bag for bag in due.bags if bag <= self.now), default=self.now)
        else:
            ready = max(self.day.scene.spans[due.span].due, self.now + AWAITED_SLACK // SECOND)
        window, when = self.day.scene.spans[due.span].row, MIDNIGHT + timedelta(seconds=ready)
        return drop_of(due.order.id, load_of(due.order), window, due.order.place, when, MIDNIGHT, margin, COLD_MINUTES)

    def _problem(self, drops: Iterable[Drop], lead: int) -> Problem:
        """What is to be planned around the bikes on the road, which come home when they really will."""
        soonest = self.now + lead
        free = [
            replace(bike, shift_start=min(max(bike.shift_start, self.free.get(bike.id, 0)), bike.shift_end - 1))
            if bike.id not in self.rides
            else bike
            for bike in self.bikes
        ]
        problem = self.day.scene.problem(free, drops, not_before=max(0, soonest))
        return replace(problem, fixed=tuple(self._as_ridden(problem, ride_) for ride_ in self.rides.values()))

    def _as_ridden(self, problem: Problem, ride_: Ride) -> Trip:
        """A trip on the road: its doors so far at their real times, those ahead as they will be."""
        done = [problem.drop[due.order.id] for due, _stop in ride_.done]
        ahead = [problem.drop[due.order.id] for due in ride_.dues]
        clock = ride_.done[-1][1].leave if ride_.done else ride_.departed
        here = done[-1].location if done else 0
        if ahead:  # the next door is reached now at the soonest
            clock = max(clock, self.now - ride_seconds(problem, ride_.bike, here, ahead[0].location))
        later, home = ride(problem, ride_.bike, ahead, clock, here)
        drops = [*done, *ahead]
        return Trip(
            bike_id=ride_.bike.id,
            load_grams=sum(drop.grams for drop in drops),
            load_millilitres=sum(drop.millilitres for drop in drops),
            load_crates=sum(drop.crates for drop in drops),
            departs=ride_.departed,
            returns=max(home, self.now),
            metres=tour_metres(problem, ride_.bike, drops),
            stops=(*(stop for _due, stop in ride_.done), *later),
        )

    def _before(self) -> Plan | None:
        return Plan(self.trips, (), 0) if self.trips else None

    def _no_room(self, due: Due) -> None:
        """No bike can bring it in its window: another one is promised, or it stays at the hub."""
        if self.day.move(due):
            self.day.outcome.moved += 1
        else:
            due.ended = True
            self.day.outcome.not_brought += 1

    # leaving

    def _expect(self, trip: Trip, when: int) -> None:
        version = self.version
        self.day.clock.at(when, lambda: self._load(trip, version))

    def _load(self, trip: Trip, version: int) -> None:
        """The crates of a trip are put together, if this is still the plan and the bike is here."""
        if version != self.version or not any(bike.id == trip.bike_id for bike in self.bikes):
            return
        loading, free = LOADING // SECOND, self.free.get(trip.bike_id, self.now)
        if trip.bike_id in self.rides or free > self.now + loading:
            self._expect(trip, max(free - loading, self.now + 60))
            return
        dues = [self.day.dues[id] for id in trip.drop_ids]
        late = [due for due in dues if not due.here(self.now)]
        if any(due.waited < TRIES for due in late):
            for due in late:
                due.waited += 1
            self.plan(quick=True)
            return
        for due in late:
            due.partly = True
        self.day.clock.at(self.now + loading, lambda: self._leave(trip, version))

    def _leave(self, trip: Trip, version: int) -> None:
        if version != self.version:
            return
        dues = [self.day.dues[id] for id in trip.drop_ids]
        for due in dues:
            if min(due.bags) > self.now:  # no shop has brought anything
                due.ended = True
                self.day.outcome.not_brought += 1
                self.day.outcome.nothing_came += 1
        aboard = [due for due in dues if not due.ended]
        self.trips = tuple(other for other in self.trips if other is not trip)
        if aboard:
            bike = next(bike for bike in self.bikes if bike.id == trip.bike_id)
            self.rides[bike.id] = ride_ = Ride(bike, self.now, aboard)
            self.day.outcome.trips += 1
            self._next(ride_)

    # riding

    def _next(self, ride_: Ride) -> None:
        """On to the next door, or home."""
        scene, goal = self.day.scene, ride_.dues[0] if ride_.dues else None
        there = goal.order.place if goal else 0
        seconds, metres = scene.ways(ride_.place, there)
        planned = -(-seconds * 100 // ride_.bike.speed_percent)
        arrives = self.now + self.day.luck.ride(planned, goal.order.number if goal else -1, self.slow)
        self.day.outcome.metres += metres
        ride_.place = there
        if goal is None:
            self.day.clock.at(arrives, lambda: self._home(ride_))
            return
        starts = max(arrives, scene.spans[goal.span].starts)
        leaves = starts + self.day.luck.service(load_of(goal.order).service_seconds, goal.order.number)
        stop = Stop(goal.order.id, arrives, starts, leaves)
        self.day.clock.at(leaves, lambda: self._door(ride_, stop))

    def _door(self, ride_: Ride, stop: Stop) -> None:
        """At the door: into somebody's hands, or nobody is at home."""
        if self.rides.get(ride_.bike.id) is not ride_:
            return  # it has broken down on the way
        due = ride_.dues.pop(0)
        due.ended = True
        ride_.done.append((due, stop))
        self.day.outcome.at_door(
            late=max(0, stop.leave - self.day.scene.spans[due.first].ends),
            moved=due.span != due.first,
            nobody=self.day.luck.nobody(due.order.number),
        )
        self._next(ride_)

    def _home(self, ride_: Ride) -> None:
        if self.rides.get(ride_.bike.id) is not ride_:
            return
        del self.rides[ride_.bike.id]
        self.free[ride_.bike.id] = self.now + BREATH // SECOND
        self.overtime += max(0, self.now - ride_.bike.shift_end)

    # breaking down

    def _busiest(self) -> Bike:
        """The bike on the road with the most doors before it; any bike when none is out."""
        rides = sorted(self.rides.values(), key=lambda ride_: (-len(ride_.dues), ride_.bike.id))
        return rides[0].bike if rides else self.bikes[0]

    def break_down(self, bike: Bike) -> None:
        """A bike stops for the rest of its shift: the others take over, once its goods are fetched back to the hub."""
        if bike not in self.bikes:
            return
        self.bikes.remove(bike)
        self.day.outcome.breakdowns += 1
        ride_ = self.rides.pop(bike.id, None)
        for due in ride_.dues if ride_ else ():
            due.recovered = self.now + RECOVERY // SECOND
        self.day.promises.lost(self.number, bike.id)
        if self.version:
            self.plan(quick=True)
