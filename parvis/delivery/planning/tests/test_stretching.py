"""What has no room in its window any more rides late, as soon as it can, and nobody else for it."""

from dataclasses import replace

from parvis.delivery.planning import Bike, Drop, Problem, late_rather_than_never, matrix, solve, verify

BIKE = Bike("b", max_grams=10_000, max_millilitres=10_000, shift_start=0, shift_end=20_000)


def problem(drops: int, latest: int = 3000) -> Problem:
    """Doors in a row, ten minutes apart; one bike, which can serve few of them in time."""
    away = [[600 * abs(a - b) for b in range(drops + 1)] for a in range(drops + 1)]
    return Problem(
        bikes=(BIKE,),
        drops=tuple(Drop(f"d{n}", n + 1, 100, 100, 0, latest, 180, 0) for n in range(drops)),
        durations=matrix(away),
        distances=matrix(away),
    )


def test_nothing_is_late_where_all_ride_in_time():
    given = problem(3)
    plan = solve(given, seed=1, iterations=50)
    assert late_rather_than_never(given, plan, seed=1, iterations=50) == (given, plan)


def test_what_has_no_room_rides_late_and_the_others_in_time():
    given = problem(6)
    plan = solve(given, seed=1, iterations=50)
    left = {item.id for item in plan.unserved}
    assert left, "six doors do not fit into the time"
    after, late = late_rather_than_never(given, plan, seed=1, iterations=50)
    assert not late.unserved
    assert not verify(after, late)
    starts = {stop.drop_id: stop.start for trip in late.trips for stop in trip.stops}
    moved = {drop.id for drop in after.drops if drop.latest != given.drop[drop.id].latest}
    assert {id for id, start in starts.items() if start > 3000} <= moved
    assert all(after.drop[id].latest <= 3000 + 3600 for id in moved), "no later than it must be"


def test_what_nobody_can_carry_stays():
    given = problem(2)
    heavy = replace(given, drops=(replace(given.drops[0], grams=50_000), given.drops[1]))
    plan = solve(heavy, seed=1, iterations=50)
    after, late = late_rather_than_never(heavy, plan, seed=1, iterations=50)
    assert [item.id for item in late.unserved] == ["d0"]
    assert not verify(after, late)
