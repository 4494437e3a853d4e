"""Whatever the town: the plan keeps every rule, and every drop is served or named."""

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from parvis.delivery.planning import (
    Bike,
    Drop,
    Matrix,
    Option,
    Plan,
    Problem,
    Profile,
    Rest,
    matrix,
    replan,
    solve,
    verify,
    with_detours,
)

DAY = 24 * 3600
MOMENTS = some.integers(0, DAY)
SKILLS = some.lists(some.sampled_from(["trailer", "lift"]), max_size=2).map(tuple)


@some.composite
def bikes(draw: some.DrawFn, id: str, profiles: list[str]) -> Bike:
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
        profile=draw(some.sampled_from(profiles)),
    )


@some.composite
def rests(draw: some.DrawFn) -> tuple[Rest, ...]:
    """Up to two rests, some of which charge the battery."""
    moments = draw(some.lists(some.integers(0, DAY), max_size=4, unique=True))
    pairs = zip(sorted(moments)[::2], sorted(moments)[1::2], strict=False)
    return tuple(Rest(start, end, draw(some.sampled_from([0, 20_000, 100_000]))) for start, end in pairs)


@some.composite
def options(draw: some.DrawFn, id: str, places: int, shops: list[int]) -> Option:
    """Another window at any place, or straight from one of the shops over the detour of that number."""
    earliest = draw(some.integers(0, DAY))
    number = draw(some.none() | some.integers(0, len(shops) - 1)) if shops else None
    return Option(
        id,
        location=draw(some.integers(0, places - 1)) if number is None else places + number,
        earliest=earliest,
        latest=earliest + draw(some.integers(0, DAY // 3)),
        service_seconds=draw(some.integers(0, 900)),
        ready_at=draw(some.integers(0, DAY // 2)),
        max_aboard=draw(some.none() | some.integers(0, DAY // 8)),
        collect=None if number is None else shops[number],
        spared=draw(some.sampled_from([0, 0, 500, 20_000])),
    )


@some.composite
def drops(draw: some.DrawFn, id: str, places: int, shops: list[int]) -> Drop:
    earliest = draw(some.integers(0, DAY))
    others = tuple(draw(options(f"o{k}", places, shops)) for k in range(draw(some.sampled_from([0, 0, 1, 2]))))
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
        others=others,
        bound=draw(some.sampled_from([None, None, "", *(other.id for other in others)])),
    )


@some.composite
def ways(draw: some.DrawFn, places: int) -> tuple[Matrix, Matrix]:
    """Seconds and metres between some places."""
    row = some.lists(some.integers(0, 9_000), min_size=places, max_size=places)
    drawn = draw(some.lists(row, min_size=places, max_size=places))
    metres = [[0 if a == b else drawn[a][b] for b in range(places)] for a in range(places)]
    return matrix([[way // 4 for way in row] for row in metres]), matrix(metres)


@some.composite
def problems(draw: some.DrawFn) -> Problem:
    places = draw(some.integers(1, 6))
    seconds, metres = draw(ways(places))
    others = draw(some.lists(some.sampled_from(["foot", "trailer"]), max_size=2, unique=True))
    spot = some.integers(0, places - 1)
    detours = draw(some.lists(some.tuples(spot, spot), max_size=3))
    shops = [shop for shop, _door in detours]

    def wide(rows: Matrix) -> Matrix:
        return with_detours(rows, detours)

    return Problem(
        tuple(draw(bikes(f"b{k}", ["", *others])) for k in range(draw(some.integers(0, 3)))),
        tuple(draw(drops(f"d{k}", places, shops)) for k in range(draw(some.integers(0, 8)))),
        wide(seconds),
        wide(metres),
        profiles=tuple(Profile(name, *map(wide, draw(ways(places)))) for name in others),
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
@given(problem=problems(), data=some.data())
def test_every_replan_is_accepted_by_the_verifier(problem: Problem, data: some.DataObject) -> None:
    """At any moment, mostly one at which a bike is out; any of the rounds may be locked."""
    plan = solve(problem, seed=1, iterations=10)
    now = data.draw(some.one_of(*(some.integers(trip.departs, trip.returns + 1) for trip in plan.trips), MOMENTS))
    lost_bikes = data.draw(some.lists(some.sampled_from([b.id for b in problem.bikes] or ["none"]), max_size=1))
    lost_drops = data.draw(some.lists(some.sampled_from([d.id for d in problem.drops] or ["none"]), max_size=4))
    locked = tuple(trip for trip in plan.trips if data.draw(some.booleans()))
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
