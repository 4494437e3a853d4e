"""Each bike by its own ways: stairs are a short cut for who walks, and a wall for who pulls a trailer."""

import json
from dataclasses import replace
from typing import Any

import pytest

from parvis.delivery.planning import (
    Bike,
    Drop,
    Plan,
    Problem,
    Profile,
    Rules,
    Tour,
    best_place,
    explain,
    keeps,
    matrix,
    replan,
    retime,
    solve,
    verify,
)
from parvis.delivery.planning.timing import cost_of

from .towns import HOUR, bike, drop, line_town, round_town

FOOT = "foot"


def stairs_town(*drops: Drop, bikes: tuple[Bike, ...], **settings: Any) -> Problem:
    """The straight street, and stairs from the hub to its last place: 200 m and 120 s for who walks, who is three times
    slower elsewhere.
    """
    town = line_town(*drops, bikes=tuple(replace(bike, profile="") for bike in bikes), **settings)
    size = len(town.durations)
    ways = [[[n * factor for n in row] for row in rows] for rows, factor in ((town.durations, 3), (town.distances, 1))]
    for rows, short in zip(ways, (120, 200), strict=True):
        rows[0][size - 1] = rows[size - 1][0] = short
    return replace(town, bikes=bikes, profiles=(Profile(FOOT, matrix(ways[0]), matrix(ways[1])),))


WHEELS, WALKER = bike("b1"), bike("w1", profile=FOOT)


def both(*drops: Drop, **settings: Any) -> Problem:
    return stairs_town(*drops, bikes=(WHEELS, WALKER), **settings)


def checked(problem: Problem) -> Plan:
    plan = solve(problem, seed=1, iterations=200)
    assert verify(problem, plan) == []
    return plan


def test_who_walks_takes_the_stairs_and_the_bike_does_the_rest() -> None:
    plan = checked(both(drop("near", 1), drop("above", 6)))
    trips = {id: trip for trip in plan.trips for id in trip.drop_ids}
    assert (trips["above"].bike_id, trips["above"].metres) == ("w1", 400)
    assert (trips["near"].bike_id, trips["near"].metres) == ("b1", 2000)


def test_a_problem_knows_the_ways_of_its_bikes() -> None:
    town = both(drop("d1", 2))
    assert (town.durations_of(WHEELS)[0][2], town.durations_of(WALKER)[0][2]) == (600, 120)
    assert (town.distances_of(WHEELS)[0][2], town.distances_of(WALKER)[0][2]) == (2000, 200)
    assert Problem.from_json(json.loads(json.dumps(town.to_json()))) == town
    for changes, says in [
        ({"profiles": ()}, "ways nobody knows: w1"),
        ({"profiles": town.profiles * 2}, "same name"),
        ({"profiles": (Profile(FOOT, ((0, 1), (1, 0)), ((0, 1), (1, 0))),)}, "same size"),
    ]:
        with pytest.raises(ValueError, match=says):
            replace(town, **changes)
    with pytest.raises(ValueError, match="have a name"):
        Profile("", ((0,),), ((0,),))


def test_a_problem_kept_before_there_were_profiles_is_read() -> None:
    town = round_town(5, seed=1)
    kept = town.to_json()
    del kept["profiles"]
    for one in kept["bikes"]:
        del one["profile"]
    assert Problem.from_json(json.loads(json.dumps(kept))) == town


def test_profiles_that_nobody_rides_change_no_plan() -> None:
    town = round_town(40, seed=3)
    shorter = Profile(FOOT, matrix([[n // 2 for n in row] for row in town.durations]), town.distances)
    assert solve(replace(town, profiles=(shorter,)), seed=1, iterations=200) == solve(town, seed=1, iterations=200)


def test_the_verifier_judges_each_by_its_own_ways() -> None:
    town = both(drop("d1", 6))
    for bike_id, other in (("b1", "w1"), ("w1", "b1")):
        trip = replace(retime(town, bike_id, ["d1"], 0), bike_id=other)
        kinds = {found.kind for found in verify(town, Plan((trip,), (), cost_of(town, [trip])))}
        assert "metres" in kinds
    quick = replace(retime(town, "w1", ["d1"], 0), bike_id="b1", metres=12_000)
    kinds = {found.kind for found in verify(town, Plan((quick,), (), cost_of(town, [quick])))}
    assert kinds == {"impossible_ride", "impossible_return"}


def test_a_walker_who_drops_out_on_the_road_has_walked_the_stairs() -> None:
    town = both(drop("near", 1), drop("above", 6), drop("far", 6, earliest=14 * HOUR, latest=15 * HOUR))
    plan = checked(town)
    [stop] = [stop for trip in plan.trips for stop in trip.stops if stop.drop_id == "above"]
    after = replan(town, plan, now=stop.leave + 1, seed=1, lost_bikes=["w1"])
    assert {t.bike_id for t in after.plan.trips if "above" in t.drop_ids} == {"w1"}
    assert verify(after.problem, after.plan) == []
    assert {t.bike_id for t in after.plan.trips if "far" in t.drop_ids} == {"b1"}


def test_why_tells_what_the_other_would_ride() -> None:
    town = both(drop("above", 6), drop("near", 1))
    trips = (retime(town, "b1", ["near"], 0), retime(town, "w1", ["above"], 0))
    plan = Plan(trips, (), cost_of(town, trips))
    [other] = [a for a in explain(town, plan, "above").alternatives if a.kind == "trip"]
    assert other.metres == 10_000 - 400


def test_a_promise_is_asked_of_each_bike_by_its_own_ways() -> None:
    town = both(drop("above", 6))

    def rides(a: int, b: int) -> tuple[int, int]:
        return town.durations[a][b], town.distances[a][b]

    def walks(a: int, b: int) -> tuple[int, int]:
        return town.durations_of(WALKER)[a][b], town.distances_of(WALKER)[a][b]

    tours = [Tour(WHEELS), Tour(WALKER, ways=walks)]
    place = best_place(tours, town.drops[0], rides, Rules())
    assert place is not None
    assert (place.tour, place.metres) == (1, 400)
    soon = replace(town.drops[0], earliest=9 * HOUR, latest=9 * HOUR + 300)  # 30 minutes for the bike
    assert keeps(Tour(WALKER, ((soon,),), walks), rides, Rules())
    assert not keeps(Tour(WALKER, ((soon,),)), rides, Rules())
