"""``parvis town refresh``: a newer extract, without losing what merchants changed."""

import json

import pytest
from django.conf import settings as installed
from django.utils import timezone

from parvis.config import bench_imports, cli
from parvis.core.tests.osm_files import Drawing, small_town
from parvis.delivery.clients.streets import streets_for
from parvis.people.models import Organisation
from parvis.places.actions.entries import change_place
from parvis.places.models import Change, Conflict, ImportRun, Place
from parvis.towns.addresses import geocode
from parvis.towns.models import Address, Town

pytestmark = pytest.mark.django_db
BAKERY = 'v="Tu-Su 07:00-19:30"'


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path / "var"
    return settings.VAR_DIR


@pytest.fixture
def parvis(capsys, monkeypatch):
    """``parvis(*words)``: the exit code, the lines printed, the summary, what was said."""
    monkeypatch.setattr("parvis.config.serve.prepare", lambda: None)

    def command(*words):
        code = cli.main([str(word) for word in words])
        captured = capsys.readouterr()
        lines = captured.out.splitlines()
        summary = json.loads(lines.pop()) if lines and lines[-1].startswith("{") else {}
        return code, lines, summary, captured.err

    return command


@pytest.fixture
def bourg(parvis, tmp_path):
    file = small_town(tmp_path / "bourg.osm")
    assert parvis("town", "create", "bourg", "--osm", file)[0] == 0
    return file


@pytest.fixture
def newer(bourg, tmp_path):
    """``newer((old, new), …)`` is the extract with these words replaced in its XML."""

    def write(*pairs):
        text = bourg.read_text()
        for old, new in pairs:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / "newer.osm"
        path.write_text(text)
        return path

    return write


def element(text, name):
    """The whole element that bears a name."""
    return next(line for line in text.splitlines() if f'v="{name}"' in line)


def test_the_same_extract_changes_nothing(parvis, bourg, var):
    before = list(Place.objects.order_by("pk").values())
    code, lines, summary, err = parvis("town", "refresh", "bourg", "--osm", bourg)
    assert (code, lines) == (0, []), err
    assert summary.items() >= {"new": 0, "changed": 0, "gone": 0, "same": 4, "conflicts": 0, "errors": 0}.items()
    assert summary["addresses"] == {"new": 0, "moved": 0, "gone": 0, "same": 10}
    assert list(Place.objects.order_by("pk").values()) == before
    assert not Change.objects.exists()
    town = Town.objects.get()
    assert streets_for(town).kind == "valhalla"
    assert len(list((var / "basemaps" / "bourg").iterdir())) == 1
    assert ImportRun.objects.get().applied_at is not None


def test_what_moved_is_told_then_written(parvis, bourg, newer):
    text = bourg.read_text()
    pharmacy = element(text, "Pharmacie Haute")
    path = newer(
        (BAKERY, 'v="Tu-Su 08:00-12:00"'),
        (pharmacy, pharmacy.replace('lon="2.013"', 'lon="2.0132"')),
        (element(text, "Parc du Bourg"), ""),
    )
    code, lines, _, err = parvis("town", "refresh", "bourg", "--osm", path, "--dry-run")
    assert code == 0, err
    assert [line.replace("\u00a0", " ") for line in lines] == [
        "~ 1: Au Bon Pain: opening hours: Tu-Su 07:00-19:30 → Tu-Su 08:00-12:00",
        "~ 2: Pharmacie Haute: position: 48.01010, 2.01300 → 48.01010, 2.01320 (15 m away)",
        "- Parc du Bourg",
    ]
    assert not Change.objects.exists()
    assert not ImportRun.objects.exists()
    code, again, written, err = parvis("town", "refresh", "bourg", "--osm", path)
    assert (code, again) == (0, lines), err
    assert {name: written[name] for name in ("changed", "moved", "gone")} == {"changed": 2, "moved": 1, "gone": 1}
    assert Place.objects.get(slug="au-bon-pain").opening_hours == "Tu-Su 08:00-12:00"
    assert Place.objects.get(slug="parc-du-bourg").gone_on is not None
    assert parvis("town", "refresh", "bourg", "--osm", path)[2]["changed"] == 0


def test_what_merchants_changed_stays(parvis, bourg, newer, at):
    bakery = Place.objects.select_related("town").get(slug="au-bon-pain")
    change_place(place=bakery, values={"opening_hours": "Mo 09:00-10:00"}, origin=Change.Origin.SHOP, at=at)
    Place.objects.filter(slug="parc-du-bourg").update(organisation=Organisation.objects.create(town=bakery.town))
    path = newer((BAKERY, 'v="Tu-Su 08:00-12:00"'), (element(bourg.read_text(), "Parc du Bourg"), ""))
    code, lines, summary, err = parvis("town", "refresh", "bourg", "--osm", path)
    assert code == 0, err
    assert summary["conflicts"] == 2
    assert lines == [
        "! 1: Au Bon Pain: opening hours: Mo 09:00-10:00 ≠ Tu-Su 08:00-12:00",
        "! Parc du Bourg (claimed)",
    ]
    bakery.refresh_from_db()
    assert bakery.opening_hours == "Mo 09:00-10:00"
    assert Place.objects.get(slug="parc-du-bourg").gone_on is None
    assert Conflict.objects.filter(settled_at=None).count() == 2


def test_addresses_and_streets_follow(parvis, bourg, newer):
    text = bourg.read_text()
    house = next(line for line in text.splitlines() if 'k="addr:housenumber" v="7"' in line)
    other = next(line for line in text.splitlines() if 'k="addr:housenumber" v="6"' in line)
    path = newer((house, house.replace('v="7"', 'v="77"')), (other, other.replace('lat="48.0101"', 'lat="48.0102"')))
    summary = parvis("town", "refresh", "bourg", "--osm", path)[2]
    assert summary["addresses"] == {"new": 1, "moved": 1, "gone": 1, "same": 8}
    town = Town.objects.get()
    assert geocode(town, "77 rue haute").number == "77"
    assert not Address.objects.filter(town=town, number="7").exists()


def test_addresses_of_another_source_stay(parvis, bourg):
    town = Town.objects.get()
    Address.objects.create(town=town, number="99", street="Rue Haute", lon=2.01, lat=48.01, source="BAN")
    Address.objects.filter(number="7").update(source="BAN", lon=2.0111)
    summary = parvis("town", "refresh", "bourg", "--osm", bourg)[2]
    assert summary["addresses"]["gone"] == summary["addresses"]["moved"] == 0
    assert Address.objects.get(number="7").lon == 2.0111


def test_a_part_of_the_town_closes_nothing_elsewhere(parvis, bourg, tmp_path):
    """What stands outside of the frame of an extract has not left."""
    d = Drawing(bounds=(2.0, 48.0, 2.0125, 48.0105))
    d.street([(2.0, 48.001), (2.01, 48.002)], name="Rue Neuve")
    code, lines, _, err = parvis("town", "refresh", "bourg", "--osm", d.write(tmp_path / "part.osm"))
    assert code == 0, err
    assert [line for line in lines if line.startswith("-")] == ["- Au Bon Pain"]


def test_another_town_is_refused(parvis, bourg, tmp_path, at):
    town = Town.objects.get()
    Place.objects.bulk_create(
        Place(town=town, slug=f"p{n}", name=f"P{n}", category="bakery", lon=2.01, lat=48.01, source="OpenStreetMap",
              source_ref=f"node/9{n}") for n in range(30)
    )  # fmt: skip
    d = Drawing()
    d.street([(2.0, 48.001), (2.01, 48.002)])
    other = d.write(tmp_path / "other.osm")
    code, _lines, _summary, err = parvis("town", "refresh", "bourg", "--osm", other)
    assert code == 2
    assert "is it the same town" in err
    assert not Place.objects.exclude(gone_on=None).exists()
    assert parvis("town", "refresh", "bourg", "--osm", other, "--missing", "keep")[0] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere", "--osm", "{bourg}"], "There is no town nowhere here"),
        (["bourg", "--osm", "missing.osm"], "There is no file missing.osm"),
        (["bourg", "--osm", "{empty}"], "is empty"),
    ],
)
def test_one_sentence(parvis, bourg, tmp_path, words, sentence):
    (tmp_path / "empty").write_bytes(b"")
    before = list(Place.objects.values())
    code, _, _, err = parvis("town", "refresh", *(w.format(bourg=bourg, empty=tmp_path / "empty") for w in words))
    assert code == 2
    assert sentence in err.splitlines()[-1]
    assert list(Place.objects.values()) == before


def test_an_error_at_the_end_leaves_the_old_town(parvis, bourg, newer, var, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("disk full")

    tiles = sorted(p.name for p in (var / "streets" / "bourg").rglob("*.gph"))
    monkeypatch.setattr("parvis.config.town_refresh.record_run", fails)
    with pytest.raises(RuntimeError):
        parvis("town", "refresh", "bourg", "--osm", newer((BAKERY, 'v="Mo 08:00-12:00"')))
    assert Place.objects.get(slug="au-bon-pain").opening_hours == "Tu-Su 07:00-19:30"
    assert sorted(p.name for p in (var / "streets" / "bourg").rglob("*.gph")) == tiles
    assert [p.name for p in (var / "streets").iterdir()] == ["bourg"]


@pytest.mark.data
@pytest.mark.timeout(600)
def test_geneva_again_and_changed(parvis, tmp_path):
    path = installed.DATA_DIR / "geneva" / "geneva.osm.pbf"
    if not path.exists():
        pytest.skip(f"needs {path} (set PARVIS_DATA)")
    assert parvis("town", "create", "geneva", "--osm", path)[0] == 0
    town = Town.objects.get(slug="geneva")
    code, lines, summary, err = parvis("town", "refresh", "geneva", "--osm", path, "--dry-run")
    assert (code, lines) == (0, []), err
    assert summary["same"] == Place.objects.filter(town=town).count() > 2500
    target = tmp_path / "varied.osm.pbf"
    varied = bench_imports.vary(path, target, bench_imports.refs_of(town), seed=3, each=20)
    did = bench_imports.disturb(town, varied)
    assert did == {"hours_changed_by_shops": 5, "claimed": 5}
    code, lines, summary, err = parvis("town", "refresh", "geneva", "--osm", target)
    assert code == 0, err
    expected = {"new": 20, "moved": 20, "gone": 15, "conflicts": 10, "errors": 0}
    assert {name: summary[name] for name in expected} == expected
    assert 20 + 20 + 15 <= summary["changed"] <= 65  # a door that moved may give its address to a neighbour
    assert bench_imports.outcome(town, varied) == {
        "hours_of_shops_kept": 5, "claimed_kept": 5, "closed": 15, "to_settle": 10,
    }  # fmt: skip
    assert timezone.now()
