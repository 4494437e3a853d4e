"""Plans damaged one way at a time: the verifier names each damage, and nothing else is needed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parvis.delivery.planning import KINDS, Plan, Problem, Rest, Stop, Trip, Unserved, retime, verify
from parvis.delivery.planning.timing import cost_of

from .towns import HOUR, bike, drop, line_town

type Case = tuple[Problem, Plan]


def good() -> Case:
    """Two trips of b1 and one of b2, all in order."""
    town = line_town(
        drop("d1", 1, earliest=9 * HOUR + 600, latest=10 * HOUR),
        drop("d2", 2, earliest=9 * HOUR + 600, latest=11 * HOUR),
        drop("d3", 3, ready_at=10 * HOUR),
        drop("d4", 1),
        bikes=(bike("b1", range_metres=20_000, max_crates=4), bike("b2")),
    )
    first = retime(town, "b1", ["d1", "d2"], 0)
    trips = (
        first,
        retime(town, "b1", ["d3"], first.returns + town.reload_seconds),
        retime(town, "b2", ["d4"], 0),
    )
    return town, Plan(trips, (), cost_of(town, trips))


def with_trips(town: Problem, *trips: Trip) -> Plan:
    return Plan(trips, (), cost_of(town, trips))


def with_drop(case: Case, id: str, **changes: object) -> Case:
    town, plan = case
    drops = tuple(replace(drop, **changes) if drop.id == id else drop for drop in town.drops)
    return replace(town, drops=drops), plan


def with_bike(case: Case, **changes: object) -> Case:
    town, plan = case
    return replace(town, bikes=(replace(town.bikes[0], **changes), town.bikes[1])), plan


def with_first_trip(case: Case, **changes: object) -> Case:
    town, plan = case
    return town, with_trips(town, replace(plan.trips[0], **changes), *plan.trips[1:])


def with_first_stop(case: Case, **changes: object) -> Case:
    stop, *rest = case[1].trips[0].stops
    return with_first_trip(case, stops=(replace(stop, **changes), *rest))


def moved(trip: Trip, seconds: int) -> Trip:
    stops = tuple(Stop(s.drop_id, s.arrive + seconds, s.start + seconds, s.leave + seconds) for s in trip.stops)
    return replace(trip, departs=trip.departs + seconds, returns=trip.returns + seconds, stops=stops)


def lost(case: Case) -> Case:
    town, plan = case
    return town, with_trips(town, *plan.trips[:2])


def unknown_drop(case: Case) -> Case:
    town, plan = case
    return replace(town, drops=town.drops[:-1]), plan


def unknown_unserved(case: Case) -> Case:
    town, plan = case
    return town, replace(plan, unserved=(Unserved("d9", "no_capacity"),))


def unknown_bike(case: Case) -> Case:
    town, plan = case
    return replace(town, bikes=town.bikes[:1]), plan


def served_twice(case: Case) -> Case:
    town, plan = case
    return town, with_trips(town, *plan.trips, moved(plan.trips[2], 2 * HOUR - 600))


def served_and_unserved(case: Case) -> Case:
    town, plan = case
    return town, replace(plan, unserved=(Unserved("d1", "no_capacity"),))


def unserved_twice(case: Case) -> Case:
    town, plan = lost(case)
    return town, replace(plan, unserved=(Unserved("d4", "no_capacity"),) * 2)


def not_ready(case: Case) -> Case:
    return with_drop(case, "d2", ready_at=10 * HOUR)


def overlap(case: Case) -> Case:
    town, plan = case
    first, second, third = plan.trips
    return with_drop((town, with_trips(town, first, moved(second, -2000), third)), "d3", ready_at=9 * HOUR)


def no_reload(case: Case) -> Case:
    town, plan = case
    return replace(town, reload_seconds=plan.trips[1].departs - plan.trips[0].returns + 1), plan


def fixed_changed(case: Case) -> Case:
    town, plan = case
    return replace(town, fixed=(moved(plan.trips[2], 60),)), plan


def before_now(case: Case) -> Case:
    town, plan = case
    fixed = tuple(trip for trip in plan.trips if trip.drop_ids != ("d4",))
    return replace(town, fixed=fixed, not_before=plan.trips[2].departs + 1), plan


def impossible_ride(case: Case) -> Case:
    arrive = case[1].trips[0].stops[0].arrive
    return with_first_stop(case, arrive=arrive - 1)


DAMAGES: list[tuple[str, Callable[[Case], Case]]] = [
    ("lost", lost),
    ("unknown_drop", unknown_drop),
    ("unknown_drop", unknown_unserved),
    ("unknown_bike", unknown_bike),
    ("served_twice", served_twice),
    ("unserved_twice", unserved_twice),
    ("served_and_unserved", served_and_unserved),
    ("overload_grams", lambda case: with_bike(case, max_grams=9_999)),
    ("overload_millilitres", lambda case: with_bike(case, max_millilitres=23_999)),
    ("overload_crates", lambda case: with_bike(case, max_crates=1)),
    ("overload_cold", lambda case: with_drop(with_bike(case, max_cold_crates=1), "d1", cold_crates=2)),
    ("unskilled", lambda case: with_drop(case, "d1", needs=("trailer",))),
    ("too_long_aboard", lambda case: with_drop(case, "d2", max_aboard=600)),
    ("in_rest", lambda case: with_bike(case, rests=(Rest(case[1].trips[0].returns - 1, 10 * HOUR),))),
    ("load", lambda case: with_first_trip(case, load_grams=9_999)),
    ("load", lambda case: with_first_trip(case, load_millilitres=0)),
    ("load", lambda case: with_first_trip(case, load_crates=1)),
    ("metres", lambda case: with_first_trip(case, metres=3_999)),
    ("not_ready", not_ready),
    ("early", lambda case: with_drop(case, "d1", earliest=10 * HOUR)),
    ("late", lambda case: with_drop(case, "d2", latest=9 * HOUR + 660)),
    ("impossible_ride", impossible_ride),
    ("impossible_ride", lambda case: with_bike(case, speed_percent=99)),
    ("short_service", lambda case: with_drop(case, "d1", service_seconds=121)),
    ("impossible_return", lambda case: with_first_trip(case, returns=case[1].trips[0].returns - 1)),
    ("before_shift", lambda case: with_bike(case, shift_start=case[1].trips[0].departs + 1)),
    ("after_shift", lambda case: with_bike(case, shift_end=case[1].trips[1].returns - 1)),
    ("before_now", before_now),
    ("overlap", overlap),
    ("no_reload", no_reload),
    ("over_range", lambda case: with_bike(case, range_metres=9_999)),
    ("too_many_trips", lambda case: with_bike(case, max_trips=1)),
    ("too_long", lambda case: with_bike(case, max_seconds=3600)),
    ("fixed_changed", fixed_changed),
    ("cost", lambda case: (case[0], replace(case[1], cost=case[1].cost - 1))),
]


def test_a_good_plan_is_accepted() -> None:
    assert verify(*good()) == []


@pytest.mark.parametrize(("kind", "damage"), DAMAGES)
def test_each_damage_is_caught(kind: str, damage: Callable[[Case], Case]) -> None:
    assert kind in {found.kind for found in verify(*damage(good()))}


def test_every_kind_of_violation_has_its_damage_and_a_sentence() -> None:
    assert {kind for kind, _ in DAMAGES} == set(KINDS)
    assert all(found.kind in KINDS for _, damage in DAMAGES for found in verify(*damage(good())))


def test_violations_name_the_bike_and_the_drop() -> None:
    found = verify(*with_drop(good(), "d2", latest=9 * HOUR + 660))
    assert [(one.kind, one.bike_id, one.drop_id) for one in found] == [("late", "b1", "d2")]


def test_a_trip_on_the_road_is_history_and_not_judged_for_lateness() -> None:
    town, plan = with_drop(good(), "d1", latest=9 * HOUR + 600)
    town, plan = town, with_trips(town, moved(plan.trips[0], 60), *plan.trips[1:])
    assert "late" in {found.kind for found in verify(town, plan)}
    on_the_road = replace(town, fixed=plan.trips[:1], not_before=plan.trips[0].departs + 1)
    assert verify(on_the_road, plan) == []


def test_a_locked_trip_that_has_not_left_is_judged() -> None:
    town, plan = with_drop(good(), "d2", latest=9 * HOUR + 660)
    assert "late" in {found.kind for found in verify(replace(town, fixed=plan.trips), plan)}


def test_the_verifier_shares_no_code_with_the_search() -> None:
    import ast
    from pathlib import Path

    from parvis.delivery.planning import verifying

    tree = ast.parse(Path(verifying.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"collections", "collections.abc", "dataclasses", "itertools", "plan", "problem"}
