"""What telephones and printers take of a place: its hours as a calendar, the poster for its window."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import conditional_page, require_safe

from parvis.places.access import place_for
from parvis.places.calendar import calendar_of
from parvis.places.merged import follow_merged
from parvis.places.models import Place
from parvis.places.poster import poster_pdf
from parvis.towns.requests import TownRequest

CALENDAR_MAX_AGE = 6 * 3600  # seconds
POSTER_MAX_AGE = 3600  # seconds


@login_not_required
@require_safe
@conditional_page
@follow_merged
def calendar(request: TownRequest, slug: str) -> HttpResponse:
    """The hours of a place as iCalendar; subscribed to, it follows every change."""
    place = place_for(request, slug)
    if not place.opening_hours and not place.closed_days():
        raise Http404
    url = request.build_absolute_uri(reverse("place", args=[place.slug]))
    response = HttpResponse(calendar_of(place, timezone.now(), url), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{place.slug}.ics"'
    response.headers["Cache-Control"] = f"public, max-age={CALENDAR_MAX_AGE}"
    return response


@login_not_required
@require_safe
@follow_merged
def poster(request: TownRequest, slug: str) -> HttpResponse:
    """An A4 poster for the window: the hours, and a QR code that leads to what is true today."""
    place = place_for(request, slug)
    url = request.build_absolute_uri(reverse("place", args=[place.slug]))
    etag = _poster_mark(place, url)
    if (known := get_conditional_response(request, etag=etag)) is not None:  # setting a page takes its time
        return known
    response = HttpResponse(poster_pdf(place, timezone.now(), url), content_type="application/pdf")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={POSTER_MAX_AGE}"
    response.headers["Content-Disposition"] = f'inline; filename="{place.slug}.pdf"'
    return response


def _poster_mark(place: Place, url: str) -> str:
    """An ETag of all that the poster says; a weak one, since each printing holds its own minute."""
    said = (
        url,
        translation.get_language(),
        place.name,
        place.category,
        place.address,
        place.opening_hours,
        place.hours_read,
        place.town.name,
    )
    return f'W/"{hashlib.sha256(repr(said).encode()).hexdigest()[:24]}"'
