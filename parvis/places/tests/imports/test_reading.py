"""What files say, whatever their form, their language and their letters."""

import json
from datetime import date

import openpyxl
import pytest
from django.conf import settings

from parvis.core.tables import from_spreadsheet, to_spreadsheet
from parvis.places.imports import read_file
from parvis.places.imports.columns import understand
from parvis.places.imports.kinds import kind_of
from parvis.places.imports.values import hours, pair, services, wheelchair
from parvis.places.models import Place
from parvis.places.tests.imports.conftest import feature, geojson

pytestmark = pytest.mark.django_db

ROWS = "nom{s}catégorie{s}adresse{s}latitude{s}longitude\nCafé d’Été{s}café{s}3 rue Verte{s}48.82{s}2.27\n"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_separators_and_letters(bring, the, separator, encoding):
    difference = bring(ROWS.format(s=separator).encode(encoding))
    assert not difference.errors
    assert the("Café d’Été").address == "3 rue Verte"


@pytest.mark.parametrize(
    "header",
    [
        ["name", "category", "address", "latitude", "longitude", "opening_hours", "phone", "website"],
        ["nom", "catégorie", "adresse", "lat", "lon", "horaires", "téléphone", "site web"],
        ["Naam", "Categorie", "Adres", "Breedtegraad", "Lengtegraad", "Openingsuren", "Telefoon", "Webadres"],
        ["NOM", "Type", "Adresse complète", "Latitude", "Longitude", "Horaires d'ouverture", "Tél.", "URL"],
    ],
)
def test_columns_in_three_languages(header):
    columns = understand(header)
    assert set(columns) == {"name", "kind", "address", "lat", "lon", "hours", "phone", "website"}


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("bakery", "bakery"),
        ("Boulangerie", "bakery"),
        ("Bakkerij", "bakery"),
        ("Boulangeries-Pâtisseries", "bakery"),
        ("shop=bakery", "bakery"),
        ("veterinary", "vet"),
        ("Épicerie", "grocery"),
        ("Parcs", "park"),
        ("rien de connu", None),
        ("", None),
    ],
)
def test_kinds(word, kind):
    assert kind_of([word], {}) == kind


def test_kind_from_tags_and_from_the_whole_file(bring, the):
    bring("name;shop;lat;lon\nA;florist;48.82;2.27\n")
    assert the("A").category == "florist"
    bring("name;lat;lon\nB;48.821;2.27\n", kind="park")
    assert the("B").category == "park"
    wrong = bring("name;type;lat;lon\nC;Boulangeri;48.82;2.27\n")
    assert wrong.errors[0].sentence == "We do not know the kind “Boulangeri”." or "mean" in wrong.errors[0].sentence


def test_an_address_is_enough(bring, the):
    difference = bring("nom;type;adresse\nLe 5;bakery;5 rue verte\nNulle part;bakery;5 rue Inconnue\n")
    assert the("Le 5").lon == pytest.approx(2.2705)
    assert difference.new[0].notes == ["Placed by its address: 5 Rue Verte, 92130 Issy."]
    assert difference.errors[0].sentence == "No coordinates, and “5 rue Inconnue” is not an address that we know."


def test_an_address_in_parts(bring, the):
    bring("nom;type;numero;rue;code postal;ville;lat;lon\nLe 5;bakery;5;Rue Verte;92130;Issy;48,82;2,27\n")
    assert the("Le 5").address == "5 Rue Verte, 92130 Issy"


@pytest.mark.parametrize(
    ("cell", "point"),
    [
        ("48.82,2.27", (2.27, 48.82)),
        ("48.82, 2.27", (2.27, 48.82)),
        ("[48.82, 2.27]", (2.27, 48.82)),
        ("48,82 ; 2,27", (2.27, 48.82)),
        ("POINT (2.27 48.82)", (2.27, 48.82)),
    ],
)
def test_two_coordinates_in_one_cell(cell, point):
    assert pair(cell) == point


def test_rows_of_quotes_and_lines(bring, the):
    text = 'name,category,description,lat,lon\n"Chez ""Lui""",bakery,"deux\nlignes",48.82,2.27\nX,bakery,,48.82,9\n'
    difference = bring(text)
    assert the('Chez "Lui"').description == "deux\nlignes"
    assert difference.errors[0].row == 4  # the line of the file, not the number of the row


def test_what_is_wrong_in_a_cell_is_left_out_and_said(bring, the):
    difference = bring("name;category;lat;lon;email;website\nA;bakery;48.82;2.27;pas un mail;ht tp\n")
    assert (the("A").email, the("A").website) == ("", "")
    assert difference.new[0].notes == ["“pas un mail” is not a mail address.", "“ht tp” is not a web address."]


def test_geojson_with_properties_and_shapes(bring, the):
    polygon = {"type": "Polygon", "coordinates": [[[2.26, 48.81], [2.27, 48.81], [2.27, 48.82], [2.26, 48.81]]]}
    park = {"type": "Feature", "id": "p1", "geometry": polygon, "properties": {"nom": "Parc", "leisure": "park"}}
    difference = bring(geojson(feature(services=["wifi", "card"]), park))
    assert the("Aux Miches").services == ["wifi", "card"]
    assert the("Parc").category == "park"
    assert 2.26 < the("Parc").lon < 2.27
    assert difference.new[1].notes == ["It has a shape; the directory keeps a point inside it."]
    assert the("Parc").source_ref == "p1"


@pytest.mark.parametrize("spot", [f"[{'9' * 400}, 48.82]", f"[2.27, -{'9' * 400}]"])
def test_a_number_of_400_digits_is_a_broken_geometry(bring, spot):
    good = json.dumps(feature("Aux Miches"))
    broken = good.replace("[2.27, 48.82]", spot).replace("Aux Miches", "Primeur")
    content = f'{{"type": "FeatureCollection", "features": [{good}, {broken}]}}'
    difference = bring(content, name="a.geojson")
    assert ([new.values["name"] for new in difference.new], len(difference.errors)) == (["Aux Miches"], 1)


def test_excel(bring, the, tmp_path):
    book = openpyxl.Workbook()
    book.create_sheet("vide", 0)
    sheet = book.worksheets[1]
    sheet.append(["Nom", "Type", "Latitude", "Longitude", "Téléphone", "Horaires", "Date"])
    sheet.append(["Le Fournil", "Boulangerie", 48.82, 2.27, 140000000.0, "Mo-Fr 08:00-12:00", date(2026, 3, 4)])
    sheet.append([None] * 7)
    sheet.append(["Sans lieu", "Boulangerie", None, None, None, None, None])
    book.save(tmp_path / "x.xlsx")
    difference = bring((tmp_path / "x.xlsx").read_bytes(), name="brought.xlsx")
    place = the("Le Fournil")
    assert (place.phone, place.opening_hours, place.source_date) == ("140000000", "Mo-Fr 08:00-12:00", date(2026, 3, 4))
    assert [(e.row, e.name) for e in difference.errors] == [(4, "Sans lieu")]


def test_the_old_portal(bring, the):
    record = {
        "datasetid": "points",
        "recordid": "abc",
        "fields": {
            "titre": "Le Fournil", "categorie1": "Vie pratique", "categorie2": "Commerces, consommation",
            "categorie3": "Boulangeries-Pâtisseries", "adresse": "3 rue Verte", "codepostal": 92130,
            "ville": "Issy", "latitude": 48.82, "longitude": 2.27, "wgs84": [48.82, 2.27],
            "description": "Ouvert du lundi au samedi de 9h à 12h30 et de 14h à 19h",
        },
        "geometry": {"type": "Point", "coordinates": [2.27, 48.82]},
        "record_timestamp": "2014-08-13T22:12:23.150717",
    }  # fmt: skip
    difference = bring(json.dumps([record]), source="Portal")
    place = the("Le Fournil")
    assert difference.kind == "portal"
    assert (place.category, place.address, place.source_ref) == ("bakery", "3 rue Verte, 92130 Issy", "abc")
    assert place.source_date == date(2014, 8, 13)
    assert (place.opening_hours, place.hours_text) == ("Mo-Sa 09:00-12:30,14:00-19:00", "")


@pytest.mark.parametrize(
    ("text", "how"),
    [("Mo-Fr 09:00-18:00", "read"), ("quand il fait beau", "left"), ("", "")],
)
def test_hours(text, how):
    rule, words, went = hours(text, "FR")
    assert went == how
    assert (words == text) == (how in {"left", ""})
    assert bool(rule) == (how == "read")


def test_small_words():
    assert [wheelchair(word) for word in ("Oui", "no", "partiel", "peut-être")] == ["yes", "no", "limited", ""]
    assert services("card; wifi | nonsense") == ["wifi", "card"]


@pytest.mark.parametrize("text", ["=1+1", "+33 1 40", "-x", "@x", "'=1", "''+1", "plain", " = x", "l'été", "'quoted'"])
def test_text_survives_a_spreadsheet(text):
    assert from_spreadsheet(to_spreadsheet(text)) == text
    assert not to_spreadsheet(text).lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.data
def test_the_points_of_interest_of_2014(town, at):
    path = settings.DATA_DIR / "issy" / "points-of-interest-2014.json"
    if not path.exists():
        pytest.skip(f"needs {path} (set PARVIS_DATA)")
    reading = read_file(path, town, at=at)
    told = len(reading.incoming) + len(reading.errors)
    assert told == 1188
    assert len(reading.incoming) > 1000
    mended, left = reading.hours["repaired"], reading.hours["left"]
    assert mended / (mended + left) >= 0.75
    assert not Place.objects.exists()
