"""A town with a boundary and doors, and small files to bring to it."""

import json

import pytest

from parvis.core.geo import Point
from parvis.core.osm import Door
from parvis.places.actions.imports import apply_difference
from parvis.places.imports import compare, read_file
from parvis.places.models import Place
from parvis.towns.actions import import_addresses

SQUARE = [[2.24, 48.80], [2.30, 48.80], [2.30, 48.84], [2.24, 48.84], [2.24, 48.80]]


@pytest.fixture
def town(town):
    """Issy with a boundary of its own and a few doors."""
    town.boundary = {"type": "Polygon", "coordinates": [SQUARE]}
    town.save()
    doors = [
        Door(str(number), "Rue Verte", "92130", "Issy", Point(2.27 + number / 10000, 48.82)) for number in range(1, 9)
    ]
    import_addresses(town, doors, source="OpenStreetMap")
    return town


@pytest.fixture
def bring(town, at, tmp_path):
    """``bring(text, source=…)`` reads, compares and writes a file; gives the difference."""

    def do(content, *, source="Chamber", missing="keep", name="file.csv", write=True, **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        reading = read_file(path, town, at=at, kind=options.pop("kind", ""))
        difference = compare(town, source, reading, missing=missing, at=at, **options)
        if write:
            apply_difference(difference, town=town, at=at)
        return difference

    return do


@pytest.fixture
def table():
    """``table(row, row, …)`` is a CSV file with the usual columns; a row overrides the values of a bakery."""

    def write(*rows):
        usual = {
            "ref": "1", "name": "Aux Miches", "category": "bakery", "lat": "48.82", "lon": "2.27",
            "opening_hours": "Mo-Sa 09:00-19:00", "phone": "01 40 00 00 00",
        }  # fmt: skip
        filled = [usual | row for row in rows]
        header = list(dict.fromkeys(name for row in filled for name in row))
        lines = [header, *([row.get(name, "") for name in header] for row in filled)]
        return "\n".join(";".join(f'"{cell}"' for cell in line) for line in lines) + "\n"

    return write


@pytest.fixture
def the():
    """``the("Aux Miches")`` is the place of that name, fresh from the database."""
    return lambda name: Place.objects.get(name=name)


def geojson(*features, **extra):
    return json.dumps({"type": "FeatureCollection", "features": list(features)} | extra)


def feature(name="Aux Miches", lon=2.27, lat=48.82, **properties):
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    said = {"name": name, "category": "bakery", "id": name} | properties
    return {"type": "Feature", "geometry": geometry, "properties": said}
