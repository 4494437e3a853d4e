"""Lambert 93 against the points that the national base gives both ways."""

import csv
from pathlib import Path

import pytest
from django.conf import settings

from parvis.core.geo import Point, distance_m
from parvis.core.lambert import from_lambert93

FILE = Path(settings.DATA_DIR) / "bondy" / "adresse.csv"


def test_the_middle_of_the_projection():
    """The meridian of 3° east is x = 700 km everywhere."""
    point = from_lambert93(700_000, 6_600_000)
    assert point.lon == pytest.approx(3.0)
    assert point.lat == pytest.approx(46.5, abs=1e-6)


@pytest.mark.parametrize(("x", "y"), [(2.48, 48.9), (0, 0), (float("nan"), 6_600_000), (662_524, 66_860_640)])
def test_far_from_france_is_refused(x, y):
    with pytest.raises(ValueError, match="Lambert"):
        from_lambert93(x, y)


@pytest.mark.skipif(not FILE.exists(), reason="needs the shared data (PARVIS_DATA)")
def test_every_door_of_bondy_within_two_centimetres():
    with FILE.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            point = from_lambert93(float(row["x"]), float(row["y"]))
            assert distance_m(point, Point(float(row["lon"]), float(row["lat"]))) < 0.02
