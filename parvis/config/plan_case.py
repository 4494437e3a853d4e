"""A good plan and its problem, told anew wherever a damage touches it (`plan_damages`).

Times are whole seconds from local midnight, distances metres.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

from parvis.delivery.planning import Bike, Drop, Plan, Problem, Stop, Trip


@dataclass(frozen=True)
class Case:
    """A good plan for a problem, and the chance by which it is damaged."""

    problem: Problem
    plan: Plan
    chance: Random

    def trips(self) -> list[Trip]:
        """The trips that are not fixed, in an order of chance."""
        free = [trip for trip in self.plan.trips if trip not in self.problem.fixed]
        return self.chance.sample(free, len(free))

    def stops(self) -> Iterator[tuple[Trip, int, Stop, Drop]]:
        """Every stop of those trips with its position and its drop as taken, in an order of chance."""
        every = [(trip, at, stop) for trip in self.trips() for at, stop in enumerate(trip.stops)]
        for trip, at, stop in self.chance.sample(every, len(every)):
            yield trip, at, stop, self.problem.drop_of(stop)

    def bike(self, trip: Trip) -> Bike:
        return self.problem.bike[trip.bike_id]

    def seconds(self, bike: Bike, here: int, there: int) -> int:
        """How long the bike rides, rounded up."""
        return -(-self.problem.durations_of(bike)[here][there] * 100 // bike.speed_percent)

    def told(self, trip: Trip, *stops: Stop, by: str = "") -> Trip:
        """The trip with other stops or by another bike, its loads and metres added up."""
        trip = replace(trip, stops=stops or trip.stops, bike_id=by or trip.bike_id)
        drops = self.problem.drops_of(trip)
        ways, places = self.problem.distances_of(self.bike(trip)), [0, *(drop.location for drop in drops), 0]
        return replace(
            trip,
            load_grams=sum(drop.grams for drop in drops),
            load_millilitres=sum(drop.millilitres for drop in drops),
            load_crates=sum(drop.crates for drop in drops),
            metres=sum(ways[here][there] for here, there in pairwise(places)),
        )

    def cost(self, trips: Sequence[Trip]) -> int:
        problem = self.problem
        away = sum(trip.returns - trip.departs for trip in trips)
        return problem.unit_metre_cost * sum(trip.metres for trip in trips) + problem.unit_second_cost * away

    def with_trips(self, trips: Sequence[Trip]) -> Plan:
        return replace(self.plan, trips=tuple(trips), cost=self.cost(trips))

    def instead(self, old: Trip, *new: Trip) -> Plan:
        """The plan with other trips in place of one."""
        return self.with_trips([one for trip in self.plan.trips for one in (new if trip is old else (trip,))])

    def without(self, trip: Trip, at: int) -> tuple[Trip, ...]:
        """The trip without one stop, whose time it stands still; nothing where that was its only stop."""
        left = (*trip.stops[:at], *trip.stops[at + 1 :])
        return (self.told(trip, *left),) if left else ()
