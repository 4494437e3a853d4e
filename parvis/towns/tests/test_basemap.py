"""The drawn map of a town: made from an extract, in place at once, its files read by its own town only."""

import bz2
import shutil

import pyogrio
import pytest
from django.conf import settings as installed
from django.utils import timezone

from parvis.core.errors import Refusal
from parvis.core.tests.osm_files import small_town
from parvis.towns import basemaps
from parvis.towns.clients.basemap import FILES, build_basemap
from parvis.towns.clients.basemap_drawing import _area_kind, _line_kind

AROUND = (-1.95, 47.9, -1.6, 48.2)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def bourg(tmp_path):
    return small_town(tmp_path / "bourg.osm")


def kinds(file):
    meta, _ids, _shapes, columns = pyogrio.raw.read(file)
    return set(columns[list(meta["fields"]).index("kind")])


def test_streets_of_a_real_town_are_drawn(tmp_path):
    extract = installed.DATA_DIR / "redon" / "redon.osm"
    if not extract.exists():
        pytest.skip("needs the extract of Redon (PARVIS_DATA)")
    build_basemap(extract, tmp_path / "map", (-2.2, 47.5, -2.0, 47.8))
    assert kinds(tmp_path / "map" / "streets.pmtiles") >= {"street", "major", "water", "green", "place"}
    assert kinds(tmp_path / "map" / "near.pmtiles") == {"building", "path"}
    assert kinds(tmp_path / "map" / "far.pmtiles") >= {"major", "water"}
    total = sum(file.stat().st_size for file in (tmp_path / "map").iterdir())
    assert total < 200_000


def test_an_extract_may_be_packed(bourg, tmp_path):
    packed = tmp_path / "bourg.osm.bz2"
    with bourg.open("rb") as plain, bz2.open(packed, "wb") as target:
        shutil.copyfileobj(plain, target)
    build_basemap(packed, tmp_path / "map", AROUND)
    assert sorted(file.stem for file in (tmp_path / "map").iterdir()) == sorted(FILES)


def test_what_is_no_map_is_one_sentence(tmp_path):
    (tmp_path / "letter.txt").write_text("Dear town")
    with pytest.raises(Refusal, match="The map could not be drawn"):
        build_basemap(tmp_path / "letter.txt", tmp_path / "map", AROUND)


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"highway": "residential"}, "street"),
        ({"highway": "trunk_link"}, "motorway"),
        ({"highway": "service", "service": "driveway"}, ""),
        ({"highway": "footway", "access": "private"}, ""),
        ({"highway": "proposed"}, ""),
        ({"railway": "tram"}, "rail"),
        ({"railway": "subway"}, ""),
        ({"waterway": "stream", "tunnel": "culvert"}, ""),
        ({"waterway": "canal"}, "river"),
    ],
)
def test_kinds_of_lines(tags, kind):
    assert _line_kind(tags) == kind


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"building": "yes", "leisure": "park"}, "building"),
        ({"building": "no", "leisure": "park"}, "green"),
        ({"natural": "water"}, "water"),
        ({"highway": "pedestrian"}, "square"),
        ({"landuse": "residential"}, ""),
    ],
)
def test_kinds_of_areas(tags, kind):
    assert _area_kind(tags) == kind


def test_a_town_is_drawn_again_and_forgets_the_old_drawing(town, bourg, var):
    town.boundary = {
        "type": "Polygon",
        "coordinates": [[[-1.9, 48], [-1.7, 48], [-1.7, 48.1], [-1.9, 48.1], [-1.9, 48]]],
    }
    town.basemap = f"basemaps/{town.slug}/old"
    (var / town.basemap).mkdir(parents=True)
    drawing = basemaps.redraw(town, bourg, at=timezone.now())
    town.refresh_from_db()
    assert town.basemap == drawing.name
    assert [folder.name for folder in (var / "basemaps" / town.slug).iterdir()] == [drawing.name.rpartition("/")[2]]
    assert basemaps.file_of(town, drawing.name.rpartition("/")[2], "far").stat().st_size > 100
    basemaps.remove(town)
    assert list((var / "basemaps").iterdir()) == []


def test_a_drawing_that_fails_leaves_nothing(town, tmp_path, var):
    (tmp_path / "letter.txt").write_text("Dear town")
    with pytest.raises(Refusal), basemaps.drawn("issy", tmp_path / "letter.txt", None, AROUND):
        pass
    assert list((var / "basemaps").iterdir()) == []


@pytest.mark.parametrize(
    ("version", "name"), [("old", "far"), ("new", "../far"), ("new", "secret"), ("../new", "far"), ("", "far")]
)
def test_only_the_files_of_the_current_drawing(town, var, version, name):
    town.basemap = f"basemaps/{town.slug}/new"
    (var / town.basemap).mkdir(parents=True)
    (var / town.basemap / "far.pmtiles").write_bytes(b"PMTiles")
    assert basemaps.file_of(town, "new", "far")
    assert basemaps.file_of(town, version, name) is None
