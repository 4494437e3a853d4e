"""Plans damaged one way at a time: the verifier names each damage, and nothing else is needed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from parvis.delivery.planning import (
    KINDS,
    Option,
    Plan,
    Problem,
    Rest,
    Stop,
    Trip,
    Unserved,
    retime,
    verify,
    with_detours,
)
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


def collected(case: Case) -> Case:
    """The plan is good: d4 is collected at location 2 on the way to its door at 1, over place 4 of the matrices."""
    town, plan = case
    rows = [with_detours(rows, [(2, 1)]) for rows in (town.durations, town.distances)]
    straight = Option("direct", 4, 10 * HOUR, 12 * HOUR, 240, collect=2)
    drops = tuple(replace(d, others=(straight,)) if d.id == "d4" else d for d in town.drops)
    town = replace(town, durations=rows[0], distances=rows[1], drops=drops)
    return town, with_trips(town, *plan.trips[:2], retime(town, "b2", ["d4"], 0, {"d4": "direct"}))


def with_last_stop(case: Case, **changes: object) -> Case:
    town, plan = case
    last = plan.trips[2]
    return town, with_trips(town, *plan.trips[:2], replace(last, stops=(replace(last.stops[0], **changes),)))


def with_option(case: Case, **changes: object) -> Case:
    town, plan = case
    drops = tuple(replace(d, others=tuple(replace(o, **changes) for o in d.others)) for d in town.drops)
    return replace(town, drops=drops), plan


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
    ("unknown_option", lambda case: with_last_stop(case, option="pigeon")),
    ("unknown_option", lambda case: with_drop(collected(case), "d4", bound="")),
    ("metres", lambda case: with_last_stop(collected(case), option="")),
    ("short_service", lambda case: with_option(collected(case), service_seconds=241)),
    ("late", lambda case: with_option(collected(case), earliest=9 * HOUR, latest=10 * HOUR - 1)),
    ("early", lambda case: with_option(collected(case), earliest=11 * HOUR)),
    ("not_ready", lambda case: with_option(collected(case), ready_at=11 * HOUR)),
    ("too_long_aboard", lambda case: with_option(collected(case), max_aboard=60)),
    ("impossible_ride", lambda case: with_last_stop(collected(case), arrive=9 * HOUR, start=10 * HOUR)),
    ("cost", lambda case: (case[0], replace(case[1], cost=case[1].cost - 1))),
]


def test_a_good_plan_is_accepted() -> None:
    assert verify(*good()) == []
    assert verify(*collected(good())) == []


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


def history(*b1: Trip, **limits: object) -> list[str]:
    """What is refused where b1 has ridden these trips, and b2 has its own ahead."""
    town, plan = with_bike(good(), **limits)
    town = replace(town, fixed=b1, not_before=max(trip.departs for trip in b1) + 1)
    later = moved(plan.trips[2], max(0, town.not_before - plan.trips[2].departs))
    town = replace(town, drops=tuple(replace(drop, latest=20 * HOUR) for drop in town.drops))
    return [found.kind for found in verify(town, with_trips(town, *b1, later))]


def test_what_two_rides_of_the_past_did_is_not_judged() -> None:
    """Quick to load, one still said to be out, further than the battery, once too often, for too long."""
    first, second = good()[1].trips[:2]
    for by in (-60, -299, -301 - (first.returns - first.departs) // 2):
        assert history(first, moved(second, by)) == []
    assert history(first, second, range_metres=5_000) == []
    assert history(first, second, max_trips=1) == []
    assert history(first, second, max_seconds=600) == []


def test_what_is_planned_after_the_past_has_what_that_left() -> None:
    town, plan = good()
    first, second = plan.trips[:2]
    left = replace(town, fixed=plan.trips[:1], not_before=first.departs + 1)
    assert verify(left, plan) == []

    def refused(second: Trip, **limits: object) -> set[str]:
        problem, _plan = with_bike((left, plan), **limits)
        return {found.kind for found in verify(problem, with_trips(problem, first, second, plan.trips[2]))}

    for gap, kind in ((299, "no_reload"), (-1, "overlap")):
        assert kind in refused(moved(second, first.returns + gap - second.departs))
    assert refused(second, range_metres=9_999) == {"over_range"}
    assert refused(second, range_metres=3_000) == {"over_range"}, "the first alone was further"
    assert refused(second, max_trips=1) == {"too_many_trips"}
    assert refused(second, max_seconds=second.returns - first.departs - 1) == {"too_long"}


def test_who_is_out_for_long_is_not_forgotten_for_a_shorter_ride() -> None:
    """The records say that the bike left twice, and came home from the second ride only; it may still be out."""
    town, plan = good()
    first, second, other = plan.trips
    out = replace(first, returns=second.returns + HOUR)
    third = moved(other, second.returns + 600 - other.departs)
    town = replace(town, fixed=(out, second), not_before=second.departs + 1)
    town = replace(town, drops=tuple(replace(drop, latest=20 * HOUR) for drop in town.drops))
    found = verify(town, with_trips(town, out, second, replace(third, bike_id="b1")))
    assert {violation.kind for violation in found} == {"overlap"}


def test_a_locked_trip_that_has_not_left_is_judged() -> None:
    town, plan = with_drop(good(), "d2", latest=9 * HOUR + 660)
    assert "late" in {found.kind for found in verify(replace(town, fixed=plan.trips), plan)}


def test_the_verifier_shares_no_code_with_the_search() -> None:
    import ast
    from pathlib import Path

    from parvis.delivery.planning import verifying

    tree = ast.parse(Path(verifying.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"collections", "collections.abc", "dataclasses", "drops", "plan", "problem"}
