"""The directory goes out and comes back: nothing changes, and what somebody changed in the file is what changes."""

import csv
import io
import json
import random

import openpyxl
import pytest

from parvis.places import exports
from parvis.places.actions.entries import change_place
from parvis.places.actions.imports import apply_difference
from parvis.places.categories import CATEGORIES
from parvis.places.imports import compare, read_file
from parvis.places.models import Change, Conflict, Place

pytestmark = pytest.mark.django_db
FORMS = ["csv", "geojson", "xlsx"]
NASTY = [
    "=cmd|' /C calc'!A0", "+33 1 40 00", "-12", "@home", "'=x", "l'été", "a;b,c\t|d", 'Chez "Lui"', "日本", "l\u2028i",
    "ligne\r\nautre", " espace ", "0012", "1e5", "TRUE", "–", "Ça", "é" * 160,
]  # fmt: skip


@pytest.fixture
def whole_town(town, at):
    """Places with everything that an entry may hold, and with whatever people type."""
    random.seed(7)
    kinds = [key for key in CATEGORIES if key != "other"]
    rows = []
    for number in range(300):
        text = NASTY[number % len(NASTY)]
        place = Place(
            town=town, slug=f"lieu-{number}", name=f"{text.strip()} {number}"[:160], category=random.choice(kinds),
            description=text if number % 2 else "", address=f"{number} rue {text}"[:240],
            lon=2.25 + random.random() / 30, lat=48.81 + random.random() / 50,
            opening_hours=["", "Mo-Fr 09:00-18:00", "le matin", "24/7", "Mo-Fr 9-18"][number % 5],
            hours_read=number % 5 in {1, 3}, hours_text="quand il fait beau" if number % 7 == 0 else "",
            phone=text[:60], email="a@exemple.fr" if number % 3 else "", website="https://exemple.fr/é",
            wheelchair=["", "yes", "limited", "no", "designated"][number % 5],
            services=random.sample(["wifi", "card", "terrace", "cash"], number % 4),
            delivers_within_m=[None, 0, 1500][number % 3],
            details=[{}, {"min_age": 3, "operator": text}, {"capacity": "12"}][number % 3],
            source=["", "OpenStreetMap"][number % 2], source_ref=["", f"node/{number}"][number % 2],
        )  # fmt: skip
        place.index()
        rows.append(place)
    Place.objects.bulk_create(rows)
    return town


def export(town, form, at, tmp_path):
    path = tmp_path / f"out.{form}"
    if form == "xlsx":
        exports.write_excel(town, at, path)
    else:
        pieces = exports.csv_lines if form == "csv" else exports.geojson_pieces
        path.write_text("".join(pieces(town, at)), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("missing", ["keep", "gone"])
def test_our_own_file_changes_nothing(whole_town, form, missing, at, tmp_path):
    before = list(Place.objects.order_by("pk").values())
    reading = read_file(export(whole_town, form, at, tmp_path), whole_town, at=at)
    assert reading.errors == []
    difference = compare(whole_town, "out", reading, missing=missing, at=at)
    assert difference.changed == []
    assert (difference.same, difference.writes, difference.quiet) == (300, 0, [])
    apply_difference(difference, town=whole_town, at=at)
    assert list(Place.objects.order_by("pk").values()) == before
    assert not Change.objects.exists()


def edited(path, name, column, value):
    """The CSV file with one cell changed, as a spreadsheet would."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"))
    for row in rows:
        if row["parvis_id"].endswith(name):
            row[column] = value
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8", newline="")
    return path


def test_what_the_agent_edited_is_what_changes(whole_town, at, tmp_path):
    path = edited(export(whole_town, "csv", at, tmp_path), "/lieu-3", "phone", "01 11 11 11 11")
    difference = compare(whole_town, "out", read_file(path, whole_town, at=at), at=at)
    assert [(change.name, list(change.after)) for change in difference.changed] == [
        (Place.objects.get(slug="lieu-3").name, ["phone"])
    ]
    apply_difference(difference, town=whole_town, at=at)
    place = Place.objects.get(slug="lieu-3")
    assert (place.phone, place.checked_by) == ("01 11 11 11 11", "town")
    assert place.received == {}  # the source said nothing
    assert Change.objects.get().origin == Change.Origin.TOWN


def test_what_the_shop_changed_after_the_export_stays(whole_town, merchant, at, tmp_path):
    from datetime import timedelta

    path = export(whole_town, "csv", at, tmp_path)
    place = Place.objects.get(slug="lieu-3")
    later = at + timedelta(hours=1)
    change_place(place=place, values={"phone": "99"}, origin=Change.Origin.SHOP, at=later, by=merchant)
    difference = compare(whole_town, "out", read_file(path, whole_town, at=later), at=later)
    assert difference.writes == 0  # the file is older, and nobody touched that cell
    difference = compare(
        whole_town, "out", read_file(edited(path, "/lieu-3", "phone", "11"), whole_town, at=later), at=later
    )
    assert difference.counts()["conflicts"] == 1
    apply_difference(difference, town=whole_town, at=later)
    assert Place.objects.get(slug="lieu-3").phone == "99"
    assert Conflict.objects.get().theirs == "11"


def test_new_hours_replace_the_words_beside_the_old(whole_town, at, tmp_path):
    path = edited(export(whole_town, "csv", at, tmp_path), "/lieu-7", "opening_hours", "Tu-Sa 10:00-12:00")
    apply_difference(compare(whole_town, "out", read_file(path, whole_town, at=at), at=at), town=whole_town, at=at)
    place = Place.objects.get(slug="lieu-7")
    assert (place.opening_hours, place.hours_read, place.hours_text) == ("Tu-Sa 10:00-12:00", True, "")


def test_another_town_takes_it_as_a_source(whole_town, other_town, at, tmp_path):
    path = export(whole_town, "geojson", at, tmp_path)
    difference = compare(other_town, "Issy", read_file(path, other_town, at=at), at=at)
    assert difference.counts()["new"] > 0 or difference.counts()["errors"] > 0
    assert not difference.changed


def test_a_place_that_left_since_the_export(whole_town, at, tmp_path):
    path = export(whole_town, "csv", at, tmp_path)
    Place.objects.filter(slug="lieu-3").update(gone_on=at.date())
    Place.objects.filter(slug="lieu-4").delete()
    difference = compare(whole_town, "out", read_file(path, whole_town, at=at), at=at)
    assert difference.writes == 0  # closed stays closed
    assert [error.sentence for error in difference.errors] == [
        "This place of an earlier export is not in the directory any more."
    ]


@pytest.mark.parametrize("form", FORMS)
def test_no_cell_acts(whole_town, form, at, tmp_path):
    path = export(whole_town, form, at, tmp_path)
    if form == "csv":
        cells = [
            cell
            for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";")
            for cell in row
        ]
        assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))]
    elif form == "xlsx":
        sheet = openpyxl.load_workbook(path).active
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    else:
        assert len(json.loads(path.read_text())["features"]) == 300


@pytest.mark.parametrize("ending", FORMS)
def test_everybody_may_have_it(visit, whole_town, ending, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        answer = visit().get(f"/places/export.{ending}")
        content = answer.getvalue()
    assert answer.status_code == 200
    assert "issy-places-" in answer["Content-Disposition"]
    assert len(content) > 10_000
    assert visit().post(f"/places/export.{ending}").status_code == 405
    if ending != "xlsx":
        assert b"lieu-299" in content
        assert b"organisation" not in content
        assert b"received" not in content


def test_a_workbook_is_written_once_until_something_changes(whole_town, merchant, at, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    first = exports.excel_file(whole_town, at)
    written = first.stat().st_mtime_ns
    again = exports.excel_file(whole_town, at)
    assert (again, again.stat().st_mtime_ns) == (first, written)
    place = Place.objects.get(slug="lieu-3")
    change_place(place=place, values={"phone": "01 22"}, origin=Change.Origin.SHOP, at=at, by=merchant)
    assert exports.excel_file(whole_town, at) != first
    assert len(list((tmp_path / "exports").iterdir())) == 1


def test_one_s_own_town_only(visit, whole_town, other_town):
    content = b"".join(visit(town=other_town).get("/places/export.csv").streaming_content)
    assert b"lieu-1" not in content
