"""Each kind by its own ways, on real tiles: stairs are for who walks, and up a steep alley a bike is pushed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from parvis.core.geo import Point, distance_m
from parvis.core.osm import cycle_network
from parvis.core.tests.osm_files import Drawing
from parvis.delivery.clients.network import Conditions
from parvis.delivery.clients.straight import StraightLines
from parvis.delivery.clients.streets import ValhallaStreets
from parvis.delivery.kinds import MANNERS, Kind, kind_of, profile_of
from parvis.towns.clients.tiles import build_tiles

LOW, HIGH, HILL = Point(2.0021, 48.0101), Point(2.0021, 48.0129), Point(2.0179, 48.0129)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory: Any) -> Path:
    """A low street and a high one, joined by a street around both; stairs in the west, a steep alley in the east."""
    folder = tmp_path_factory.mktemp("hill")
    d = Drawing()
    low = [d.node(2.000 + i / 1000, 48.010) for i in range(21)]
    high = [d.node(2.000 + i / 1000, 48.013) for i in range(21)]
    d.way(low, highway="tertiary", name="Rue Basse")
    d.way(high, highway="tertiary", name="Rue Haute")
    d.way([low[10], d.node(2.010, 48.0115), high[10]], highway="residential", name="Rue du Tour")
    d.way([low[2], high[2]], highway="steps", name="Escalier")
    d.way([low[18], high[18]], highway="residential", name="Montée", incline="20%")
    cycle_network(d.write(folder / "town.osm"), folder / "town.osm.pbf")
    made: Path = folder / "tiles"
    made.mkdir()
    build_tiles(folder / "town.osm.pbf", made)
    return made


@pytest.fixture(scope="module")
def streets(tiles: Path) -> ValhallaStreets:
    return ValhallaStreets(tiles)


AROUND = 2 * 590 + 330  # metres by the street in the middle
WHEELS = [Kind.CARGO, Kind.LIGHT, Kind.TRAILER]


def test_stairs_are_taken_on_foot_and_by_no_wheels(streets: ValhallaStreets):
    for kind in WHEELS:
        assert streets.by(kind).route([LOW, HIGH]).metres == pytest.approx(AROUND, rel=0.05), kind
    walked = streets.by(Kind.FOOT).route([LOW, HIGH])
    assert walked.metres == pytest.approx(distance_m(LOW, HIGH), rel=0.1)
    assert "Prenez les escaliers." in walked.directions("fr")
    assert walked.seconds < streets.route([LOW, HIGH]).seconds


def test_up_a_steep_alley_a_bike_is_pushed(streets: ValhallaStreets):
    below = Point(2.0179, 48.0101)
    at_a_walk = distance_m(below, HILL) / (5.2 / 3.6)
    for kind in WHEELS:
        pushed = streets.by(kind).route([below, HILL])
        assert pushed.seconds > at_a_walk, kind
        assert "Marchez vers le nord sur Montée." in pushed.directions("fr")
        flat = streets.by(kind).route([LOW, Point(2.0061, 48.0101)])
        assert flat.metres / flat.seconds > 2 * pushed.metres / pushed.seconds, "elsewhere it is ridden"


def test_heights_tell_which_street_is_steep(tmp_path: Path):
    """Two streets up: a short one over a hump of 24 m, of which the map says nothing, and one that is flat."""
    seconds = 3601
    lat, lon = 49 - np.arange(seconds) / 3600, 2 + np.arange(seconds) / 3600
    hump = np.clip(1 - np.abs(lat - 48.0115) / 0.0012, 0, 1)[:, None] * 24 * (np.abs(lon - 2.002) < 0.003)[None, :]
    (tmp_path / "heights" / "N48").mkdir(parents=True)
    np.round(hump).astype(">i2").tofile(tmp_path / "heights" / "N48" / "N48E002.hgt")
    d = Drawing()
    low, high = ([d.node(2.000 + i / 1000, at) for i in range(11)] for at in (48.010, 48.013))
    d.way(low, highway="tertiary", name="Rue Basse")
    d.way(high, highway="tertiary", name="Rue Haute")
    for column, name in ((2, "La Bosse"), (7, "Rue Plate")):
        d.way([low[column], d.node(2 + column / 1000, 48.0115), high[column]], highway="residential", name=name)
    cycle_network(d.write(tmp_path / "town.osm"), tmp_path / "town.osm.pbf")
    here, there = Point(2.0035, 48.0101), Point(2.0035, 48.0129)
    taken = {}
    for name, heights in (("flat", tmp_path / "nothing"), ("hilly", tmp_path / "heights")):
        (tmp_path / name).mkdir()
        build_tiles(tmp_path / "town.osm.pbf", tmp_path / name, heights)
        taken[name] = ValhallaStreets(tmp_path / name).route([here, there])
    assert "La Bosse" in " ".join(taken["flat"].directions("fr"))
    assert "Rue Plate" in " ".join(taken["hilly"].directions("fr"))
    assert taken["hilly"].metres > taken["flat"].metres + 200


def test_matrix_ways_and_route_say_the_same_for_each_kind(streets: ValhallaStreets):
    for kind in Kind:
        network = streets.by(kind)
        table, [out], [back] = network.matrix([LOW, HIGH]), *network.ways_of(LOW, [HIGH])
        route = network.route([LOW, HIGH])
        assert table.distances[0][1] == pytest.approx(route.metres, abs=15), kind
        assert table.durations[0][1] == pytest.approx(route.seconds, abs=5), kind
        assert (out.metres, back.metres) == pytest.approx((table.distances[0][1], table.distances[1][0]), abs=15)


def test_a_town_of_many_doors_is_not_too_much_on_foot(streets: ValhallaStreets):
    many = [Point(2.0005 + i / 12_900, 48.0101) for i in range(250)]
    assert len(streets.by(Kind.FOOT).matrix(many).durations) == 250


def test_kinds_and_conditions_come_in_any_order(streets: ValhallaStreets):
    slow = Conditions(pace_percent=150)
    assert streets.under(slow).by(Kind.FOOT) is streets.by(Kind.FOOT).under(slow)
    assert streets.by(Kind.FOOT).by(Kind.CARGO) is streets.under(slow).under(Conditions()) is streets
    assert streets.by(Kind.FOOT).under(slow).route([LOW, HIGH]).seconds == pytest.approx(
        1.5 * streets.by(Kind.FOOT).route([LOW, HIGH]).seconds, abs=2
    )


def test_straight_lines_have_the_pace_of_their_kind():
    lines = StraightLines()
    times = {kind: lines.by(kind).route([LOW, HILL]).seconds for kind in Kind}
    assert times[Kind.LIGHT] < times[Kind.CARGO] < times[Kind.TRAILER] < times[Kind.FOOT]
    assert lines.by(Kind.CARGO) == lines
    assert lines.by(Kind.FOOT) != lines
    assert lines.by(Kind.FOOT).matrix([LOW, HILL]).distances == lines.matrix([LOW, HILL]).distances


def test_the_table_is_whole_and_names_go_both_ways():
    assert set(MANNERS) == set(Kind)
    assert [kind_of(profile_of(kind)) for kind in Kind] == list(Kind)
    assert kind_of("hovercraft") == Kind.CARGO
