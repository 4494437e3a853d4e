"""The ways between doors are asked once: a new door costs its own ways, a closed street all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from parvis.core.geo import Point
from parvis.delivery.clients.matrices import FEW, MOST, KeptMatrices
from parvis.delivery.clients.network import Conditions, Leg, Matrix
from parvis.delivery.clients.streets import ValhallaStreets
from parvis.delivery.tests.test_road_closures import EAST, SHORT, WEST, tiles

__all__ = ["tiles"]  # a fixture


def leg(a: Point, b: Point) -> Leg:
    """Another length for each pair and each direction."""
    return Leg(round(a.lon * 1000 + b.lat * 7000), round(a.lat * 1000 + b.lon * 7000)) if a != b else Leg(0, 0)


@dataclass
class Asked:
    """Streets that count how often they are looked at."""

    whole: int = 0
    ones: list[tuple[Point, int]] = field(default_factory=list)

    def all_ways(self, points: Sequence[Point]) -> Matrix:
        self.whole += 1
        legs = [[leg(a, b) for b in points] for a in points]
        return Matrix(
            tuple(tuple(way.seconds for way in row) for row in legs),
            tuple(tuple(way.metres for way in row) for row in legs),
        )

    def ways_of(self, point: Point, others: Sequence[Point]) -> tuple[list[Leg], list[Leg]]:
        self.ones.append((point, len(others)))
        return [leg(point, other) for other in others], [leg(other, point) for other in others]


def places(count: int, seed: int = 1) -> list[Point]:
    chance = Random(seed)
    return [Point(chance.uniform(2, 2.1), chance.uniform(48, 48.1)) for _ in range(count)]


def test_a_new_door_costs_its_own_ways_only():
    asked, kept, doors = Asked(), KeptMatrices(), places(40)
    first = kept.matrix(doors[:-2], asked.all_ways, asked.ways_of)
    assert (asked.whole, asked.ones) == (1, [])
    assert kept.matrix(doors[:-2], asked.all_ways, asked.ways_of) == first == Asked().all_ways(doors[:-2])
    grown = kept.matrix(doors, asked.all_ways, asked.ways_of)
    assert grown == Asked().all_ways(doors)
    assert (asked.whole, asked.ones) == (1, [(doors[-2], 39), (doors[-1], 39)])


def test_any_order_some_twice_and_some_gone():
    asked, kept, doors = Asked(), KeptMatrices(), places(40)
    kept.matrix(doors, asked.all_ways, asked.ways_of)
    chance = Random(3)
    for _ in range(20):
        some = chance.choices(doors, k=30)
        assert kept.matrix(some, asked.all_ways, asked.ways_of) == Asked().all_ways(some)
    assert kept.matrix([], asked.all_ways, asked.ways_of) == Matrix((), ())


def test_with_many_new_doors_all_are_asked_at_once():
    asked, kept, doors = Asked(), KeptMatrices(), places(64)
    kept.matrix(doors[:60], asked.all_ways, asked.ways_of)
    kept.matrix(doors[: 60 + 64 // FEW], asked.all_ways, asked.ways_of)
    assert (asked.whole, len(asked.ones)) == (1, 4)
    kept.matrix([*doors[:50], *places(9, seed=9)], asked.all_ways, asked.ways_of)
    assert asked.whole == 2


def test_few_are_kept():
    asked, kept = Asked(), KeptMatrices()
    days = [places(20, seed) for seed in range(MOST + 1)]
    for doors in days:
        kept.matrix(doors, asked.all_ways, asked.ways_of)
    assert asked.whole == MOST + 1
    kept.matrix(days[-1], asked.all_ways, asked.ways_of)
    assert asked.whole == MOST + 1
    kept.matrix(days[0], asked.all_ways, asked.ways_of)
    assert asked.whole == MOST + 2


def test_a_closed_street_has_matrices_of_its_own(tiles):
    streets = ValhallaStreets(tiles)
    row = [Point(2.001 + i / 1000, 48.0101) for i in range(18)]
    usual = streets.matrix(row)
    around = streets.under(Conditions(closed=(tuple((p.lon, p.lat) for p in SHORT),)))
    assert around.matrix(row).distances[0][-1] > usual.distances[0][-1] + 900
    assert streets.matrix(row) == usual
    grown = streets.matrix([*row, EAST])
    whole = ValhallaStreets(tiles).matrix([*row, EAST])
    for ours, theirs in zip(grown.durations, whole.durations, strict=True):
        assert list(ours) == pytest.approx(list(theirs), abs=25), (
            "towards one place the router counts turns differently"
        )
    assert streets.matrix([WEST]) == Matrix(((0,),), ((0,),))
