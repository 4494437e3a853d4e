"""Points in the database without PostGIS: Mercator's map in PostgreSQL's own ``point``, kept by a GiST index.

A window of the map is a rectangle there, and the nearest there are the nearest in metres (the map is conformal).
"""

from typing import TYPE_CHECKING, Any

from django.db.models import Field, Func

from parvis.core.geo import Point, mercator

if TYPE_CHECKING:
    _Field = Field[Any, Any]
else:
    _Field = Field


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
    x, y = mercator(to)
    return Func(
        spot(lon, lat), Func(x, y, function="point"), function="", template="(%(expressions)s)", arg_joiner=" <-> "
    )
