"""Addresses of the directory for machines; mounted by the portal under ``/api/v1/``."""

from datetime import date, datetime, timedelta
from typing import cast

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Query, Router
from ninja.errors import HttpError

from parvis.core.time import day_bounds, day_of
from parvis.places.access import place_for
from parvis.places.api.rows import feature, place_out
from parvis.places.api.schemas import (
    FeatureCollection,
    HoursOut,
    Kind,
    OpenStretch,
    PlaceOut,
    PlacePage,
    PlaceQuestion,
    Problem,
)
from parvis.places.categories import CATEGORIES
from parvis.places.hours import open_stretches
from parvis.places.models import Place, PlaceQuerySet
from parvis.places.services import SERVICES
from parvis.places.spans import DAYS_AHEAD
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

LONGEST_HOURS = timedelta(days=366)
router = Router(tags=["directory"])
_PROBLEMS = {400: Problem, 404: Problem, 422: Problem}


@router.get("/places", response={200: PlacePage} | _PROBLEMS, summary="Places of the town")
def list_places(request: HttpRequest, question: Query[PlaceQuestion]) -> PlacePage:
    """Places that fit, a page at a time: ``next`` leads to the page after it."""
    at = _moment(question)
    found = _asked(_town(request), question, at)
    rows = _page(found, question, at)
    return PlacePage(
        count=found.count(),
        next=_next(request, rows, question),
        places=[place_out(request, place, at) for place in rows],
    )


@router.get("/places.geojson", response={200: FeatureCollection} | _PROBLEMS, summary="Places as GeoJSON")
def list_places_geojson(request: HttpRequest, question: Query[PlaceQuestion]) -> FeatureCollection:
    """The same question, answered as a FeatureCollection of points."""
    at = _moment(question)
    rows = _page(_asked(_town(request), question, at), question, at)
    features = [feature(request, place, at) for place in rows]
    return FeatureCollection(features=features, next=_next(request, rows, question))


@router.get("/places/{slug}", response={200: PlaceOut} | _PROBLEMS, summary="One place")
def one_place(request: HttpRequest, slug: str) -> PlaceOut:
    """One place by its slug."""
    return place_out(request, _place(request, slug), timezone.now())


@router.get("/places/{slug}/hours", response={200: HoursOut} | _PROBLEMS, summary="When a place is open")
def place_hours(
    request: HttpRequest, slug: str, first_day: date | None = None, last_day: date | None = None
) -> HoursOut:
    """Every open stretch between two days, a week from today unless told otherwise; at most a year."""
    place = _place(request, slug)
    town = place.town
    first = first_day or day_of(timezone.now(), town.zone)
    last = last_day or min(first, date.max - timedelta(days=6)) + timedelta(days=6)
    if last < first or last - first > LONGEST_HOURS:
        raise HttpError(400, "last_day comes after first_day, at most a year later")
    if not 1970 <= first.year <= last.year < 2100:
        raise HttpError(400, "hours are worked out for the years 1970 to 2099")
    between = (day_bounds(first, town.zone)[0], day_bounds(last, town.zone)[1])
    spans = open_stretches(place.opening_hours, place.closed_days(), between, town.zone, town.country, place.point)
    return HoursOut(
        opening_hours=place.opening_hours,
        understood=place.hours_read,
        timezone=town.timezone,
        first_day=first,
        last_day=last,
        open=[OpenStretch(starts_at=start, ends_at=end) for start, end in spans],
    )


@router.get("/categories", response=list[Kind], summary="Kinds of places")
def categories(request: HttpRequest) -> list[Kind]:
    """The kinds of places that the directory knows; labels in the language of Accept-Language."""
    return [Kind(key=key, label=str(kind.label), group=kind.group) for key, kind in CATEGORIES.items()]


@router.get("/services", response=list[Kind], summary="What places offer")
def services(request: HttpRequest) -> list[Kind]:
    """What a place may offer besides being open."""
    return [Kind(key=key, label=str(service.label), group=service.group) for key, service in SERVICES.items()]


def _town(request: HttpRequest) -> Town:
    return cast(TownRequest, request).town


def _place(request: HttpRequest, slug: str) -> Place:
    if "\x00" in slug or len(slug) > 120:
        raise Http404
    return place_for(cast(TownRequest, request), slug)


def _moment(question: PlaceQuestion) -> datetime:
    """The moment asked about; refused where the stretches are not worked out."""
    now = timezone.now()
    if not isinstance(question.open_at, datetime):
        return now
    if not now - timedelta(days=1) <= question.open_at <= now + timedelta(days=DAYS_AHEAD - 1):
        raise HttpError(400, f"open_at is at most a day past and {DAYS_AHEAD - 1} days ahead; for others ask /hours")
    return question.open_at


def _asked(town: Town, question: PlaceQuestion, at: datetime) -> PlaceQuerySet:
    places = Place.objects.of(town).matching(question.q)
    if question.category:
        places = places.filter(category__in=question.category)
    if question.group:
        places = places.filter(category__in=[key for key, kind in CATEGORIES.items() if kind.group == question.group])
    if question.service:
        places = places.offering(*question.service)
    if question.wheelchair:
        places = places.filter(wheelchair=question.wheelchair)
    if question.open_at:
        places = places.open_at(at)
    if box := question.box():
        places = places.within(*box)
    return places


def _page(places: PlaceQuerySet, question: PlaceQuestion, at: datetime) -> list[Place]:
    """The rows of one page."""
    places = places.with_closures().with_next_opening(at)
    if point := question.point():
        return list(places.nearest(point, question.limit))
    if question.after:
        places = places.filter(slug__gt=question.after)
    return list(places.order_by("slug")[: question.limit])


def _next(request: HttpRequest, rows: list[Place], question: PlaceQuestion) -> str | None:
    if question.near or len(rows) < question.limit:
        return None
    asked = request.GET.copy()
    asked["after"] = rows[-1].slug
    return request.build_absolute_uri(f"{request.path}?{asked.urlencode()}")
