"""From an id in a URL to a row of the delivery room, or 404."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.delivery.models import Agreement, Bag, Bike, Delivery, Hub, Plan, RefusedTap, Round, Shift, Stop, Window
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

HUB_CHOSEN = "hub"  # in the session: where this person works


def hubs_of(request: TownRequest) -> list[Hub]:
    """All hubs of the town, the oldest first; asked once a request."""
    if (known := getattr(request, "hubs", None)) is None:
        known = request.hubs = list(  # type: ignore[attr-defined]
            Hub.objects.filter(town=request.town).select_related("town").order_by("id")
        )
    return known


def hub_of(request: TownRequest) -> Hub:
    """The hub at which this person works: the one they chose, else the town's first. 404 in a town without a hub."""
    hubs = hubs_of(request)
    if not hubs:
        raise Http404
    chosen = request.session.get(HUB_CHOSEN)
    return next((hub for hub in hubs if str(hub.pk) == chosen), hubs[0])


def hub_for(request: TownRequest, pk: UUID) -> Hub:
    """A hub of this town."""
    return get_object_or_404(Hub.objects.select_related("town"), town=request.town, pk=pk)


def places_to_work(request: TownRequest) -> list[dict[str, Any]]:
    """The hubs to choose from, for the frame of a page; empty where there is but one."""
    hubs = hubs_of(request)
    here = hub_of(request) if len(hubs) > 1 else None
    return [
        {"label": hub.name, "url": reverse("hub-choose", args=[hub.pk]), "current": hub == here} for hub in hubs if here
    ]


def agreement_for(request: TownRequest, pk: UUID) -> Agreement:
    """An agreement in which this town is one of the two."""
    return get_object_or_404(Agreement.objects.of(request.town), pk=pk)


def delivery_for(request: TownRequest, code: str) -> Delivery:
    """A delivery of this town by its short code, with its story."""
    return get_object_or_404(
        Delivery.objects.confirmed().with_story().select_related("window__hub"), town=request.town, code=code.upper()
    )


def bag_for(request: TownRequest, code: str) -> Bag:
    """A bag of this town by its short code."""
    return get_object_or_404(
        Bag.objects.confirmed().select_related("delivery__window"), town=request.town, code=code.upper()
    )


def bike_for(request: TownRequest, pk: UUID) -> Bike:
    """A bike of this town."""
    return get_object_or_404(Bike.objects.select_related("hub"), town=request.town, pk=pk)


def shift_for(request: TownRequest, pk: UUID) -> Shift:
    """A shift of this town."""
    return get_object_or_404(Shift.objects.select_related("bike__hub", "rider"), town=request.town, pk=pk)


def window_for(request: TownRequest, pk: UUID) -> Window:
    """A delivery window of this town."""
    return get_object_or_404(Window.objects.select_related("hub__town"), town=request.town, pk=pk)


def plan_for(request: TownRequest, pk: UUID) -> Plan:
    """A plan of this town."""
    return get_object_or_404(Plan, town=request.town, pk=pk)


def round_for(request: TownRequest, pk: UUID) -> Round:
    """A round of this town, for its dispatcher and hub."""
    return get_object_or_404(Round.objects.select_related("plan", "bike"), town=request.town, pk=pk)


def refusal_for(request: TownRequest, pk: UUID) -> RefusedTap:
    """A tap that was refused in this town."""
    return get_object_or_404(RefusedTap.objects.select_related("round__plan"), town=request.town, pk=pk)


def my_round(request: PersonRequest, pk: UUID) -> Round:
    """A round that was published for the rider who asks, even if its plan was replaced since: what is tapped without a
    network arrives late. Another rider's is 404.
    """
    published = Q(plan__state=Plan.State.PUBLISHED)
    replaced = Q(plan__state=Plan.State.SUPERSEDED, plan__published_at__isnull=False)
    rounds = Round.objects.filter(published | replaced, rider=request.user).select_related("plan", "bike")
    return get_object_or_404(rounds, town=request.town, pk=pk)


def my_stop(request: PersonRequest, pk: UUID) -> Stop:
    """A stop of a published round of the rider who asks."""
    return get_object_or_404(_my_stops(request), pk=pk)


def tapped_stop(request: PersonRequest, pk: UUID, code: str) -> Stop:
    """The stop that was tapped, perhaps under an older plan; if it is gone, mine for the same delivery.

    ``code`` is that of the delivery as the page showed it. 404 where the rider has no such stop; raises Refusal where
    the tap was made at another door.
    """
    stop = _my_stops(request).filter(pk=pk).first()
    if stop is None:
        known = Stop.objects.filter(town=request.town, round__rider=request.user, pk=pk).select_related("delivery")
        code = next((old.delivery.code for old in known), code)
        stop = get_object_or_404(_my_stops(request), delivery__code=code)
    elif code and code != stop.delivery.code:
        raise Refusal(_("This was tapped at another door."))
    return stop


def _my_stops(request: PersonRequest) -> QuerySet[Stop]:
    stops = Stop.objects.filter(town=request.town, round__rider=request.user, round__plan__state=Plan.State.PUBLISHED)
    return stops.select_related("round", "delivery__window")
