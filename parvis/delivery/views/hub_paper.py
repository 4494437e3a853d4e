"""The hub prints: lists, labels and slips as PDF."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from parvis.delivery.access import delivery_for, round_for
from parvis.delivery.loading import Loading
from parvis.delivery.papers import crates_pdf, loading_pdf, slips_pdf
from parvis.delivery.parcels import Parcel
from parvis.delivery.trips import trip_of
from parvis.delivery.views.hub import LOOKING
from parvis.people.access import require_role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_safe
def loading_list(request: PersonRequest, pk: UUID) -> HttpResponse:
    """What goes on a bike, in the order of loading."""
    loading = _to_load(request, pk)
    return _file(loading_pdf(loading, timezone.now()), f"loading-{loading.trip.round.number}.pdf")


@require_role(*LOOKING)
@require_safe
def crate_labels(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A label for each crate of a bike."""
    loading = _to_load(request, pk)
    return _file(crates_pdf(loading, timezone.now()), f"crates-{loading.trip.round.number}.pdf")


@require_role(*LOOKING)
@require_safe
def round_slips(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The slips of everything that a round takes along, in the order of loading."""
    parcels = [parcel for _stop, parcel in trip_of(round_for(request, pk)).load_order]
    if not parcels:
        raise Http404
    return _file(slips_pdf(parcels, timezone.now()), "slips.pdf")


@require_role(*LOOKING)
@require_safe
def delivery_slip(request: PersonRequest, code: str) -> HttpResponse:
    """The slip of one delivery."""
    found = delivery_for(request, code)
    return _file(slips_pdf([Parcel(found)], timezone.now()), f"slip-{found.code}.pdf")


def _to_load(request: PersonRequest, pk: UUID) -> Loading:
    loading = Loading.of(round_for(request, pk))
    if not loading.rows:
        raise Http404
    return loading


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
