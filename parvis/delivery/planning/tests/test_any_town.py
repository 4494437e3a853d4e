"""Whatever the town: the plan keeps every rule, and every drop is served or named."""

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from parvis.delivery.planning import Bike, Drop, Plan, Problem, Rest, matrix, replan, solve, verify

DAY = 24 * 3600
SKILLS = some.lists(some.sampled_from(["trailer", "lift"]), max_size=2).map(tuple)


@some.composite
def bikes(draw: some.DrawFn, id: str) -> Bike:
    start = draw(some.integers(0, DAY // 2))
    limits = draw(some.booleans())
    return Bike(
        id,
        max_grams=draw(some.integers(0, 100)),
        max_millilitres=draw(some.integers(0, 100)),
        shift_start=start,
        shift_end=start + draw(some.integers(1, DAY // 2)),
        range_metres=draw(some.none() | some.integers(0, 60_000)),
        speed_percent=draw(some.sampled_from([70, 100, 130])),
        max_crates=draw(some.none() | some.integers(0, 6)),
        max_trips=draw(some.none() | some.integers(1, 3)) if limits else None,
        max_seconds=draw(some.none() | some.integers(0, DAY // 4)) if limits else None,
        max_cold_crates=draw(some.none() | some.integers(0, 3)),
        skills=draw(SKILLS),
        rests=draw(rests()),
        ridden_seconds=draw(some.integers(0, DAY)),
    )


@some.composite
def rests(draw: some.DrawFn) -> tuple[Rest, ...]:
    """Up to two rests, some of which charge the battery."""
    moments = draw(some.lists(some.integers(0, DAY), max_size=4, unique=True))
    pairs = zip(sorted(moments)[::2], sorted(moments)[1::2], strict=False)
    return tuple(Rest(start, end, draw(some.sampled_from([0, 20_000, 100_000]))) for start, end in pairs)


@some.composite
def drops(draw: some.DrawFn, id: str, places: int) -> Drop:
    earliest = draw(some.integers(0, DAY))
    return Drop(
        id,
        location=draw(some.integers(0, places - 1)),
        grams=draw(some.integers(0, 60)),
        millilitres=draw(some.integers(0, 60)),
        earliest=earliest,
        latest=earliest + draw(some.integers(0, DAY // 3)),
        service_seconds=draw(some.integers(0, 900)),
        ready_at=draw(some.integers(0, DAY // 2)),
        crates=draw(some.integers(0, 3)),
        cold_crates=draw(some.integers(0, 2)),
        max_aboard=draw(some.none() | some.integers(0, DAY // 8)),
        needs=draw(SKILLS),
    )


@some.composite
def problems(draw: some.DrawFn) -> Problem:
    places = draw(some.integers(1, 6))
    row = some.lists(some.integers(0, 9_000), min_size=places, max_size=places)
    ways = draw(some.lists(row, min_size=places, max_size=places))
    metres = [[0 if a == b else ways[a][b] for b in range(places)] for a in range(places)]
    seconds = [[way // 4 for way in row] for row in metres]
    return Problem(
        tuple(draw(bikes(f"b{k}")) for k in range(draw(some.integers(0, 3)))),
        tuple(draw(drops(f"d{k}", places)) for k in range(draw(some.integers(0, 8)))),
        matrix(seconds),
        matrix(metres),
        reload_seconds=draw(some.sampled_from([0, 300])),
        unit_second_cost=draw(some.sampled_from([0, 1])),
    )


quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(problem=problems(), seed=some.integers(0, 9))
def test_every_plan_is_accepted_by_the_verifier(problem: Problem, seed: int) -> None:
    plan = solve(problem, seed=seed, iterations=20)
    assert verify(problem, plan) == []
    assert Plan.from_json(plan.to_json()) == plan
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem


@quick
@given(problem=problems(), now=some.integers(0, DAY), data=some.data())
def test_every_replan_is_accepted_by_the_verifier(problem: Problem, now: int, data: some.DataObject) -> None:
    plan = solve(problem, seed=1, iterations=10)
    lost_bikes = data.draw(some.lists(some.sampled_from([b.id for b in problem.bikes] or ["none"]), max_size=1))
    lost_drops = data.draw(some.lists(some.sampled_from([d.id for d in problem.drops] or ["none"]), max_size=2))
    locked = plan.trips[: data.draw(some.integers(0, 1))]
    result = replan(
        replace(problem, fixed=locked),
        plan,
        now=now,
        seed=1,
        lost_bikes=lost_bikes,
        lost_drops=lost_drops,
        iterations=10,
    )
    assert verify(result.problem, result.plan) == []
