"""From an id in a URL to a row of the delivery room, or 404."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from parvis.delivery.models import Bag, Bike, Delivery, Hub, Plan, Round, Shift, Stop, Window
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest


def hub_of(request: TownRequest) -> Hub:
    """The town's hub; a town has one for now (issue 5 brings more)."""
    return get_object_or_404(
        Hub.objects.select_related("town"), pk=Hub.objects.filter(town=request.town).order_by("id").values("pk")[:1]
    )


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
    return get_object_or_404(Bike, town=request.town, pk=pk)


def shift_for(request: TownRequest, pk: UUID) -> Shift:
    """A shift of this town."""
    return get_object_or_404(Shift.objects.select_related("bike", "rider"), town=request.town, pk=pk)


def window_for(request: TownRequest, pk: UUID) -> Window:
    """A delivery window of this town."""
    return get_object_or_404(Window.objects.select_related("hub__town"), town=request.town, pk=pk)


def plan_for(request: TownRequest, pk: UUID) -> Plan:
    """A plan of this town."""
    return get_object_or_404(Plan, town=request.town, pk=pk)


def round_for(request: TownRequest, pk: UUID) -> Round:
    """A round of this town, for its dispatcher and hub."""
    return get_object_or_404(Round.objects.select_related("plan", "bike"), town=request.town, pk=pk)


def my_round(request: PersonRequest, pk: UUID) -> Round:
    """A published round of the rider who asks; another rider's is 404."""
    rounds = Round.objects.filter(rider=request.user, plan__state=Plan.State.PUBLISHED).select_related("plan", "bike")
    return get_object_or_404(rounds, town=request.town, pk=pk)


def my_stop(request: PersonRequest, pk: UUID) -> Stop:
    """A stop of a published round of the rider who asks."""
    stops = Stop.objects.filter(round__rider=request.user, round__plan__state=Plan.State.PUBLISHED)
    return get_object_or_404(stops.select_related("round", "delivery__window"), town=request.town, pk=pk)
