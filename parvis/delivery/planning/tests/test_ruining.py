"""What the shake takes out of a solution, and what it leaves as it was."""

import random
from itertools import pairwise

from pyvrp import Solution

from parvis.delivery.planning.fleet import free_slots
from parvis.delivery.planning.model import Model, build, to_solution
from parvis.delivery.planning.ruining import LONGEST, Ruin
from parvis.delivery.planning.solving import solve

from .towns import round_town


def planned() -> tuple[Model, Solution]:
    """A day of 50 drops, and a plan of it with several trips for each bike."""
    town = round_town(50, seed=12)
    slots = free_slots(town)
    model = build(town, slots, town.drops, prize=None)
    plan = solve(town, seed=1, iterations=30)
    first = {slot.bike.id: slot for slot in slots}
    tours = {slot: [] for slot in slots}  # type: ignore[var-annotated]
    for trip in plan.trips:
        tours[first[trip.bike_id]].append(tuple(town.drop[id] for id in trip.drop_ids))
    return model, to_solution(model, [(slot, tuple(trips)) for slot, trips in tours.items()])


def near(model: Model) -> list[list[int]]:
    """The drops around each, nearest first."""
    ways = model.data.distance_matrix(0)
    places = [client.location for client in model.data.clients()]
    return [sorted(set(range(len(places))) - {i}, key=lambda j: ways[here, places[j]]) for i, here in enumerate(places)]


def trips_of(model: Model, solution: Solution) -> list[list[str]]:
    """The drops of each trip, read activity by activity."""
    trips: list[list[str]] = []
    for route in solution.routes():
        trips.append([])
        for activity in route:
            if activity.is_depot():
                trips.append([])
            else:
                trips[-1].append(model.drops[activity.idx].id)
    return [trip for trip in trips if trip]


def test_strings_are_taken_out_and_the_rest_keeps_its_order() -> None:
    model, solution = planned()
    before = trips_of(model, solution)
    assert len(before) > 4
    ruin = Ruin(model.data, near(model), random.Random(1))
    sizes = set()
    for _ in range(200):
        after = trips_of(model, ruin(solution))
        left = {id for trip in after for id in trip}
        kept = [[id for id in trip if id in left] for trip in before]
        assert sorted(trip for trip in kept if trip) == sorted(after)
        gone = [len(trip) - len(rest) for trip, rest in zip(before, kept, strict=True)]
        assert max(gone) <= LONGEST
        sizes.add(sum(gone))
    assert min(sizes) >= 1
    assert len(sizes) > 5, "small and large shakes"
    assert trips_of(model, solution) == before


def test_what_is_taken_out_of_a_trip_is_one_stretch_or_two() -> None:
    model, solution = planned()
    before = trips_of(model, solution)
    ruin = Ruin(model.data, near(model), random.Random(2))
    stretches = set()
    for _ in range(100):
        left = {id for trip in trips_of(model, ruin(solution)) for id in trip}
        for trip in before:
            out = [id not in left for id in trip]
            stretches.add(out[0] + sum(not a and b for a, b in pairwise(out)))
    assert stretches == {0, 1, 2}


def test_a_solution_without_trips_is_left_alone() -> None:
    model, _solution = planned()
    empty = Solution(model.data, [])
    assert Ruin(model.data, near(model), random.Random(1))(empty) == empty
