"""A drop is promised only where it fits, and is refused only where no place would do."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

from parvis.delivery.planning import Bike, Drop, Plan, Problem, Trip, Unserved, verify
from parvis.delivery.planning.fleet import free_slots, stretches
from parvis.delivery.planning.inserting import Place, Rules, Tour, Ways, best_place, keeps, with_drop
from parvis.delivery.planning.tests.test_any_town import problems
from parvis.delivery.planning.tests.towns import HOUR, bike, drop, line_town, round_town
from parvis.delivery.planning.timing import cost_of, time_trip
from parvis.delivery.planning.touring import _with, timed


def ways_of(problem: Problem) -> Ways:
    return lambda a, b: (problem.durations[a][b], problem.distances[a][b])


def ridden_by(problem: Problem, bike: Bike) -> Ways:
    seconds, metres = problem.durations_of(bike), problem.distances_of(bike)
    return lambda a, b: (seconds[a][b], metres[a][b])


def rules_of(problem: Problem) -> Rules:
    return Rules(problem.reload_seconds, problem.not_before, problem.unit_metre_cost, problem.unit_second_cost)


def all_in(problem: Problem) -> tuple[list[Tour], list[Drop]]:
    """Every drop offered a place in turn; the tours, and those that found none."""
    tours, left = tours_of(problem), []
    for one in problem.drops:
        place = best_place(tours, one, ways_of(problem), rules_of(problem))
        if place is None:
            left.append(one)
        else:
            tours = with_drop(tours, place, one)
    return tours, left


def tours_of(problem: Problem) -> list[Tour]:
    """Nobody rides yet."""
    return [Tour(stretch, (), ridden_by(problem, bike)) for bike in problem.bikes for stretch in stretches(bike)]


def trips_of(problem: Problem, tour: Tour) -> list[Trip]:
    trips: list[Trip] = []
    free = max(tour.bike.shift_start, problem.not_before)
    for drops in tour.trips:
        trips.append(time_trip(problem, tour.bike, drops, free))
        free = trips[-1].returns + problem.reload_seconds
    return trips


def plan_of(problem: Problem, tours: Sequence[Tour], left: Sequence[Drop]) -> Plan:
    trips = tuple(trip for tour in tours for trip in trips_of(problem, tour))
    return Plan(trips, tuple(Unserved(drop.id, "no_capacity") for drop in left), cost_of(problem, trips))


@given(problems())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_in_any_town_what_is_promised_can_be_ridden(problem: Problem):
    """``max_seconds`` is left to the solver's own tests: a rider may be out for less than our early clock says."""
    problem = replace(problem, bikes=tuple(replace(bike, max_seconds=None) for bike in problem.bikes))
    tours, left = all_in(problem)
    assert verify(problem, plan_of(problem, tours, left)) == []
    assert all(keeps(tour, ways_of(problem), rules_of(problem)) for tour in tours)


@given(problems())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_in_any_town_a_refusal_means_that_no_place_would_do(problem: Problem):
    assume(problem.bikes and problem.drops)
    problem = replace(problem, bikes=tuple(replace(bike, max_seconds=None) for bike in problem.bikes))
    _same_answers(problem)


@pytest.mark.parametrize("seed", range(6))
def test_in_a_town_it_finds_what_trying_everything_finds(seed: int):
    assert _same_answers(round_town(40, seed=seed, bikes=2)) > 20


def _same_answers(problem: Problem) -> int:
    """The drops that found a place; each answer is that of trying every place on the clock."""
    slots = {(slot.bike.id, slot.closes): slot for slot in free_slots(problem)}
    tours = tours_of(problem)
    placed = 0
    for one in problem.drops:
        place = best_place(tours, one, ways_of(problem), rules_of(problem))
        tried = [
            problem
            for tour in tours
            if (slot := slots.get((tour.bike.id, tour.bike.shift_end)))
            for taken in one.variants
            for new in _with(tour.trips, taken)
            if timed(problem, slot, new) is not None
        ]
        assert (place is None) == (not tried), one
        if place is not None:
            tours, placed = with_drop(tours, place, one), placed + 1
    return placed


def test_what_a_place_costs_is_what_the_bikes_ride_more():
    problem = round_town(40, seed=3, bikes=2)
    tours = [Tour(bike) for bike in problem.bikes]
    before = 0
    for one in problem.drops:
        place = best_place(tours, one, ways_of(problem), rules_of(problem))
        if place is None:
            continue
        tours = with_drop(tours, place, one)
        after = sum(trip.metres for tour in tours for trip in trips_of(problem, tour))
        assert place.metres == after - before
        before = after


def test_a_door_on_the_way_costs_no_metre_and_comes_first():
    near, far, other = drop("near", 2), drop("far", 4), drop("other", 5)
    problem = line_town(far, near, other)
    tours = [Tour(problem.bikes[0], ((far,),))]
    place = best_place(tours, near, ways_of(problem), rules_of(problem))
    assert place == Place(0, 0, 1, 0, 120, 120)  # on the way home: two minutes at its door
    further = best_place(tours, other, ways_of(problem), rules_of(problem))
    assert further is not None
    assert further.metres == 2000


def test_a_trip_that_has_left_takes_nobody_on():
    """All windows open at 10:00 and the first door is 10 minutes away: the bike leaves at 9:50."""
    first, late = drop("first", 2), drop("late", 1)
    problem = line_town(first, late)
    tours = [Tour(problem.bikes[0], ((first,),))]
    ways = ways_of(problem)
    before = best_place(tours, late, ways, replace(rules_of(problem), not_before=9 * HOUR + 2900))
    after = best_place(tours, late, ways, replace(rules_of(problem), not_before=9 * HOUR + 3001))
    assert before is not None
    assert before.position is not None
    assert after is not None
    assert (after.trip, after.position) == (1, None)


def test_bags_that_come_later_hold_up_nobody():
    """The bike could leave at 11:40 at the latest for the first door; bags that come at 11:50 ride in the next trip."""
    first, late = drop("first", 4), drop("late", 4, ready_at=11 * HOUR + 3000, latest=14 * HOUR)
    problem = line_town(first, late)
    place = best_place([Tour(problem.bikes[0], ((first,),))], late, ways_of(problem), rules_of(problem))
    assert place is not None
    assert (place.trip, place.position) == (1, None)


@pytest.mark.parametrize(
    "wanted",
    [
        drop("heavy", 1, grams=200_000),
        drop("too far in time", 30, latest=10 * HOUR),
        drop("after the shift", 1, earliest=19 * HOUR, latest=20 * HOUR),
        drop("home too late", 8, earliest=17 * HOUR + 1800, latest=18 * HOUR),
    ],
    ids=lambda wanted: str(wanted.id),
)
def test_what_no_bike_can_do_is_refused(wanted: Drop):
    problem = line_town(wanted)
    assert best_place([Tour(problem.bikes[0])], wanted, ways_of(problem), rules_of(problem)) is None


def test_range_and_trips_are_kept():
    limited: Bike = bike("b1", range_metres=7000, max_trips=1)
    problem = line_town(drop("a", 3), drop("second trip", 1, ready_at=15 * HOUR, latest=16 * HOUR), drop("far", 4))
    tours, left = all_in(replace(problem, bikes=(limited,)))
    assert [d.id for d in left] == ["second trip", "far"]
    assert tours[0].trips == ((problem.drops[0],),)
    tours, left = all_in(replace(problem, bikes=(replace(limited, range_metres=10_000, max_trips=2),)))
    assert [d.id for d in left] == []
