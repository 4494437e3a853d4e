"""What the live map draws under its pins besides tiles: the town's outline, and its backdrop where no map is drawn."""

from typing import Any

from django.db.models import Avg, Count

from parvis.towns.models import Address, Town

MOST_STREETS = 1500  # names of streets, the longest ones first


def ground(town: Town) -> dict[str, Any]:
    """GeoJSON features with a ``kind``: ``boundary``; without a drawn map also water, green, streets and names."""
    features: list[dict[str, Any]] = []
    if town.boundary:
        features.append(_feature("boundary", town.boundary))
    if not town.basemap:
        for kind, key in (("green", "green"), ("water", "water")):
            for area in town.backdrop.get(key, []):
                rings = [area] if area and isinstance(area[0][0], int | float) else area
                features.append(_feature(kind, {"type": "Polygon", "coordinates": rings}))
        for kind, key in (("street", "roads"), ("major", "roads_major")):
            lines = town.backdrop.get(key, [])
            if lines:
                features.append(_feature(kind, {"type": "MultiLineString", "coordinates": lines}))
        features += _street_names(town)
    return {"type": "FeatureCollection", "features": features}


def _street_names(town: Town) -> list[dict[str, Any]]:
    """Names in the middle of the doors of each street: all that is known of streets that nobody drew."""
    doors = Address.objects.filter(town=town).exclude(street="").order_by().values("street")
    streets = doors.annotate(doors=Count("pk"), lon=Avg("lon"), lat=Avg("lat")).order_by("-doors", "street")
    return [
        _feature("street-name", {"type": "Point", "coordinates": [round(s["lon"], 5), round(s["lat"], 5)]}, s["street"])
        for s in streets[:MOST_STREETS]
    ]


def _feature(kind: str, geometry: dict[str, Any], name: str = "") -> dict[str, Any]:
    properties = {"kind": kind} | ({"name": name} if name else {})
    return {"type": "Feature", "properties": properties, "geometry": geometry}
