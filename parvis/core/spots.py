"""Points in the database without PostGIS: Mercator's map in PostgreSQL's own ``point``, kept by a GiST index.

A window of the map is a rectangle there, and the nearest there are the nearest in metres (the map is conformal).
"""

from math import cos, radians
from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, F, Field, FloatField, Func, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Power, Radians, Sqrt

from parvis.core.geo import EARTH_RADIUS_M, Point, mercator

if TYPE_CHECKING:
    _Field = Field[Any, Any]
else:
    _Field = Field

MOST_NORTH = 89.9  # degrees; Mercator's map ends nowhere


class PointField(_Field):
    """PostgreSQL's ``point``: never stored, only indexed and compared."""

    def db_type(self, connection: Any) -> str:
        """The name of the type."""
        return "point"


def spot(lon: str = "lon", lat: str = "lat") -> Func:
    """The columns ``lon`` and ``lat`` (degrees) as a point of Mercator's map, in radians: immutable."""
    east = Func(lon, function="radians")
    north = Func(Func(lat, function="sind"), function="atanh")
    return Func(east, north, function="point", output_field=PointField())


def nearness(to: Point, lon: str = "lon", lat: str = "lat") -> Func:
    """How far each row is from ``to``, in Mercator's radians: to order by, with the index of ``spot``."""
    x, y = mercator(Point(to.lon, min(max(to.lat, -MOST_NORTH), MOST_NORTH)))
    return Func(
        spot(lon, lat),
        Func(x, y, function="point"),
        template="(%(expressions)s)",
        arg_joiner=" <-> ",
        output_field=FloatField(),
    )


def inside(west: float, south: float, east: float, north: float) -> Func:
    """Whether a row lies in a window of the map (degrees, edges included): a condition that the index answers.

    Raises ValueError for corners outside the earth. A window over the antimeridian is not one rectangle: ask twice.
    """
    # Mercator's map has no poles
    low = mercator(Point(west, max(south, -MOST_NORTH)))
    high = mercator(Point(east, min(north, MOST_NORTH)))
    corners = [Func(*map(Value, corner), function="point") for corner in (low, high)]
    return Func(
        spot(),
        Func(*corners, function="box"),
        template="(%(expressions)s)",
        arg_joiner=" <@ ",
        output_field=BooleanField(),
    )


def metres(to: Point, lon: str = "lon", lat: str = "lat") -> Combinable:
    """Metres from each row to ``to``: flat-earth as ``local_metres`` has it, good to 0.1 % over a town."""
    east = Radians(F(lon) - Value(to.lon)) * Value(EARTH_RADIUS_M * cos(radians(to.lat)))
    north = Radians(F(lat) - Value(to.lat)) * Value(EARTH_RADIUS_M)
    return Sqrt(Power(east, 2) + Power(north, 2))
