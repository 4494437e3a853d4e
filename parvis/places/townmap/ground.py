"""What the live map draws under its pins besides tiles: the town's outline, and its backdrop where no map is drawn."""

from typing import Any

from parvis.towns.models import Town


def ground(town: Town) -> dict[str, Any]:
    """GeoJSON features with a ``kind``: ``boundary``; without a drawn map also water, green, street and major."""
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
    return {"type": "FeatureCollection", "features": features}


def _feature(kind: str, geometry: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"kind": kind}, "geometry": geometry}
