"""The only way from an address of a page to a place."""

from django.http import Http404

from parvis.places.models import Place
from parvis.towns.requests import TownRequest


def place_for(request: TownRequest, slug: str) -> Place:
    """The place of this town called ``slug``, with its closures at hand; 404 for those of other towns."""
    place = Place.objects.of(request.town).with_closures().filter(slug=slug).first()
    if place is None:
        raise Http404
    return place
