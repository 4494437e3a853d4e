"""The places for a door that deserve a look at the streets: none that would do is left out, the best come first."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from parvis.delivery.planning import Drop, Guess, Problem, Shortlist, Spot, best_place, clocks_of, gaps_of, shortlist
from parvis.delivery.planning.inserting import Place, Tour, with_drop
from parvis.delivery.planning.tests.test_any_town import problems
from parvis.delivery.planning.tests.test_inserting import rules_of, tours_of, ways_of
from parvis.delivery.planning.tests.towns import bike, drop, line_town, round_town

STRAIGHT = Guess(quickest=14 / 3.6 / 1.35, usual=14 / 3.6, detour=1.35)


def listed(problem: Problem, tours: list[Tour], one: Drop, guess: Guess = STRAIGHT) -> Shortlist:
    clocks = clocks_of(tours, ways_of(problem), rules_of(problem))
    gaps = gaps_of(tours, clocks, ways_of(problem), rules_of(problem))
    apart = np.array([row[one.location] for row in problem.distances]) / guess.detour
    return shortlist(gaps, tours, one, apart, [guess] * len(tours), rules_of(problem))


def every_spot(tours: list[Tour]) -> list[Spot]:
    return [
        spot
        for number, tour in enumerate(tours)
        for trip in range(len(tour.trips) + 1)
        for length in [len(tour.trips[trip]) + 1 if trip < len(tour.trips) else 0]
        for spot in [Spot(number, trip, None), *(Spot(number, trip, position) for position in range(length))]
    ]


def at_once(problem: Problem, tours: list[Tour], one: Drop, only: Sequence[Spot] | None = None) -> Place | None:
    return best_place(tours, one, ways_of(problem), rules_of(problem), only=only)


@given(problems())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_in_any_town_no_place_that_does_is_left_out(problem: Problem):
    """Ways of any length: nothing is known of them, so nobody is too slow."""
    tours = tours_of(problem)
    for wish in problem.drops:
        for one in wish.variants:
            wanted = listed(problem, tours, one, Guess(quickest=float("inf"), usual=4, detour=1.35)).spots
            assert len(set(wanted)) == len(wanted)
            for spot in set(every_spot(tours)) - set(wanted):
                assert at_once(problem, tours, one, [spot]) is None, spot
            assert at_once(problem, tours, one, wanted) == at_once(problem, tours, one)
        if (place := at_once(problem, tours, wish)) is not None:
            tours = with_drop(tours, place, wish)


@pytest.mark.parametrize("seed", range(8))
def test_in_a_town_of_straight_streets_the_first_that_does_is_the_best(seed: int):
    problem = round_town(60, seed=seed, bikes=3)
    tours, asked, gaps = tours_of(problem), 0, 0
    for one in problem.drops:
        wanted, best = listed(problem, tours, one).spots, at_once(problem, tours, one)
        for spot in set(every_spot(tours)) - set(wanted):
            assert at_once(problem, tours, one, [spot]) is None, spot
        found = next((p for spot in wanted if (p := at_once(problem, tours, one, [spot]))), None)
        assert (found is None) == (best is None)
        if best is not None and found is not None:
            assert found.cost <= best.cost + 60  # ways are rounded, bags that come late are not foreseen
            tours = with_drop(tours, best, one)
        asked, gaps = asked + len(wanted), gaps + len(every_spot(tours))
    assert asked < gaps / 3


def test_what_no_bike_can_carry_or_do_has_no_place():
    problem = line_town(drop("a", 1), drop("b", 2))
    tours = [Tour(bike("plain"), ((problem.drops[0],),)), Tour(bike("able", skills=("trailer",)))]
    other = problem.drops[1]
    assert {spot.tour for spot in listed(problem, tours, other).spots} == {0, 1}
    assert {spot.tour for spot in listed(problem, tours, replace(other, needs=("trailer",))).spots} == {1}
    assert listed(problem, tours, replace(other, grams=96_000)).spots
    assert {spot.position for spot in listed(problem, tours, replace(other, grams=96_000)).spots} == {None}
    assert listed(problem, tours, replace(other, grams=100_001)).spots == ()


@pytest.mark.parametrize("seed", range(4))
def test_a_sure_place_does_even_if_the_ways_are_long(seed: int):
    """Ways that take twice as long as usual: what is sure for those who know that this happens can be ridden."""
    town = round_town(60, seed=seed, bikes=3)
    slow = replace(town, durations=tuple(tuple(2 * way for way in row) for row in town.durations))
    knows = replace(STRAIGHT, slow=2, late=5)
    tours, sure = tours_of(slow), 0
    for one in slow.drops:
        found = listed(slow, tours, one, knows)
        assert set(found.sure) <= set(found.spots)
        for spot in found.sure:
            assert at_once(slow, tours, one, [spot]) is not None or slow.bikes[spot.tour].range_metres, spot
        sure += len(found.sure)
        if (place := at_once(slow, tours, one)) is not None:
            tours = with_drop(tours, place, one)
    assert sure > 100


def test_a_trip_that_has_left_takes_nothing_more():
    problem = line_town(drop("a", 1), drop("b", 2), not_before=11 * 3600 + 3000)
    tours = [Tour(bike("one"), ((problem.drops[0],),))]
    assert [spot for spot in listed(problem, tours, problem.drops[1]).spots if spot.position is not None] == []


def test_no_bike_and_no_place():
    problem = line_town(drop("a", 1))
    assert listed(problem, [], problem.drops[0]) == Shortlist((), ())
