"""Why a stop is where it is: what other places cost, and the rule or the cost that stands against each."""

from dataclasses import replace

import pytest

from parvis.delivery.planning import Plan, Problem, retime, solve, verify
from parvis.delivery.planning.explaining import CODES, Alternative, Reason, explain
from parvis.delivery.planning.timing import cost_of

from .towns import HOUR, bike, drop, line_town, round_town


def plan_of(town: Problem, *trips: tuple[str, list[str], int]) -> Plan:
    made = tuple(retime(town, bike_id, ids, departs) for bike_id, ids, departs in trips)
    plan = Plan(made, (), cost_of(town, made))
    assert verify(town, plan) == []
    return plan


def told(town: Problem, plan: Plan, id: str) -> dict[str, Alternative]:
    return {a.kind: a for a in explain(town, plan, id).alternatives}


def test_on_the_way_out_or_on_the_way_back() -> None:
    town = line_town(drop("d1", 1), drop("d2", 2), drop("d3", 3))
    plan = plan_of(town, ("b1", ["d1", "d2", "d3"], 0))
    there = told(town, plan, "d1")
    assert there["later"].reason == Reason("longer", 2_000)
    assert there["last"].reason == Reason("no_worse"), "on a straight street it is on the way back too"
    there = told(town, plan, "d3")
    assert set(there) == {"earlier", "first"}
    assert (there["earlier"].position, there["earlier"].metres) == (2, 0)
    assert there["first"].reason.code in CODES


def test_a_detour_is_told_in_metres() -> None:
    town = line_town(drop("d1", 3), drop("d2", 1), drop("d3", 2))
    plan = plan_of(town, ("b1", ["d2", "d3", "d1"], 0))
    later = told(town, plan, "d2")["later"]
    assert (later.metres, later.broken, later.reason) == (2000, 0, Reason("longer", 2000))


def test_the_window_that_would_be_missed_is_named_with_by_how_much() -> None:
    late = drop("d1", 3, latest=10 * HOUR + 600)
    town = line_town(late, drop("d2", 1, service_seconds=1800))
    plan = plan_of(town, ("b1", ["d1", "d2"], 0))
    earlier = told(town, plan, "d2")["earlier"]
    assert earlier.broken == 1
    assert earlier.reason == Reason("late", 1800 - 600 + 600, "d1")


def test_a_window_that_opens_later_makes_the_bike_wait() -> None:
    soon = drop("d0", 1, latest=10 * HOUR + 300)
    town = line_town(soon, drop("d1", 1, earliest=11 * HOUR), drop("d2", 2))
    plan = plan_of(town, ("b1", ["d0", "d2", "d1"], 0))
    earlier = told(town, plan, "d1")["earlier"]
    assert (earlier.metres, earlier.seconds) == (0, 720)
    assert earlier.reason == Reason("opens", 720, "d1")


def test_another_bike_is_too_small_by_so_much() -> None:
    bikes = (bike("b1"), bike("b2", max_grams=12_000))
    town = line_town(drop("d1", 1), drop("d2", 2), drop("d3", 3), bikes=bikes)
    plan = plan_of(town, ("b1", ["d1"], 0), ("b2", ["d2", "d3"], 0))
    there = told(town, plan, "d1")["trip"]
    assert (there.trip, there.broken, there.reason) == (1, 1, Reason("overload_grams", 3_000))


def test_ranges_shifts_and_reloads_are_told_with_their_measure() -> None:
    short = line_town(drop("d1", 1), drop("d2", 2), bikes=(bike("b1"), bike("b2", range_metres=2_500)))
    plan = plan_of(short, ("b1", ["d2"], 0), ("b2", ["d1"], 0))
    assert told(short, plan, "d2")["trip"].reason == Reason("over_range", 1_500)
    early = line_town(drop("d1", 1), drop("d2", 9), bikes=(bike("b1"), bike("b2", shift_end=10 * HOUR + 1800)))
    plan = plan_of(early, ("b1", ["d2"], 0), ("b2", ["d1"], 0))
    assert told(early, plan, "d2")["trip"].reason.code == "after_shift"


def test_a_stop_may_leave_its_trip_empty() -> None:
    town = line_town(drop("d1", 1), drop("d2", 1), bikes=(bike("b1"), bike("b2")))
    plan = plan_of(town, ("b1", ["d1"], 0), ("b2", ["d2"], 0))
    there = told(town, plan, "d1")["trip"]
    assert there.metres == -2000
    assert there.reason == Reason("no_worse")


def test_of_what_is_locked_or_has_left_only_the_place_is_told() -> None:
    town = line_town(drop("d1", 1), drop("d2", 2), bikes=(bike("b1"), bike("b2")))
    plan = plan_of(town, ("b1", ["d1"], 0), ("b2", ["d2"], 0))
    locked = replace(town, fixed=plan.trips[:1])
    assert explain(locked, plan, "d1").alternatives == ()
    assert explain(locked, plan, "d2").alternatives == (), "the only other trip is locked"
    gone = replace(town, not_before=20 * HOUR)
    assert explain(gone, plan, "d1").alternatives == ()
    with pytest.raises(KeyError):
        explain(town, plan, "d9")


def test_what_is_said_is_what_happens() -> None:
    """In a whole town: costs add up, and no other place is much better than that of a good plan."""
    town = round_town(40, seed=21)
    plan = solve(town, seed=1, iterations=600)
    for id in [stop.drop_id for trip in plan.trips for stop in trip.stops][::5]:
        explained = explain(town, plan, id)
        assert plan.trips[explained.trip].drop_ids[explained.position - 1] == id
        assert [a for a in explained.alternatives if a.kind == "trip"], "other trips are tried"
        for other in explained.alternatives:
            assert other.cost == other.metres + other.seconds
            assert (other.reason.code == "no_worse") == (other.broken == 0 and other.cost <= 0)
            if not other.broken:
                assert other.cost > -0.02 * plan.cost
