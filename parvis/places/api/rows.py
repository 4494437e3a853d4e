"""From rows of the directory to what machines read."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from parvis.places.api.schemas import Feature, Geometry, Licence, PlaceOut
from parvis.places.models import Place
from parvis.towns.models import Town


def place_out(request: HttpRequest, place: Place, at: datetime) -> PlaceOut:
    """One place; ``place`` comes from ``with_closures().with_next_opening(at)``."""
    status = place.standing(at)
    return PlaceOut(
        id=place.pk,
        slug=place.slug,
        url=request.build_absolute_uri(reverse("place", args=[place.slug])),
        name=place.name,
        category=place.category,
        category_label=str(place.kind.label),
        description=place.description,
        address=place.address,
        lon=place.lon,
        lat=place.lat,
        opening_hours=place.opening_hours,
        opening_hours_text=place.hours_text,
        open=status.is_open,
        changes_at=status.until,
        phone=place.phone,
        email=place.email,
        website=place.website,
        wheelchair=place.wheelchair,
        services=place.services,
        details=place.details,
        picture=request.build_absolute_uri(place.picture.url) if place.picture else "",
        checked_at=place.checked_at,
        checked_by=place.checked_by,
        invented=place.invented,
        licence=Licence(source=place.source, attribution=attribution(place.town, place), date=place.source_date),
        distance_m=getattr(place, "distance_m", None),
    )


def feature(request: HttpRequest, place: Place, at: datetime) -> Feature:
    """The same as GeoJSON: the geometry apart, the rest as properties."""
    properties: dict[str, Any] = place_out(request, place, at).model_dump(mode="json", exclude={"lon", "lat", "id"})
    return Feature(id=str(place.pk), geometry=Geometry(coordinates=(place.lon, place.lat)), properties=properties)


def attribution(town: Town, place: Place) -> str:
    """The words that the licence of the place's source asks for."""
    named = (source.get("attribution", "") for source in town.sources if source.get("name") == place.source)
    return str(next(named, place.source))
