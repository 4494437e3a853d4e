"""The French address base: what is read, what is refused, and a file that comes again."""

import csv
import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest
from django.conf import settings

from parvis.core.errors import Refusal
from parvis.core.geo import Point, distance_m
from parvis.core.models import AuditEntry
from parvis.core.osm import Door
from parvis.demo.builders import make_town
from parvis.towns.actions import import_addresses
from parvis.towns.addresses import geocode, nearest_address
from parvis.towns.ban import Removals, import_base
from parvis.towns.ban.reading import mended
from parvis.towns.models import Address

FILE = Path(settings.DATA_DIR) / "bondy" / "adresse.csv"
COLUMNS = [
    "id",
    "id_fantoir",
    "numero",
    "rep",
    "nom_voie",
    "code_postal",
    "code_insee",
    "nom_commune",
    "x",
    "y",
    "lon",
    "lat",
]


def row(number="12", street="Rue du Général Leclerc", **extra):
    values = {
        "id": f"92040_1234_{number.zfill(5)}{extra.get('rep', '')}",
        "numero": number,
        "nom_voie": street,
        "code_postal": "92130",
        "code_insee": "92040",
        "nom_commune": "Issy-les-Moulineaux",
        "lon": "2.2740",
        "lat": f"{48.82 + int(number or 0) / 10_000 if number.isdigit() else 48.82:.6f}",
    }
    return values | extra


@pytest.fixture
def bring(town, tmp_path, at):
    """``bring(rows…)`` writes a file of the base and imports it."""

    def import_rows(*rows, delimiter=";", **options):
        file = tmp_path / "adresses-92.csv"
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return import_base(town, file, at=at, **options)

    town.official_code = "92040"
    town.save()
    return import_rows


def doors(town):
    return sorted(str(door) for door in Address.objects.filter(town=town))


ISSY = "92130 Issy-les-Moulineaux"


def test_doors_are_read_with_their_key(town, bring):
    report = bring(row(), row("12", rep="bis"), row("14", rep="b"), row("3", "Allée des Lilas", id="L3"))
    assert (report.added, report.wrong) == (4, [])
    assert doors(town) == [
        f"12 Rue du Général Leclerc, {ISSY}",
        f"12 bis Rue du Général Leclerc, {ISSY}",
        f"14 B Rue du Général Leclerc, {ISSY}",
        f"3 Allée des Lilas, {ISSY}",
    ]
    assert geocode(town, "12bis rue du general leclerc").number == "12 bis"
    assert geocode(town, "3 alee des lilsa").source_ref == "L3"
    town.refresh_from_db()
    assert town.sources[-1]["attribution"].startswith("Base Adresse Nationale")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_commas_or_semicolons_and_lambert_where_degrees_are_missing(town, bring, delimiter):
    point = {"lon": "", "lat": "", "x": "646700.0", "y": "6858400.0"}
    bring(row("1", **point), row("2", **(point | {"lon": "NA", "lat": "NA"})), delimiter=delimiter)
    one, two = Address.objects.filter(town=town)
    assert distance_m(one.point, town.centre) < 1500
    assert one.point == two.point


def test_the_same_file_changes_nothing(town, bring):
    rows = [row(str(n)) for n in range(1, 20)]
    bring(*rows)
    before = list(Address.objects.order_by("pk").values())
    report = bring(*rows)
    assert report.figures == report.figures | {"same": 19, "added": 0, "moved": 0, "changed": 0, "removed": 0}
    assert list(Address.objects.order_by("pk").values()) == before
    assert AuditEntry.objects.filter(verb="town.addresses_imported").count() == 1


def test_a_newer_file_moves_renames_adds_and_removes(town, bring):
    bring(row("1"), row("2"), row("3"), row("4"))
    report = bring(
        row("1"),
        row("2", lon="2.2750"),
        row("3", "Rue Simone Veil", id=row("3")["id"]),
        row("5"),
    )
    assert report.figures | {"read": 4, "same": 1, "moved": 1, "changed": 1, "added": 1, "removed": 1} == report.figures
    assert Address.objects.get(town=town, number="2").lon == 2.2750
    assert doors(town) == [
        f"1 Rue du Général Leclerc, {ISSY}",
        f"2 Rue du Général Leclerc, {ISSY}",
        f"3 Rue Simone Veil, {ISSY}",
        f"5 Rue du Général Leclerc, {ISSY}",
    ]


def test_two_doors_change_places(town, bring):
    """The keys stay, the numbers are swapped: no moment at which two doors have one number."""
    bring(row("1", id="A"), row("2", id="B"))
    bring(row("2", id="A"), row("1", id="B"))
    assert dict(Address.objects.values_list("number", "source_ref")) == {"1": "B", "2": "A"}


def test_doors_of_another_source_are_taken_over_where_they_are_the_same(town, bring):
    osm = [
        Door("12", "rue du Général-Leclerc", "", "", Point(2.27, 48.82)),
        Door("12", "Rue du General Leclerc", "92130", "", Point(2.27, 48.82)),
        Door("99", "rue inconnue de la base", "92130", "", Point(2.27, 48.82)),
    ]
    import_addresses(town, osm, source="OpenStreetMap")
    report = bring(row(street="Rue du General Leclerc"))
    assert (report.added, report.taken_over, report.removed) == (0, 1, 1)
    assert sorted(Address.objects.values_list("street", "source")) == [
        ("Rue du General Leclerc", "BAN"),
        ("rue inconnue de la base", "OpenStreetMap"),
    ]
    assert bring(row(street="Rue du General Leclerc")).same == 1


def test_the_name_with_accents_stays(town, bring):
    bring(row(street="Allee des Peches"))
    bring(row(street="Allée des Pêches"))
    assert bring(row(street="ALLEE DES PECHES")).same == 1
    assert Address.objects.get().street == "Allée des Pêches"


def test_spoilt_letters_are_put_right(town, bring):
    report = bring(row(street="AllÃ©e de lâ€™Ã‰glise"))
    assert report.repaired == 1
    assert Address.objects.get().street == "Allée de l’Église"
    assert mended("Ãtre Â 5") == "Ãtre Â 5", "what does not come out right stays"


def test_a_dry_run_and_a_part(town, bring):
    bring(row("1"), row("2"))
    assert bring(row("3"), dry_run=True).figures["added"] == 1
    assert Address.objects.count() == 2
    assert bring(row("3"), removals=Removals.NONE).removed == 0
    assert Address.objects.count() == 3


def test_a_file_that_lacks_most_doors_is_refused(town, bring):
    bring(*(row(str(n)) for n in range(1, 200)))
    with pytest.raises(Refusal, match="lacks 189 of the 199 doors"):
        bring(*(row(str(n)) for n in range(1, 11)))
    assert Address.objects.count() == 199
    assert bring(*(row(str(n)) for n in range(1, 11)), removals=Removals.ALL).removed == 189


def test_other_communes_of_the_departement_are_left_out(town, bring):
    report = bring(row(), row("7", code_insee="92012"), row("8", code_insee="92012"))
    assert (report.added, report.elsewhere) == (1, 2)
    with pytest.raises(Refusal, match=r"no door of Issy-les-Moulineaux .92040.: it is about 92012"):
        bring(row(code_insee="92012"))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"numero": ""}, "no number"),
        ({"numero": "douze"}, "no house number"),
        ({"numero": "-3"}, "no house number"),
        ({"numero": "5012"}, "without a number"),
        ({"numero": "99999"}, "without a number"),
        ({"rep": "x" * 30}, "follows the number"),
        ({"nom_voie": ""}, "no street"),
        ({"nom_voie": "NA"}, "no street"),
        ({"nom_voie": "🥐"}, "no street"),
        ({"nom_voie": "x" * 200}, "no street"),
        ({"nom_voie": "Rue\x00Nul"}, "no street"),
        ({"id": ""}, "no key"),
        ({"id": "x" * 80}, "no key"),
        ({"code_postal": "92130; DROP"}, "no postcode"),
        ({"lon": "", "lat": ""}, "no coordinates"),
        ({"lon": "nan", "lat": "nan"}, "no coordinates"),
        ({"lon": "inf", "lat": "48.8"}, "no coordinates"),
        ({"lon": "48.8239", "lat": "2.2730"}, "km from Issy"),
        ({"lon": "646700", "lat": "6858400"}, "not on the earth"),
        ({"lon": "0", "lat": "0"}, "km from Issy"),
        ({"lon": "", "lat": "", "x": "2.27", "y": "48.8"}, "Lambert 93"),
    ],
)
def test_a_wrong_row_is_named_and_the_others_are_written(town, bring, wrong, reason):
    report = bring(row("1"), row("2") | wrong, row("3"))
    assert [one.line for one in report.wrong] == [3]
    assert reason in report.wrong[0].reason
    assert Address.objects.count() == 2


def test_a_spoilt_row_removes_no_door(town, bring):
    bring(row("1"), row("2"))
    report = bring(row("1"), row("2", lon="", lat=""))
    assert (report.removed, len(report.wrong)) == (0, 1)
    assert Address.objects.count() == 2


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("adresses.csv", "id;numero;nom_voie")
    return packed.getvalue()


HEADER = ";".join(COLUMNS).encode()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no column id"),
        (b"\n\n\n", "no column id"),
        (HEADER, "no rows"),
        (b"name;address\nx;y\n", "no column id"),
        (b"id;numero;nom_voie\n1;2;rue\n", "neither lon and lat nor x and y"),
        (HEADER + "\n1;;12;;rue de l'été".encode("latin-1"), "UTF-8"),
        (_zip(), "no column id|UTF-8"),
        (b"\x89PNG\r\n\x1a\n" + bytes(2000), "UTF-8"),
        (b'{"type": "FeatureCollection"}', "no column id"),
        (HEADER + b"\n" + b"x" * 300_000 + b"\n", "cannot be read to its end|Most rows"),
        (HEADER + b"\n1;2;3\n4;5;6\n", "Most rows of this file are wrong"),
        (HEADER + b'\n"never closed;1;2;3\n' * 3, "Most rows|cannot be read"),
    ],
)
def test_what_is_no_file_of_the_base_is_refused_with_a_sentence(town, tmp_path, at, content, sentence):
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(Refusal, match=sentence):
        import_base(town, file, at=at)
    assert not Address.objects.exists()


@pytest.mark.parametrize("name", ["absent.csv", "", "cut.csv.gz", "plain.csv.gz"])
def test_files_that_are_not_there_or_cut_short(town, tmp_path, at, name):
    whole = gzip.compress(HEADER + b"\n" + b"1;2;3\n" * 5000)
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "plain.csv.gz").write_bytes(HEADER)
    with pytest.raises(Refusal):
        import_base(town, tmp_path / name, at=at)


def test_a_packed_file_is_read(town, tmp_path, at):
    packed = tmp_path / "adresses.csv.gz"
    line = ";".join(row().get(name, "") for name in COLUMNS)
    packed.write_bytes(gzip.compress(HEADER + b"\n" + line.encode()))
    assert import_base(town, packed, at=at).added == 1


def test_another_town_keeps_its_doors(town, other_town, bring):
    import_addresses(other_town, [Door("1", "rue X", "94200", "Ivry", Point(2.38, 48.81))], source="BAN")
    bring(row())
    assert doors(other_town) == ["1 rue X, 94200 Ivry"]


@pytest.mark.skipif(not FILE.exists(), reason="needs the shared data (PARVIS_DATA)")
def test_bondy(db, at, capsys):
    """A whole commune: every door found by its own label and at its own point, and nothing twice."""
    from parvis.config.address_command import run

    town = make_town("bondy", name="Bondy", official_code="93010", lon=2.483, lat=48.903)
    summary = run(_options(), at=at)
    assert {"added": 8413, "wrong": 0, "elsewhere": 0}.items() <= summary.items()
    assert run(_options(), at=at)["same"] == 8413
    assert json.dumps(summary)
    found = Address.objects.filter(town=town)
    assert found.filter(street__contains="Ã").count() == 0
    for door in found.order_by("pk")[::200]:
        assert geocode(town, str(door)) == door
        nearest = nearest_address(town, door.point, 50)
        assert nearest is not None
        assert distance_m(nearest.point, door.point) < 0.01


def _options():
    from argparse import Namespace

    return Namespace(slug="bondy", ban=FILE, dry_run=False, removals="few")


def test_a_town_that_is_not_here(db, at):
    from parvis.config.address_command import run

    with pytest.raises(Refusal, match="no town bondy"):
        run(_options(), at=at)
