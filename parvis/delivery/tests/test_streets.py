"""Ways along real tiles of a small town, and straight lines wherever there are none."""

import threading

import pytest

from parvis.core.geo import Point, distance_m
from parvis.core.osm import cycle_network
from parvis.core.tests.osm_files import Drawing
from parvis.delivery.clients.straight import DETOUR, StraightLines
from parvis.delivery.clients.streets import ValhallaStreets, streets_for
from parvis.towns.clients.tiles import build_tiles

WEST, EAST, NORTH = Point(2.0012, 48.0101), Point(2.0188, 48.0101), Point(2.0101, 48.0185)
ISLAND_A, ISLAND_B = Point(2.0005, 48.0005), Point(2.0025, 48.0005)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """A cross of streets, a short cut by stairs from west to north, and an island that nothing joins."""
    folder = tmp_path_factory.mktemp("streets")
    d = Drawing()
    row = [d.node(2.000 + i / 1000, 48.010) for i in range(21)]
    column = [d.node(2.010, 48.010 + i / 1000) for i in range(1, 11)]
    d.way(row, highway="tertiary", name="Rue Haute")
    d.way([row[10], *column], highway="residential", name="Rue du Nord")
    d.way([row[2], column[7]], highway="steps", name="Escalier")
    d.street([(2.000, 48.0005), (2.003, 48.0005)], name="Île")
    cycle_network(d.write(folder / "town.osm"), folder / "town.osm.pbf")
    made = folder / "tiles"
    made.mkdir()
    build_tiles(folder / "town.osm.pbf", made)
    return made


@pytest.fixture(scope="module")
def streets(tiles):
    return ValhallaStreets(tiles)


def test_along_the_streets(streets):
    route = streets.route([WEST, EAST])
    assert route.metres == pytest.approx(distance_m(WEST, EAST), rel=0.03)
    assert 10 < route.metres / route.seconds * 3.6 < 20
    assert distance_m(Point(*route.geometry[0]), WEST) < 20
    assert route.legs[0].seconds == route.seconds


def test_stairs_are_no_way_for_a_cargo_bike(streets):
    around = distance_m(WEST, Point(2.010, 48.010)) + distance_m(Point(2.010, 48.010), NORTH)
    assert streets.route([WEST, NORTH]).metres == pytest.approx(around, rel=0.03)


def test_a_matrix_is_square_and_says_what_the_route_says(streets):
    points = [WEST, EAST, NORTH]
    matrix = streets.matrix(points)
    assert [matrix.durations[i][i] for i in range(3)] == [0, 0, 0]
    assert matrix.distances[0][1] == pytest.approx(streets.route([WEST, EAST]).metres, abs=15)
    assert all(isinstance(x, int) for row in (*matrix.durations, *matrix.distances) for x in row)


def test_two_hundred_and_fifty_places_at_once(streets):
    points = [Point(2.001 + n * 0.00007, 48.0101) for n in range(250)]
    matrix = streets.matrix(points)
    assert len(matrix.durations) == 250
    assert matrix.distances[0][249] > 1000


def test_a_route_of_several_legs_and_its_directions(streets):
    route = streets.route([WEST, EAST, NORTH])
    assert len(route.legs) == 2
    assert sum(leg.metres for leg in route.legs) == route.metres
    assert any("Rue du Nord" in turn for turn in route.directions("fr"))
    assert route.directions("fr") != route.directions("nl") != route.directions("en")


def test_a_place_off_the_map_gets_the_straight_line(streets):
    elsewhere = Point(2.3, 48.3)
    matrix = streets.matrix([WEST, elsewhere, EAST])
    assert matrix.distances[0][1] == round(distance_m(WEST, elsewhere) * DETOUR)
    assert matrix.distances[0][2] == pytest.approx(distance_m(WEST, EAST), rel=0.03)  # the others keep their streets
    assert streets.route([WEST, elsewhere]).metres == matrix.distances[0][1]


def test_an_island_gets_the_straight_line(streets):
    matrix = streets.matrix([WEST, ISLAND_A, ISLAND_B])
    assert matrix.distances[0][1] == round(distance_m(WEST, ISLAND_A) * DETOUR)
    route = streets.route([WEST, EAST, ISLAND_A])
    assert route.legs[1].metres == round(distance_m(EAST, ISLAND_A) * DETOUR)
    assert len(route.geometry) > 2


@pytest.mark.parametrize("points", [[], [WEST]])
def test_hardly_any_place(streets, points):
    for network in (streets, StraightLines()):
        assert len(network.matrix(points).durations) == len(points)
        assert network.route(points).metres == 0


def test_many_threads_share_it(streets):
    expected = streets.route([WEST, EAST]).metres
    found = []
    threads = [threading.Thread(target=lambda: found.append(streets.route([WEST, EAST]).metres)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 16


def test_straight_lines_ride_at_fourteen():
    route = StraightLines().route([WEST, EAST])
    assert route.metres == round(distance_m(WEST, EAST) * 1.35)
    assert route.metres / route.seconds * 3.6 == pytest.approx(14, rel=0.01)
    assert route.directions("fr") == []


def test_the_town_says_which_it_has(town, settings, tiles, tmp_path):
    settings.VAR_DIR = tiles.parent
    assert streets_for(town).kind == "straight"
    assert "straight lines" in str(streets_for(town).said)
    town.street_tiles = tiles.name
    assert (streets_for(town).kind, streets_for(town).said) == ("valhalla", "")
    assert streets_for(town) is streets_for(town)  # loaded once for the process
    town.street_tiles = "gone"
    assert "missing" in streets_for(town).said


@pytest.mark.parametrize("content", [b"", b"not a tile", bytes(range(256)) * 40])
def test_broken_tiles_are_said_and_the_day_goes_on(town, settings, tmp_path, content):
    settings.VAR_DIR = tmp_path
    tile = tmp_path / "broken" / "2" / "000" / "784" / "104.gph"
    tile.parent.mkdir(parents=True)
    tile.write_bytes(content)
    town.street_tiles = "broken"
    network = streets_for(town)
    assert (network.kind, "cannot be read" in network.said) == ("straight", True)
    assert network.matrix([WEST, EAST]).distances[0][1] == round(distance_m(WEST, EAST) * DETOUR)


def test_the_ways_of_one_place_are_those_of_the_matrix(streets):
    """Also for a place on an island, and for one on no street at all."""
    others = [EAST, NORTH, ISLAND_A, Point(2.3, 48.3)]
    for place, those in ((WEST, others[:2]), (WEST, others), (Point(2.4, 48.4), others)):
        whole = streets.matrix([place, *those])
        out, back = streets.ways_of(place, those)
        assert [leg.seconds for leg in out] == pytest.approx(whole.durations[0][1:], abs=5)
        assert [leg.metres for leg in out] == pytest.approx(whole.distances[0][1:], abs=15)
        assert [leg.seconds for leg in back] == pytest.approx([row[0] for row in whole.durations[1:]], abs=5)
        assert [leg.metres for leg in back] == pytest.approx([row[0] for row in whole.distances[1:]], abs=15)


def test_straight_ways_of_one_place():
    lines = StraightLines()
    out, back = lines.ways_of(WEST, [EAST, NORTH])
    assert [leg.metres for leg in out] == list(lines.matrix([WEST, EAST, NORTH]).distances[0][1:])
    assert back == out
