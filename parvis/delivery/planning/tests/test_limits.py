"""Rests, cold boxes, skills, and who rides what: the limits of people, batteries and goods."""

from dataclasses import replace
from typing import Any

import pytest

from parvis.delivery.planning import Drop, Plan, Problem, Rest, matrix, retime, solve, stretches, verify

from .towns import HOUR, bike, drop, line_town, round_town


def checked(problem: Problem, iterations: int = 200, initial: Plan | None = None) -> Plan:
    plan = solve(problem, seed=1, iterations=iterations, initial=initial)
    assert verify(problem, plan) == []
    return plan


def anytime(id: str, location: int, **changes: Any) -> Drop:
    return drop(id, location, **{"earliest": 8 * HOUR, "latest": 18 * HOUR, "ready_at": 8 * HOUR} | changes)


def test_nobody_is_out_in_a_break_and_the_break_is_no_lost_promise() -> None:
    town = round_town(30, seed=5, bikes=2)
    lunch = Rest(12 * HOUR, 13 * HOUR)
    rested = replace(town, bikes=tuple(replace(bike, rests=(lunch,)) for bike in town.bikes))
    plan = checked(rested)
    assert plan.unserved == ()
    assert all(trip.returns <= lunch.start or trip.departs >= lunch.end for trip in plan.trips)


def test_a_hand_made_trip_that_would_ride_through_a_break_leaves_after_it() -> None:
    town = line_town(anytime("d1", 4), bikes=(bike("b1", rests=(Rest(8 * HOUR + 600, 9 * HOUR),)),))
    assert retime(town, "b1", ["d1"], 0).departs == 9 * HOUR


def test_a_battery_that_charges_at_noon_rides_as_far_again() -> None:
    """Three doors at 4 km are 24 km: one battery of 16 km rides to two of them, a charge brings the third."""
    drops = [anytime(f"d{i}", 4, grams=60_000) for i in range(3)]
    charge = Rest(12 * HOUR, 13 * HOUR, metres=16_000)
    without = line_town(*drops, bikes=(bike("b1", range_metres=16_000),))
    with_charge = line_town(*drops, bikes=(bike("b1", range_metres=16_000, rests=(charge,)),))
    assert len(checked(without).unserved) == 1
    plan = checked(with_charge)
    assert plan.unserved == ()
    assert plan.metres == 24_000


def test_a_battery_is_never_more_than_full() -> None:
    bikes = stretches(bike("b1", range_metres=10_000, rests=(Rest(9 * HOUR, 10 * HOUR, metres=99_000),)))
    assert [(b.shift_start, b.shift_end) for b in bikes] == [(8 * HOUR, 9 * HOUR), (10 * HOUR, 18 * HOUR)]
    assert all(b.range_metres <= 10_000 for b in bikes if b.range_metres is not None)
    assert sum(b.range_metres or 0 for b in bikes) == 20_000


def test_a_charge_is_worth_nothing_before_it_is_done() -> None:
    drops = [anytime("d1", 5), anytime("d2", 5)]
    late = Rest(16 * HOUR, 17 * HOUR, metres=10_000)
    town = line_town(*drops, bikes=(bike("b1", range_metres=10_000, rests=(late,)),))
    early = Plan(
        (first := retime(town, "b1", ["d1"], 0), retime(town, "b1", ["d2"], first.returns + 300)),
        (),
        cost=0,
    )
    assert "over_range" in {violation.kind for violation in verify(town, early)}


def test_what_must_stay_cold_is_not_long_on_the_way() -> None:
    """The ice is for the far door: it goes there first, though the near one would be on the way."""
    ice = anytime("ice", 4, max_aboard=1200)
    near = anytime("near", 2, service_seconds=600)
    plan = checked(line_town(ice, near))
    assert plan.unserved == ()
    [trip] = [trip for trip in plan.trips if "ice" in trip.drop_ids]
    stop = next(stop for stop in trip.stops if stop.drop_id == "ice")
    assert stop.start - trip.departs <= 1200


def test_too_far_to_stay_cold_is_said() -> None:
    plan = checked(line_town(anytime("ice", 9, max_aboard=1200)))
    assert [left.reason for left in plan.unserved] == ["too_long_aboard"]


def test_cold_boxes_are_counted() -> None:
    drops = [anytime(f"d{i}", 1, crates=2, cold_crates=1) for i in range(3)]
    plan = checked(line_town(*drops, bikes=(bike("b1", max_cold_crates=1),)))
    assert len(plan.trips) == 3
    none = checked(line_town(*drops, bikes=(bike("b1", max_cold_crates=0),)))
    assert {left.reason for left in none.unserved} == {"too_cold"}


def test_a_fridge_rides_on_the_bike_with_the_trailer() -> None:
    """Both stand at the same door: what asks for nothing may ride on either."""
    drops = [anytime("fridge", 2, needs=("trailer",)), anytime("bread", 2)]
    plain, trailer = bike("b1"), bike("b2", skills=("trailer",), speed_percent=50)
    plan = checked(line_town(*drops, bikes=(plain, trailer)))
    assert plan.unserved == ()
    assert {id: trip.bike_id for trip in plan.trips for id in trip.drop_ids}["fridge"] == "b2"
    without = checked(line_town(*drops, bikes=(plain,)))
    assert [(left.id, left.reason) for left in without.unserved] == [("fridge", "no_skill")]


def test_who_has_ridden_least_gets_the_longer_tour() -> None:
    near = anytime("near", 1, grams=90_000, latest=8 * HOUR + 600)
    far = anytime("far", 8, grams=90_000, latest=9 * HOUR)
    for tired, fresh in (("b1", "b2"), ("b2", "b1")):
        bikes = tuple(bike(id, ridden_seconds=7200 if id == tired else 0) for id in ("b1", "b2"))
        plan = checked(line_town(far, near, bikes=bikes))
        rides = {id: trip.bike_id for trip in plan.trips for id in trip.drop_ids}
        assert (rides["far"], rides["near"]) == (fresh, tired)


@pytest.mark.parametrize("seed", range(3))
def test_a_plan_found_anew_leaves_riders_their_doors(seed: int) -> None:
    town = round_town(40, seed=seed)
    before = checked(town)
    swapped = {"b0": "b2", "b2": "b0", "b1": "b3", "b3": "b1"}  # the same bikes under each other's name
    trips = tuple(replace(trip, bike_id=swapped[trip.bike_id]) for trip in before.trips)
    renamed = Plan(trips, before.unserved, before.cost)
    assert verify(town, renamed) == []
    again = checked(town, iterations=0, initial=renamed)
    assert {t.bike_id: t.drop_ids for t in again.trips} == {t.bike_id: t.drop_ids for t in renamed.trips}


def test_two_trips_of_a_rider_who_may_be_out_for_four_hours_are_found_in_the_end() -> None:
    """The search took turns between two plans for ever, where bags come late and the bike reloads."""
    seconds = [
        [0, 727, 773, 936, 131, 712],
        [727, 0, 670, 360, 714, 375],
        [773, 670, 0, 310, 760, 294],
        [936, 360, 310, 0, 923, 224],
        [131, 714, 760, 923, 0, 699],
        [712, 375, 294, 224, 699, 0],
    ]
    moments = {1: (0, 11, 0), 2: (15, 24, 0), 3: (0, 24, 0), 4: (0, 24, 13), 5: (0, 24, 11)}
    drops = [
        drop(f"d{i}", i, earliest=opens * HOUR, latest=closes * HOUR, ready_at=ready * HOUR, service_seconds=0)
        for i, (opens, closes, ready) in moments.items()
    ]
    rider = bike("b1", shift_end=17 * HOUR, max_trips=2, max_seconds=4 * HOUR)
    town = Problem((rider,), tuple(drops), matrix(seconds), matrix(seconds), reload_seconds=0, unit_second_cost=0)
    for seed in range(10):
        assert len(seeded(town, seed).unserved) <= 2


def seeded(problem: Problem, seed: int) -> Plan:
    plan = solve(problem, seed=seed, iterations=20)
    assert verify(problem, plan) == []
    return plan
