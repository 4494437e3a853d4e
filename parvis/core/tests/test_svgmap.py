"""The town as a drawing: whole metres, nothing that a pixel cannot show."""

import re

import pytest

from parvis.core.svgmap import Marker, Route, draw, mark

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[2.26, 48.81], [2.29, 48.81], [2.29, 48.83], [2.26, 48.83], [2.26, 48.81]]],
}


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]


def test_the_whole_town_is_in_the_picture() -> None:
    town = draw(title="Issy", boundary=SQUARE)
    x, y, width, height = numbers(town.view_box)
    assert width == pytest.approx(2197 * 1.08, rel=0.01)  # 0.03 degrees of longitude at 48.82 north
    assert height == pytest.approx(2224 * 1.08, rel=0.01)
    assert (x, y) == pytest.approx((-width / 2, -height / 2), abs=1)
    assert town.land.startswith("M")
    assert town.land.endswith("z")
    assert "." not in town.land


def test_north_is_up_and_east_is_right() -> None:
    town = draw(title="Issy", boundary=SQUARE, markers=[Marker(2.289, 48.829, "north-east")])
    x, y = numbers(town.markers[0].transform)[:2]
    assert x > 0 > y


def test_a_town_of_several_pieces() -> None:
    pieces = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], SQUARE["coordinates"]]}
    assert draw(title="Two", boundary=pieces).land.count("M") == 2


def test_everything_may_be_missing() -> None:
    town = draw(title="Nothing")
    assert town.land == town.roads == town.water == ""
    assert numbers(town.view_box)[2] > 0


def test_only_markers() -> None:
    town = draw(title="Here", markers=[Marker(2.27, 48.82, "Hub", label="H", tone="hub", href="/hub/")])
    assert town.markers[0].css == "map__marker--hub"
    assert town.has_links
    assert numbers(town.view_box)[2] >= 400


def test_near_opens_on_the_round() -> None:
    line = [(2.27, 48.82), (2.272, 48.821)]
    whole = draw(title="a", boundary=SQUARE, routes=[Route(line)])
    near = draw(title="a", boundary=SQUARE, routes=[Route(line)], near=True)
    assert numbers(near.view_box)[2] < numbers(whole.view_box)[2] / 3


def test_colours_start_again_after_six() -> None:
    line = [(2.27, 48.82), (2.28, 48.82)]
    town = draw(title="a", routes=[Route(line, n) for n in range(1, 9)], markers=[Marker(2.27, 48.82, "x", route=7)])
    assert [route.colour for route in town.routes] == [1, 2, 3, 4, 5, 6, 1, 2]
    assert town.markers[0].css == "route-1"


def test_small_bends_go_and_short_back_streets_go_first() -> None:
    bends = [(2.26 + i * 0.000005, 48.82 + (i % 2) * 0.000001) for i in range(6000)]
    town = draw(title="a", boundary=SQUARE, backdrop={"roads_major": [bends]})
    assert len(town.roads_major) < 12_000
    streets = [[(2.26, 48.81 + i * 1e-6), (2.27 + i * 1e-6, 48.82), (2.28, 48.82)] for i in range(6000)]
    town = draw(title="a", boundary=SQUARE, backdrop={"roads": streets})
    assert 50_000 < len(town.roads) <= 60_000


def test_water_may_be_rings_or_polygons_and_rubbish_is_left_out() -> None:
    ring = SQUARE["coordinates"][0]
    town = draw(
        title="a", boundary=SQUARE, backdrop={"water": [ring, [ring]], "green": [[]], "roads": [[], [[2.27, 48.82]]]}
    )
    assert town.water.count("z") == 2
    assert town.green == town.roads == ""


def test_a_window_shows_just_that() -> None:
    roads = {"roads": [[[2.261, 48.811], [2.262, 48.812]], [[2.281, 48.821], [2.282, 48.822]]]}
    town = draw(title="Issy", boundary=SQUARE, backdrop=roads, window=(2.28, 48.82, 2.29, 48.83))
    assert town.roads.count("M") == 1
    width, height = numbers(town.view_box)[2:]
    assert (width, height) == pytest.approx((732, 1112), rel=0.01)


def test_a_kept_ground_takes_other_markers() -> None:
    ground = draw(title="", boundary=SQUARE)
    marked = mark(ground, [Marker(2.275, 48.82, "Bakery", label="123")], title="Issy", description="One place")
    assert (marked.title, marked.description, marked.land) == ("Issy", "One place", ground.land)
    assert marked.markers[0].radius > 11
    assert ground.markers == []
