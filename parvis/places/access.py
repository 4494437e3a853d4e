"""The only way from an address of a page to a place, a claim or a report."""

from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from parvis.people.access import organisations_of, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.models import Change, Claim, Place, PlaceQuerySet, Report
from parvis.towns.requests import TownRequest


def place_for(request: TownRequest, slug: str) -> Place:
    """The place of this town called ``slug``, with its closures at hand; 404 for those of other towns."""
    place = Place.objects.of(request.town).with_closures().filter(slug=slug).first()
    if place is None:
        raise Http404
    return place


def my_places(request: TownRequest) -> PlaceQuerySet:
    """The entries that the visitor speaks for, in this town."""
    return Place.objects.of(request.town).filter(organisation__in=organisations_of(request))


def my_place(request: TownRequest, slug: str) -> Place:
    """An entry that the visitor may change: their shop's, or any for an agent of the town. Others get 404."""
    places = Place.objects.filter(town=request.town, slug=slug).with_closures()
    if not is_agent(request):
        places = places.filter(organisation__in=organisations_of(request))
    place = places.first()
    if place is None:
        raise Http404
    return place


def may_edit(request: TownRequest, place: Place) -> bool:
    """Whether the visitor may change this entry."""
    if not request.user.is_authenticated:
        return False
    return is_agent(request) or owns(request, place)


def owns(request: TownRequest, place: Place) -> bool:
    """Whether the visitor speaks for the shop."""
    return place.organisation_id is not None and organisations_of(request).filter(Q(pk=place.organisation_id)).exists()


def is_agent(request: TownRequest) -> bool:
    """Whether the visitor speaks for the town."""
    return request.user.is_authenticated and Role.Kind.AGENT in roles_in(request)


def origin_for(request: TownRequest, place: Place) -> Change.Origin:
    """In whose name the visitor changes an entry: the shop's own people are the shop, even in the town hall."""
    return Change.Origin.SHOP if owns(request, place) else Change.Origin.TOWN


def any_place_for(request: TownRequest, slug: str) -> Place:
    """The place of this town called ``slug``, also one that has closed for good: for agents."""
    found = Place.objects.filter(town=request.town).with_closures().filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def claimed_place_for(request: PersonRequest, slug: str) -> Place:
    """A place of this town that the visitor speaks for; anybody else's is not there."""
    found = place_for(request, slug)
    if found.organisation_id is None or not organisations_of(request).filter(pk=found.organisation_id).exists():
        raise Http404
    return found


def my_claim(request: PersonRequest, pk: UUID) -> Claim:
    """A claim of this town that the visitor made; somebody else's is not there."""
    return _claim(pk, town=request.town, person=request.user)


def claim_for_agent(request: PersonRequest, pk: UUID) -> Claim:
    """A claim of this town; the page is for agents (``require_role``)."""
    return _claim(pk, town=request.town)


def report_for_agent(request: PersonRequest, pk: UUID) -> Report:
    """What a resident told about a place of this town; the page is for agents."""
    return get_object_or_404(Report.objects.select_related("place__town"), pk=pk, town=request.town)


def _claim(pk: UUID, **whose: object) -> Claim:
    claims = Claim.objects.select_related("place__town", "place__organisation", "person", "town")
    return get_object_or_404(claims.prefetch_related("events__by"), pk=pk, **whose)
