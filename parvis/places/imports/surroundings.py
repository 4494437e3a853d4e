"""Where the coordinates of a town's places may be, and what is wrong with those that are elsewhere."""

from dataclasses import dataclass
from math import isfinite

import shapely
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.geo import Point, distance_m
from parvis.towns.models import Town

NEAR_DEGREES = 0.05  # about 5 km around the town's boundary
NO_BOUNDARY_M = 20_000

# National grids in metres, as far as they cover their country: easting and northing from, to.
_GRIDS = (
    ("Lambert 93", (0, 1_400_000), (6_000_000, 7_200_000)),
    ("Lambert 2", (0, 1_300_000), (1_600_000, 2_800_000)),
    ("LV95", (2_480_000, 2_840_000), (1_070_000, 1_300_000)),
    ("Belgian Lambert 2008", (500_000, 800_000), (520_000, 750_000)),
    ("Belgian Lambert 72", (20_000, 300_000), (20_000, 250_000)),
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The box around a town in which its places stand: west, south, east, north."""

    name: str
    centre: Point
    box: tuple[float, float, float, float] | None

    def point(self, lon: float, lat: float) -> Point:
        """The coordinates as a point; raises Refusal with a sentence that says what is wrong with them."""
        if not (isfinite(lon) and isfinite(lat)):
            raise Refusal(_("The coordinates are not numbers."))
        if self._holds(lon, lat):
            return Point(lon, lat)
        if self._holds(lat, lon):
            raise Refusal(_("Latitude and longitude look swapped."))
        if lon == lat == 0:
            raise Refusal(_("The coordinates are 0, 0: leave them empty where they are not known."))
        if abs(lon) > 180 or abs(lat) > 90:
            raise Refusal(_in_metres(lon, lat))
        away = round(distance_m(self.centre, Point(lon, lat)) / 1000)
        raise Refusal(_("This is %(km)d km from %(town)s.") % {"km": away, "town": self.name})

    def _holds(self, lon: float, lat: float) -> bool:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            return False
        if self.box is None:
            return distance_m(self.centre, Point(lon, lat)) <= NO_BOUNDARY_M
        west, south, east, north = self.box
        return west <= lon <= east and south <= lat <= north


def surroundings_of(town: Town) -> Surroundings:
    """The surroundings of ``town``: its boundary and a little more, or a circle where it has none."""
    box = None
    if town.boundary:
        west, south, east, north = shapely.geometry.shape(town.boundary).bounds
        box = (west - NEAR_DEGREES, south - NEAR_DEGREES, east + NEAR_DEGREES, north + NEAR_DEGREES)
    return Surroundings(town.name, town.centre, box)


def _in_metres(east: float, north: float) -> str:
    for name, (west_end, east_end), (south_end, north_end) in _GRIDS:
        for x, y in ((east, north), (north, east)):
            if west_end <= x <= east_end and south_end <= y <= north_end:
                return _("These coordinates are in metres (%(grid)s): export the file in degrees (WGS 84).") % {
                    "grid": name
                }
    return _("These are no longitude and latitude in degrees.")
