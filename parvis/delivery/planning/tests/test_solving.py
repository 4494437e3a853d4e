"""The search: promises first, no drop lost, the same question the same answer."""

from dataclasses import replace

import pytest

from parvis.delivery.planning import Plan, Problem, retime, solve, verify

from .towns import HOUR, bike, drop, line_town, round_town


def reasons(plan: Plan) -> dict[str, str]:
    return {left.id: left.reason for left in plan.unserved}


def checked(problem: Problem, *, iterations: int = 200, seed: int = 1) -> Plan:
    plan = solve(problem, seed=seed, iterations=iterations)
    assert verify(problem, plan) == []
    return plan


def test_a_day_of_two_waves_is_served_whole() -> None:
    town = round_town(40, seed=3)
    plan = checked(town)
    assert plan.unserved == ()
    assert sum(len(trip.stops) for trip in plan.trips) == 40


def test_the_same_problem_and_seed_give_the_same_plan() -> None:
    town = round_town(30, seed=4)
    first = solve(town, seed=7, iterations=150)
    assert solve(town, seed=7, iterations=150) == first
    assert solve(Problem.from_json(town.to_json()), seed=7, iterations=150) == first


def test_more_search_is_not_worse() -> None:
    town = round_town(40, seed=5)
    assert checked(town, iterations=600).cost <= checked(town, iterations=0).cost


def test_a_bike_reloads_at_the_hub_when_it_cannot_carry_all() -> None:
    drops = [drop(f"d{i}", i, grams=60_000, latest=14 * HOUR) for i in (1, 2, 3)]
    plan = checked(line_town(*drops))
    assert [len(trip.stops) for trip in plan.trips] == [1, 1, 1]
    for earlier, later in zip(plan.trips, plan.trips[1:], strict=False):
        assert later.departs >= earlier.returns + 300


@pytest.mark.parametrize("size", ["grams", "millilitres", "crates"])
def test_every_load_dimension_binds(size: str) -> None:
    limits = {"max_grams": 10, "max_millilitres": 10, "max_crates": 10}
    light = {"grams": 1, "millilitres": 1, "crates": 1}
    drops = [drop(f"d{i}", i, **(light | {size: 6}), latest=14 * HOUR) for i in (1, 2)]
    assert len(checked(line_town(*drops, bikes=(bike("b1", **limits),))).trips) == 2


def test_a_trip_leaves_when_its_last_bag_is_there_and_not_before() -> None:
    town = line_town(drop("d1", 1, ready_at=10 * HOUR + 17, earliest=9 * HOUR))
    assert checked(town).trips[0].departs == 10 * HOUR + 17


def test_a_late_bag_does_not_hold_up_the_others() -> None:
    early = drop("early", 1, earliest=9 * HOUR, latest=10 * HOUR)
    late = drop("late", 1, earliest=9 * HOUR, latest=12 * HOUR, ready_at=11 * HOUR)
    plan = checked(line_town(early, late))
    assert [trip.drop_ids for trip in plan.trips] == [("early",), ("late",)]


def test_a_reload_starts_no_earlier_than_the_bike_is_home_and_counts_no_extra_time() -> None:
    """A bag that becomes ready while the bike reloads does not put the departure off further."""
    first = drop("first", 1, earliest=9 * HOUR, latest=9 * HOUR + 300)
    ready = 9 * HOUR + 300 + 120 + 300 + 200  # the bike is home at 9:12, may leave again at 9:17
    second = drop("second", 1, earliest=9 * HOUR, latest=ready + 400, ready_at=ready)
    assert checked(line_town(first, second)).unserved == ()


def test_range_holds_for_the_whole_shift() -> None:
    drops = [drop(f"d{i}", 2, grams=60_000, latest=16 * HOUR) for i in range(3)]
    plan = checked(line_town(*drops, bikes=(bike("b1", range_metres=9_000),)))
    assert plan.metres == 8_000
    assert list(reasons(plan).values()) == ["no_capacity"]


def test_a_limit_on_trips_and_on_hours_out() -> None:
    drops = [drop(f"d{i}", 1, grams=60_000, earliest=0, latest=17 * HOUR) for i in range(3)]
    assert len(checked(line_town(*drops, bikes=(bike("b1", max_trips=2),))).trips) == 2
    morning = drop("morning", 1, ready_at=8 * HOUR, earliest=9 * HOUR, latest=9 * HOUR + 60)
    evening = drop("evening", 1, earliest=17 * HOUR, latest=17 * HOUR + 60)
    short = (bike("b1", max_seconds=4 * HOUR),)
    assert len(checked(line_town(morning, evening, bikes=short)).unserved) == 1
    assert checked(line_town(morning, evening, bikes=(*short, bike("b2", max_seconds=HOUR)))).unserved == ()


def test_a_drop_no_bike_can_serve_comes_back_with_the_reason() -> None:
    fine = drop("fine", 1)
    hopeless = {
        "too_heavy": drop("too_heavy", 1, grams=100_001),
        "too_bulky": drop("too_bulky", 1, millilitres=300_001),
        "too_many_crates": drop("too_many_crates", 1, crates=5),
        "out_of_range": drop("out_of_range", 6),
        "window_unreachable": drop("window_unreachable", 1, ready_at=12 * HOUR),
    }
    town = line_town(fine, *hopeless.values(), bikes=(bike("b1", max_crates=4, range_metres=11_000),))
    plan = checked(town)
    assert reasons(plan) == {reason: reason for reason in hopeless}
    assert [trip.drop_ids for trip in plan.trips] == [("fine",)]


def test_the_reason_is_that_of_the_bike_that_came_closest() -> None:
    bikes = (bike("small", max_grams=1), bike("big", range_metres=100))
    assert reasons(checked(line_town(drop("d1", 1), bikes=bikes))) == {"d1": "out_of_range"}


def test_too_far_for_the_hours_a_rider_may_be_out() -> None:
    assert reasons(checked(line_town(drop("d1", 3), bikes=(bike("b1", max_seconds=1800),)))) == {"d1": "too_far"}


def test_when_not_all_can_be_served_as_many_as_can_are() -> None:
    """Six drops of ten minutes each way, all at noon: one bike brings two."""
    drops = [
        drop(f"d{i}", 1, grams=60_000, earliest=12 * HOUR, latest=12 * HOUR + 1200, service_seconds=0) for i in range(6)
    ]
    plan = checked(line_town(*drops))
    assert sum(len(trip.stops) for trip in plan.trips) == 2
    assert list(reasons(plan).values()) == ["no_capacity"] * 4


def test_without_bikes_or_drops_there_is_still_a_plan() -> None:
    assert reasons(checked(replace(line_town(drop("d1", 1)), bikes=()))) == {"d1": "no_bike"}
    assert checked(line_town()) == Plan((), (), 0)


def test_a_drop_at_the_hub_and_a_lone_drop_are_served() -> None:
    assert checked(line_town(drop("d1", 0))).metres == 0
    assert len(checked(line_town(drop("d1", 1), drop("d2", 1))).trips) == 1


def test_fixed_trips_stay_and_their_bike_is_free_around_them() -> None:
    drops = [drop(f"d{i}", i, grams=60_000, earliest=9 * HOUR, latest=14 * HOUR) for i in (1, 2, 3)]
    town = line_town(*drops, bikes=(bike("b1", range_metres=13_000),))
    locked = retime(town, "b1", ["d3"], 11 * HOUR)
    town = replace(town, fixed=(locked,))
    plan = checked(town)
    assert locked in plan.trips
    assert plan.unserved == ()
    assert plan.trips[0].departs < locked.departs  # the time before a locked trip is used


def test_nothing_new_leaves_before_now() -> None:
    town = replace(round_town(20, seed=2), not_before=10 * HOUR)
    plan = checked(town)
    assert all(trip.departs >= 10 * HOUR for trip in plan.trips)
    assert "window_unreachable" in reasons(plan).values()


def test_a_plan_to_start_from_is_kept_when_nothing_better_is_found() -> None:
    town = round_town(30, seed=6)
    plan = checked(town, iterations=400)
    again = solve(town, seed=2, iterations=0, initial=plan)
    assert verify(town, again) == []
    assert again.cost <= plan.cost


def test_no_time_still_gives_a_plan_that_may_be_published() -> None:
    town = round_town(60, seed=8, bikes=1)
    for plan in (solve(town, seed=1, seconds=0), solve(town, seed=1, iterations=0)):
        assert verify(town, plan) == []
        assert plan.trips


def test_a_budget_is_not_negative() -> None:
    for budget in ({"seconds": -1.0}, {"iterations": -1}):
        with pytest.raises(ValueError, match="negative"):
            solve(line_town(), seed=1, **budget)


def test_seconds_cap_the_search() -> None:
    plan = solve(round_town(60, seed=9), seed=1, seconds=0.3)
    assert plan.seconds < 1.5
