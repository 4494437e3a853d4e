"""``parvis town``: a working town from a file, or one sentence and nothing written."""

import json
import subprocess
import sys
from datetime import date

import pytest
from django.conf import settings as installed
from django.test import Client

from parvis.config import cli
from parvis.core.tests.osm_files import Drawing, small_town
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.models import Hub
from parvis.demo import builders
from parvis.market.models import Market
from parvis.places.models import Place
from parvis.towns.addresses import geocode
from parvis.towns.models import Address, Town

pytestmark = pytest.mark.django_db
DATA = installed.DATA_DIR


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def bourg(tmp_path):
    return small_town(tmp_path / "bourg.osm")


@pytest.fixture
def parvis(capsys, monkeypatch):
    """``parvis(*words)``: the exit code, what was printed, what was said."""
    monkeypatch.setattr("parvis.config.serve.prepare", lambda: None)  # the test's database is up to date

    def command(*words):
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def files(var):
    return sorted(path.name for path in (var / "streets").iterdir()) if (var / "streets").exists() else []


def test_a_town_works_at_once(parvis, bourg, var):
    code, out, err = parvis("town", "create", "bourg", "--osm", bourg)
    assert code == 0, err
    assert out.count("\n") == 1
    summary = json.loads(out)
    counted = {"places": 4, "addresses": 10, "street_ways": 3, "opening_hours_read": 2, "opening_hours_unread": 1}
    assert summary.items() >= counted.items()
    assert summary["seconds"] > 0
    town = Town.objects.get(slug="bourg")
    assert (town.name, town.country, town.currency, town.timezone) == ("Bourg", "FR", "EUR", "Europe/Paris")
    assert (town.official_code, town.languages, town.is_demo) == ("35999", ["fr"], False)
    assert town.sources[0]["attribution"] == "© OpenStreetMap contributors, ODbL"
    assert streets_for(town).kind == "valhalla"
    assert geocode(town, "3, rue haute").number == "3"
    assert files(var) == ["bourg"]
    assert Market.objects.get(town=town).bike_fee_cents > 0
    assert Hub.objects.get(town=town).address == "2 Rue Basse, 35600"


def test_its_places_say_what_the_map_says(parvis, bourg):
    parvis("town", "create", "bourg", "--osm", bourg)
    bakery = Place.objects.get(slug="au-bon-pain")
    assert (bakery.category, bakery.address, bakery.hours_read) == ("bakery", "2 Rue Haute", True)
    assert (bakery.website, bakery.source_date) == ("https://bonpain.example", date(2024, 5, 1))
    florist = Place.objects.get(slug="au-bon-pain-2")
    assert (florist.category, florist.address) == ("florist", "2 Rue Basse, 35600")  # the door it stands beside
    pharmacy = Place.objects.get(category="pharmacy")
    assert (pharmacy.opening_hours, pharmacy.hours_read) == ("", False)  # days without hours say nothing for sure
    assert pharmacy.hours_text == "lundi au samedi"


def test_its_pages_answer(parvis, bourg):
    parvis("town", "create", "bourg", "--osm", bourg)
    visitor = Client(headers={"host": "bourg.localhost"})
    for address in ("/places/", "/places/au-bon-pain/", "/addresses/?q=rue+haute"):
        assert visitor.get(address).status_code == 200


def test_what_is_said_wins_over_what_is_guessed(parvis, bourg):
    said = ["--name", "Genf", "--country", "CH", "--languages", "fr, en", "--timezone", "Europe/Zurich", "--demo"]
    code, _, err = parvis("town", "create", "genf", "--osm", bourg, *said)
    assert code == 0, err
    town = Town.objects.get(slug="genf")
    assert (town.name, town.currency, town.languages, town.is_demo) == ("Genf", "CHF", ["fr", "en"], True)
    assert Market.objects.get(town=town).bike_fee_vat_bp == 810


def test_a_boundary_of_one_s_own_keeps_to_itself(parvis, bourg, tmp_path):
    square = [[2.0105, 48.009], [2.012, 48.009], [2.012, 48.0105], [2.0105, 48.0105], [2.0105, 48.009]]
    other = [[[2.5, 48.5], [2.6, 48.5], [2.6, 48.6], [2.5, 48.5]]]
    shape = tmp_path / "communes.geojson"
    features = [
        {"type": "Feature", "properties": {"nom": "Bourg"}, "geometry": {"type": "Polygon", "coordinates": [square]}},
        {"type": "Feature", "properties": {"nom": "Loin"}, "geometry": {"type": "Polygon", "coordinates": other}},
    ]
    shape.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    code, out, err = parvis("town", "create", "bourg", "--osm", bourg, "--boundary", shape)
    assert code == 0, err
    assert "the file given" in out
    assert Town.objects.get().boundary["coordinates"][0][0] == [2.0105, 48.009]
    assert parvis("town", "create", "loin", "--osm", bourg, "--boundary", shape)[0] == 2
    assert not Town.objects.filter(slug="loin").exists()


def test_the_same_town_twice(parvis, bourg, var):
    parvis("town", "create", "bourg", "--osm", bourg)
    before = Address.objects.count()
    code, out, err = parvis("town", "create", "bourg", "--osm", bourg)
    assert (code, out) == (2, "")
    assert "There is already a town bourg here" in err.splitlines()[-1]
    assert (Address.objects.count(), files(var)) == (before, ["bourg"])


def nowhere(tmp_path):
    d = Drawing()
    d.street([(2.0, 48.0), (2.01, 48.01)])
    return d.write(tmp_path / "nowhere.osm")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["bourg", "--osm", "missing.osm"], "There is no file missing.osm"),
        (["Le Bourg", "--osm", "{bourg}"], "small letters"),
        (["x", "--osm", "{nowhere}"], "--country"),
        (["x", "--osm", "{bourg}", "--languages", "fr,xx"], "does not speak xx"),
        (["x", "--osm", "{bourg}", "--timezone", "Europe/Bourg"], "no time zone Europe/Bourg"),
        (["x", "--osm", "{bourg}", "--boundary", "missing.geojson"], "missing.geojson cannot be read"),
        (["x", "--osm", "{bourg}", "--boundary", "{bourg}"], "is not GeoJSON"),
    ],
)
def test_one_sentence_and_nothing_written(parvis, bourg, tmp_path, var, words, sentence):
    words = [word.format(bourg=bourg, nowhere=nowhere(tmp_path)) for word in words]
    code, out, err = parvis("town", "create", *words)
    assert (code, out) == (2, "")
    assert sentence in err.splitlines()[-1]
    assert not Town.objects.exists()
    assert files(var) == []


@pytest.mark.parametrize("blow", [KeyboardInterrupt, RuntimeError("disk full")])
def test_what_is_interrupted_leaves_nothing(parvis, bourg, var, monkeypatch, blow):
    def fail(*args, **kwargs):
        raise blow

    monkeypatch.setattr("parvis.config.town_command.open_market", fail)
    if blow is KeyboardInterrupt:
        assert parvis("town", "create", "bourg", "--osm", bourg)[0] == 130
    else:
        with pytest.raises(RuntimeError):
            parvis("town", "create", "bourg", "--osm", bourg)
    assert not Town.objects.exists()
    assert not Address.objects.exists()
    assert files(var) == []


def test_tiles_left_by_a_town_that_is_gone_are_replaced(parvis, bourg, var):
    (var / "streets" / "bourg").mkdir(parents=True)
    (var / "streets" / "bourg" / "old").touch()
    assert parvis("town", "create", "bourg", "--osm", bourg)[0] == 0
    assert not (var / "streets" / "bourg" / "old").exists()


def test_listing_and_deleting(parvis, bourg, var, town, at, monkeypatch):
    builders.make_product(builders.make_shop(town))
    parvis("town", "create", "bourg", "--osm", bourg)
    assert parvis("town", "list")[1].splitlines() == [
        "bourg\tBourg\tFR",
        "issy\tIssy-les-Moulineaux\tFR (demonstration)",
    ]
    monkeypatch.setattr("builtins.input", lambda question: "no")
    assert parvis("town", "delete", "bourg")[0] == 2
    assert Town.objects.count() == 2
    assert parvis("town", "delete", "bourg", "--yes")[0] == 0
    assert files(var) == []
    assert list(Town.objects.values_list("slug", flat=True)) == ["issy"]  # the neighbour keeps all it has
    assert Place.objects.filter(town=town).exists()
    shared = builders.make_agreement(builders.make_hub(town), guest=builders.make_town("ivry", name="Ivry"), at=at)
    assert parvis("town", "delete", "ivry", "--yes")[0] == 2, "what two towns share is not one town's to delete"
    shared.shared_hubs.all().delete()
    shared.delete()
    assert parvis("town", "delete", "issy", "--yes")[0] == 0
    assert not Place.objects.exists()
    assert parvis("town", "delete", "nowhere", "--yes")[0] == 2


def test_help_names_everything():
    said = subprocess.run(
        [sys.executable, "-m", "parvis", "town", "create", "--help"], capture_output=True, text=True, check=True
    )
    for word in ("--osm", "--name", "--country", "--languages", "--timezone", "--boundary", "--demo"):
        assert word in said.stdout


def real(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"needs {path} (set PARVIS_DATA)")
    return path


@pytest.mark.data
@pytest.mark.parametrize(
    ("slug", "file", "name", "addresses", "read"),
    [
        ("redon", "redon/redon.osm", "Redon", 120, 12),
        ("paris9", "paris9/paris9-2021.osm", "Paris 9e Arrondissement", 780, 110),
    ],
)
def test_real_small_towns(parvis, slug, file, name, addresses, read):
    code, out, err = parvis("town", "create", slug, "--osm", real(file))
    assert code == 0, err
    summary = json.loads(out)
    assert summary["name"] == name
    assert summary["addresses"] >= addresses
    assert summary["opening_hours_read"] >= read
    assert summary["opening_hours_unread"] <= 2


@pytest.mark.data
@pytest.mark.timeout(240)
def test_the_whole_of_geneva(parvis):
    code, out, err = parvis("town", "create", "geneva", "--osm", real("geneva/geneva.osm.pbf"))
    assert code == 0, err
    summary = json.loads(out)
    town = Town.objects.get(slug="geneva")
    assert (town.name, town.country, town.currency, town.official_code) == ("Genève", "CH", "CHF", "6621")
    assert summary["street_ways"] == 14_574
    assert Place.objects.filter(town=town).count() == summary["places"] > 2_500
    assert summary["addresses"] > 8_000
    assert summary["opening_hours_read"] / (summary["opening_hours_read"] + summary["opening_hours_unread"]) > 0.97
    assert summary["backdrop_kilobytes"] < 400
    assert str(geocode(town, "12 rue du Rhône")) == "12 Rue du Rhône, 1204 Genève"
    some = [a.point for a in Address.objects.filter(town=town).order_by("pk")[:300:3]]
    streets = streets_for(town)
    matrix = streets.matrix(some)
    assert streets.kind == "valhalla"
    assert max(map(max, matrix.distances)) < 15_000


def test_its_map_is_drawn_and_goes_with_it(parvis, bourg, var):
    code, out, err = parvis("town", "create", "bourg", "--osm", bourg)
    assert code == 0, err
    assert "map_megabytes" in json.loads(out)
    town = Town.objects.get(slug="bourg")
    page = Client(headers={"host": "bourg.localhost"}).get("/map/").content.decode()
    assert f"/map/tiles/{town.basemap.rpartition('/')[2]}/streets.pmtiles" in page
    assert parvis("town", "delete", "bourg", "--yes")[0] == 0
    assert list((var / "basemaps").iterdir()) == []
