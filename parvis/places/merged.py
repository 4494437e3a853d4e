"""Entries that were made one: the address of the one that went leads to the one that stayed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from parvis.places.models import Place
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

MOST_STEPS = 5  # an entry may go into one that goes later


def kept_instead(town: Town, slug: str) -> str:
    """The slug of the entry that took the place of ``slug``; "" when nothing did."""
    seen = {slug}
    for _step in range(MOST_STEPS):
        place = Place.objects.filter(town=town, slug=slug).only("details", "gone_on").first()
        if place is None:
            return ""
        if place.gone_on is None:
            return slug
        slug = str(place.details.get("merged_into", ""))
        if not slug or slug in seen:
            return ""
        seen.add(slug)
    return ""


def follow_merged(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A public page of a place: links and printed codes of an entry that was merged lead on, for good."""

    @wraps(view)
    def answer(request: TownRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, slug, *args, **kwargs)
        except Http404:
            kept, match = kept_instead(request.town, slug), request.resolver_match
            if not kept or kept == slug or match is None:
                raise
            path = reverse(match.view_name, kwargs=match.kwargs | {"slug": kept})
            return HttpResponsePermanentRedirect(path)

    return answer
