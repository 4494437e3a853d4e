"""Two ways to promise: a bike's place proved by insertion (as the market does), or a number of places a window."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from parvis.core.geo import Point
from parvis.delivery.actions.problems import LEAD, Load
from parvis.delivery.actions.reserve import promised_bike, promised_drop
from parvis.delivery.models import Hub
from parvis.delivery.planning import (
    Bike,
    Clocks,
    Drop,
    Plan,
    Problem,
    Rules,
    Tour,
    Trip,
    best_place,
    clocks_of,
    cost_of,
    keeps,
    solve,
    with_drop,
)
from parvis.delivery.planning.timing import time_trip
from parvis.demo.council.demand import Order
from parvis.demo.council.scene import MIDNIGHT, Scene

SERVICE_SECONDS = 180
_SOMEWHERE = Point(0.0, 0.0)  # a load names its door by point; here places are numbers
COLD_MINUTES = Hub().cold_minutes  # of no use here: nothing is cold
TIDY_AFTER = 4  # promises after which it is worth looking for better tours again


def load_of(order: Order) -> Load:
    """What an order brings to its door."""
    return Load(_SOMEWHERE, order.grams, order.millilitres, SERVICE_SECONDS)


class Promises(Protocol):
    """Who may be promised which window."""

    def ask(self, order: Order, span: int, now: int) -> bool:
        """Promise a window to an order at ``now`` (seconds from midnight), or say no."""
        ...

    def planned(self, block: int, trips: Sequence[Trip], problem: Problem, now: int) -> None:
        """The dispatcher has planned a block: what rides is known better now."""
        ...

    def lost(self, block: int, bike: str) -> None:
        """A bike is broken and rides no more in this block."""
        ...


@dataclass
class BySlots:
    """So many places a window, whoever lives where: what most towns and platforms do."""

    places: int
    taken: dict[int, int] = field(default_factory=dict)

    def ask(self, order: Order, span: int, now: int) -> bool:
        """Yes while there is a place left."""
        if self.taken.get(span, 0) >= self.places:
            return False
        self.taken[span] = self.taken.get(span, 0) + 1
        return True

    def planned(self, block: int, trips: Sequence[Trip], problem: Problem, now: int) -> None:
        """A number learns nothing from a plan."""

    def lost(self, block: int, bike: str) -> None:
        """Nor from a breakdown."""


@dataclass
class ByInsertion:
    """The market's way (``delivery.actions.daytours``): yes if some bike's tour can take the door and keep all it
    has to.

    ``tidy`` is how long the planner looks for better tours before a no is said (0: not at all, as in a played day,
    where no worker runs); on real days the worker does so every two minutes.
    """

    scene: Scene
    fleet: tuple[tuple[Bike, ...], ...]
    tidy: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        self.tours = [[Tour(promised_bike(bike)) for bike in bikes] for bikes in self.fleet]
        self._clocks = [clocks_of(tours, self.scene.ways, Rules()) for tours in self.tours]
        self._since = [0 for _ in self.tours]  # promises since the tours were tidied

    def ask(self, order: Order, span: int, now: int) -> bool:
        """Yes, and the door has its place; or no."""
        block = self.scene.block_of(span)
        drop = self.drop(order, span)
        place = best_place(self.tours[block], drop, self.scene.ways, self._rules(now), self._clocks_at(block, now))
        if place is None and self.tidy and self._since[block] >= TIDY_AFTER:
            self._tidy(block, now)
            place = best_place(self.tours[block], drop, self.scene.ways, self._rules(now), self._clocks_at(block, now))
        if place is None:
            return False
        self._stand(block, with_drop(self.tours[block], place, drop))
        self._since[block] += 1
        return True

    def drop(self, order: Order, span: int) -> Drop:
        """The door as promises see it."""
        return promised_drop(order.id, order.place, MIDNIGHT, load_of(order), self.scene.spans[span].row, COLD_MINUTES)

    def planned(self, block: int, trips: Sequence[Trip], problem: Problem, now: int) -> None:
        """The plan's tours replace these where they stand by the rules of promises."""
        known = {drop.id: drop for tour in self.tours[block] for trip in tour.trips for drop in trip}
        found = []
        for tour in self.tours[block]:
            rides = sorted((trip for trip in trips if trip.bike_id == tour.bike.id), key=lambda trip: trip.departs)
            drops = (tuple(known[id] for id in trip.drop_ids if id in known) for trip in rides)
            found.append(Tour(tour.bike, tuple(drop for drop in drops if drop)))
        if all(keeps(tour, self.scene.ways, self._rules(now)) for tour in found):
            self._stand(block, found)

    def lost(self, block: int, bike: str) -> None:
        """The tours go on without the bike; its doors are put in where they fit."""
        gone = next((tour for tour in self.tours[block] if tour.bike.id == bike), None)
        self._stand(block, [tour for tour in self.tours[block] if tour is not gone])
        for drop in [drop for trip in (gone.trips if gone else ()) for drop in trip]:
            if place := best_place(self.tours[block], drop, self.scene.ways, Rules()):
                self._stand(block, with_drop(self.tours[block], place, drop))

    def _rules(self, now: int) -> Rules:
        return Rules(not_before=max(0, now + LEAD // timedelta(seconds=1)))

    def _clocks_at(self, block: int, now: int) -> Clocks:
        rules = self._rules(now)
        return self._clocks[block] if not rules.not_before else clocks_of(self.tours[block], self.scene.ways, rules)

    def _stand(self, block: int, tours: list[Tour]) -> None:
        self.tours[block], self._clocks[block] = tours, clocks_of(tours, self.scene.ways, Rules())

    def _tidy(self, block: int, now: int) -> None:
        """Let the planner look for better tours of what is promised; kept if it serves all of it."""
        self._since[block] = 0
        rules, tours = self._rules(now), self.tours[block]
        known = {drop.id: drop for tour in tours for trip in tour.trips for drop in trip}
        bikes = tuple(tour.bike for tour in tours)
        whole = self.scene.problem(bikes, known.values())
        left: list[Trip] = []
        ahead: list[Trip] = []
        for tour, clocks in zip(tours, clocks_of(tours, self.scene.ways, rules), strict=True):
            for trip, clock in zip(tour.trips, clocks or (), strict=False):
                timed = time_trip(whole, tour.bike, [whole.drop[drop.id] for drop in trip], clock.departs)
                (left if clock.leaves < rules.not_before else ahead).append(timed)
        if sum(len(trip.stops) for trip in (*left, *ahead)) < len(known):
            return
        problem = replace(whole, fixed=tuple(left), not_before=rules.not_before)
        standing = Plan((*left, *ahead), (), cost_of(problem, (*left, *ahead)))
        found = solve(problem, seed=self.seed, iterations=self.tidy, initial=standing)
        if found.unserved or found.cost >= standing.cost:
            return
        better = [
            Tour(bike, tuple(tuple(known[id] for id in trip.drop_ids) for trip in found.trips_of(bike.id)))
            for bike in bikes
        ]
        if all(keeps(tour, self.scene.ways, rules) for tour in better):
            self._stand(block, better)
