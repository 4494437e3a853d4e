"""Extracts are read as they come: whole, cut, unsorted, or not extracts at all."""

import json

import osmium
import pytest

from parvis.core.osm import UnreadableExtract, backdrop, choose_boundary, cycle_network, read
from parvis.core.tests.osm_files import Drawing, small_town


@pytest.fixture(scope="module")
def bourg(tmp_path_factory):
    return read(small_town(tmp_path_factory.mktemp("osm") / "bourg.osm"))


def doors(extract):
    return {(d.number, d.street, d.postcode, d.city) for d in extract.doors}


def test_doors_are_one_each_and_complete_each_other(bourg):
    assert ("2", "Rue Basse", "35600", "") in doors(bourg)  # its postcode is the next door's
    assert {("4", "Rue Basse", "35600", ""), ("6", "Rue Basse", "35600", "")} <= doors(bourg)  # "4;6" is two doors
    assert sum(d.number == "2" and d.street == "Rue Haute" for d in bourg.doors) == 1  # the bakery stands in it
    assert len(bourg.doors) == 10
    assert bourg.door_objects == 10


def test_places_streets_and_land(bourg):
    assert {p.name for p in bourg.places} >= {"Au Bon Pain", "Pharmacie Haute", "Parc du Bourg"}
    assert bourg.street_ways == 3
    assert (len(bourg.major_roads), len(bourg.minor_roads)) == (1, 1)
    assert (len(bourg.water), len(bourg.green)) == (1, 1)
    assert bourg.countries["FR"] == 7
    assert bourg.dated.isoformat() == "2024-05-01"


def test_a_whole_boundary(bourg):
    found = choose_boundary(bourg, slug="anything")
    assert (found.kind, found.name, found.code) == ("whole", "Bourg", "35999")
    assert found.geometry["type"] == "Polygon"
    assert (found.centre.lon, found.centre.lat) == (2.010, 48.0105)


def test_a_backdrop_is_small_plain_json(bourg):
    drawn = backdrop(bourg)
    assert set(drawn) == {"roads_major", "roads", "water", "green"}
    assert len(drawn["roads_major"][0]) == 2  # a straight street needs its ends only
    assert all(round(x, 5) == x for line in drawn["water"] for point in line for x in point)
    assert len(json.dumps(backdrop(bourg, max_bytes=10))) < 1000


def test_a_boundary_that_the_extract_cuts_is_closed_along_its_edge(tmp_path):
    d = Drawing()
    d.street([(2.001, 48.011), (2.019, 48.011)])
    centre = d.node(2.005, 48.01, place="town", name="Ouest")
    border = d.way([d.node(2.010, 48.001), d.node(2.011, 48.010), d.node(2.010, 48.019)])
    d.relation([("n", centre, "admin_centre"), ("w", border, "outer"), ("w", 999_999, "outer")],
               type="boundary", boundary="administrative", admin_level="8", name="Ouest")  # fmt: skip
    found = choose_boundary(read(d.write(tmp_path / "cut.osm")), slug="ouest")
    assert found.kind == "cut"
    longitudes = [lon for lon, _ in found.geometry["coordinates"][0]]
    assert min(longitudes) == pytest.approx(2.0)
    assert max(longitudes) == pytest.approx(2.011)


def test_a_lake_and_a_river_that_the_extract_cuts_are_drawn_where_nobody_lives(tmp_path):
    d = Drawing()
    d.street([(2.001, 48.005), (2.009, 48.005)])
    for n in range(1, 30):
        d.node(2.001 + n / 4000, 48.0052, addr__housenumber=str(n), addr__street="Rue du Lac")
        d.node(2.0155 + n / 10_000, 48.0052, addr__housenumber=str(n), addr__street="Rue d'en Face")
    d.street([(2.015, 48.005), (2.019, 48.005)])
    left = d.way([d.node(2.0100, 48.002), d.node(2.0100, 48.015)])
    right = d.way([d.node(2.0110, 48.002), d.node(2.0110, 48.015)])
    d.way([d.node(2.0105, 48.001), d.node(2.0105, 48.019)], waterway="river")
    d.relation(
        [("w", left, "outer"), ("w", right, "outer"), ("w", 999_999, "outer")], type="multipolygon", natural="water"
    )
    extract = read(d.write(tmp_path / "lake.osm"))
    assert len(extract.water) == 1
    assert extract.water[0].bounds == pytest.approx((2.010, 48.0, 2.011, 48.02))


@pytest.mark.parametrize(
    ("slug", "name", "expected"),
    [("nord", "", "Nord"), ("paris9", "", "Paris 9e Arrondissement"), ("x", "Süd", "Süd"), ("east", "", "Est")],
)
def test_the_commune_is_found_by_any_of_its_names(tmp_path, slug, name, expected):
    d = Drawing()
    d.street([(2.001, 48.011), (2.019, 48.011)])
    for title, level, also in (
        ("Nord", "8", {}), ("Paris", "8", {}), ("Paris 9e Arrondissement", "9", {}), ("Süd", "8", {}),
        ("Est", "8", {"name__en": "East"}),
    ):  # fmt: skip
        d.relation([], type="boundary", boundary="administrative", admin_level=level, name=title, **also)
    found = choose_boundary(read(d.write(tmp_path / "many.osm")), slug=slug, name=name)
    assert (found.kind, found.name) == ("extract", expected)  # no line of it is there: its name is known all the same


def test_houses_of_an_associated_street_have_its_name(tmp_path):
    d = Drawing()
    street = d.street([(2.001, 48.011), (2.019, 48.011)], name="Rue Cachée")
    house = d.node(2.005, 48.0112, addr__housenumber="3")
    d.relation([("w", street, "street"), ("n", house, "house")], type="associatedStreet")
    assert [(x.number, x.street) for x in read(d.write(tmp_path / "a.osm")).doors] == [("3", "Rue Cachée")]


def test_numbers_out_of_order_are_sorted_first(tmp_path):
    path = small_town(tmp_path / "sorted.osm")
    lines = path.read_text().splitlines()
    ways = [line for line in lines if line.startswith("<way")]
    shuffled = [line for line in lines if not line.startswith("<way")]
    at = next(i for i, line in enumerate(shuffled) if line.startswith("<relation"))
    other = tmp_path / "unsorted.osm"
    other.write_text("\n".join(shuffled[:at] + ways[::-1] + shuffled[at:]))
    assert doors(read(other)) == doors(read(path))


def test_a_file_without_bounds_gives_its_own(tmp_path):
    d = Drawing(bounds=None)
    d.street([(2.001, 48.011), (2.019, 48.013)])
    assert read(d.write(tmp_path / "b.osm")).frame == pytest.approx((2.001, 48.011, 2.019, 48.013), abs=0.001)


def test_what_a_file_is_called_does_not_matter(tmp_path):
    path = small_town(tmp_path / "bourg.osm")
    odd = path.rename(tmp_path / "download")
    assert read(odd).street_ways == 3


def test_no_stairs_for_cargo_bikes(tmp_path):
    target = tmp_path / "network.osm.pbf"
    cycle_network(small_town(tmp_path / "bourg.osm"), target)
    ways = [dict(w.tags) for w in osmium.FileProcessor(str(target), osmium.osm.WAY) if "highway" in w.tags]
    assert sorted((w["highway"], w.get("bicycle", "")) for w in ways) == [
        ("residential", ""),
        ("secondary", ""),
        ("steps", "no"),
    ]


@pytest.mark.parametrize(
    ("incline", "said"),
    [("15%", "dismount"), ("-12 %", "dismount"), ("11.9%", None), ("up", None), ("12.5%", "dismount"), ("1/5", None)],
)
def test_where_it_is_steep_bikes_are_pushed(tmp_path, incline, said):
    d = Drawing()
    d.street([(2.001, 48.001), (2.01, 48.01)], incline=incline)
    cycle_network(d.write(tmp_path / "hill.osm"), tmp_path / "hill.osm.pbf")
    ways = osmium.FileProcessor(str(tmp_path / "hill.osm.pbf"), osmium.osm.WAY)
    assert [way.tags.get("bicycle") for way in ways] == [said]


def test_what_is_forbidden_stays_forbidden_however_steep(tmp_path):
    d = Drawing()
    d.street([(2.001, 48.001), (2.01, 48.01)], incline="20%", bicycle="no")
    cycle_network(d.write(tmp_path / "hill.osm"), tmp_path / "hill.osm.pbf")
    ways = osmium.FileProcessor(str(tmp_path / "hill.osm.pbf"), osmium.osm.WAY)
    assert [way.tags.get("bicycle") for way in ways] == ["no"]


def broken(tmp_path, name, content):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.osm", None, "There is no file"),
        ("empty.osm.pbf", b"", "is empty"),
        ("letter.osm", b"Dear sir or madam", "is not OpenStreetMap data"),
        ("page.osm", b"<?xml version='1.0'?><html></html>", "is not OpenStreetMap data that can be read"),
        ("cut.osm", b"<?xml version='1.0'?><osm version='0.6'><node id='1' lat='48'", "is cut off"),
        ("cut.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\x7c\x10", "cut off|cannot|can be read"),
        ("bare.osm", b"<osm version='0.6'></osm>", "holds no street"),
    ],
)
def test_one_sentence_for_a_bad_file(tmp_path, name, content, sentence):
    path = broken(tmp_path, name, content)
    with pytest.raises(UnreadableExtract, match=sentence) as refused:
        read(path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_nobody_names_is_found_too(tmp_path):
    drawing = Drawing()
    drawing.street([(2.001, 48.001), (2.01, 48.01)], name="Rue Haute")
    drawing.node(2.002, 48.002, amenity="drinking_water")
    drawing.node(2.003, 48.003, emergency="defibrillator")
    drawing.node(2.004, 48.004, amenity="bench")
    drawing.node(2.005, 48.005, shop="bakery")
    found = read(drawing.write(tmp_path / "bourg.osm")).places
    assert [(place.name, place.point.lon) for place in found] == [("", 2.002), ("", 2.003)]
