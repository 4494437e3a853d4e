"""When a place is open: OpenStreetMap's ``opening_hours``, read by a real parser, with closures on top."""

from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours

from parvis.core.geo import Point

UTC_ZONE = ZoneInfo("UTC")


@lru_cache(maxsize=8192)
def parsed(text: str, country: str, zone: ZoneInfo, point: Point | None) -> OpeningHours | None:
    """The rules of ``text``, or None when they cannot be understood."""
    if not text.strip() or len(text) > 1000:
        return None
    coords = (point.lat, point.lon) if point else None
    try:
        return OpeningHours(text, timezone=zone, country=country or None, coords=coords, auto_country=False)
    except Exception:
        return None


def is_readable(text: str, country: str = "") -> bool:
    """Whether ``text`` is understood, not only kept."""
    return parsed(text, country, UTC_ZONE, None) is not None
