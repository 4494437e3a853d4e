"""The rider: where next, and what happened at the door."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.delivery.access import my_round, my_stop
from parvis.delivery.actions import bring_back, fail_stop, hand_over, leave_hub
from parvis.delivery.forms.hub import LeaveForm
from parvis.delivery.forms.rider import FailForm, HandOverForm
from parvis.delivery.models import Stop
from parvis.delivery.riderday import Door, RiderDay, Way, doors, next_stop, street_and_town
from parvis.delivery.trips import Trip, trip_of
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(Role.Kind.RIDER)
@require_GET
def rider(request: PersonRequest) -> HttpResponse:
    """Where next: the hub to load at, the next door, or home."""
    at = timezone.now()
    day = RiderDay.load(request.user, request.town, day_of(at, request.town.zone))
    trip = day.current
    context: dict[str, Any] = {"day": day, "trip": trip, "at": at}
    if trip is not None:
        context |= {"doors": doors(trip), "next": None}
        found = next_stop(trip) if trip.round.left_at else None
        if found is not None:
            context |= _next_door(request, trip, *found)
    return render(request, "delivery/rider/rider.html", context)


def _next_door(request: PersonRequest, trip: Trip, stop: Stop, parcel: Any) -> dict[str, Any]:
    way = Way.to(trip, stop, request.town, timezone.now())
    street, rest = street_and_town(stop.delivery.address)
    return {
        "next": Door(stop, parcel, trip),
        "street": street,
        "rest": rest,
        "way": way,
        "directions": way.directions((get_language() or "fr")[:2]),
        "map": way.map(request.town, _("The way to the next door"), str(stop.position)),
    }


@require_role(Role.Kind.RIDER)
@require_POST
def leave(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Out of the hub, if the hub has not said so already."""
    round_ = my_round(request, pk)
    trip = trip_of(round_)
    form = LeaveForm(request.POST if "anyway" in request.POST else None)
    if trip.takes and trip.staying and not trip.loose and not round_.left_at and not form.is_valid():
        context = {"trip": trip, "form": form, "cancel_url": reverse("rider"), "action_url": request.path}
        return render(request, "delivery/leave.html", context)
    return _try(request, lambda: leave_hub(round_=round_, at=timezone.now(), by=request.user, without=form.reason))


@require_role(Role.Kind.RIDER)
@require_POST
def back(request: PersonRequest, pk: UUID) -> HttpResponse:
    """At the hub again. Doors of which nothing was said are asked about first."""
    round_ = my_round(request, pk)
    trip = trip_of(round_)
    if trip.unresolved and not round_.back_at and "anyway" not in request.POST:
        context = {"trip": trip, "cancel_url": reverse("rider"), "action_url": request.path}
        return render(request, "delivery/back.html", context)
    return _try(request, lambda: bring_back(round_=round_, at=timezone.now(), by=request.user))


def _try(request: PersonRequest, verb: Callable[[], object]) -> HttpResponse:
    """Do it and go on; if it cannot be done, say why where the rider is going."""
    try:
        verb()
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("rider"))


@require_role(Role.Kind.RIDER)
@require_GET
def stop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """At the door: hand over, or say why not."""
    return _stop_page(request, my_stop(request, pk))


def _stop_page(
    request: PersonRequest, found: Stop, hand: HandOverForm | None = None, fail: FailForm | None = None
) -> HttpResponse:
    trip = trip_of(found.round)
    door = next(one for one in doors(trip) if one.stop.pk == found.pk)
    tap = {"key": str(uuid4())}
    street, rest = street_and_town(found.delivery.address)
    context = {
        "door": door,
        "street": street,
        "rest": rest,
        "tap": tap,
        "hand": hand or HandOverForm(initial=tap, auto_id="hand-%s"),
        "fail": fail or FailForm(initial=tap, auto_id="fail-%s"),
    }
    return render(request, "delivery/rider/stop.html", context)


@require_role(Role.Kind.RIDER)
@require_POST
def handed(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The goods are in somebody's hands, or where the photo shows them."""
    found = my_stop(request, pk)
    form = HandOverForm(request.POST, request.FILES, auto_id="hand-%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            hand_over(
                stop=found,
                at=timezone.now(),
                by=request.user,
                recipient=data["recipient"],
                photo=data["photo"],
                key=_key("hand", found, data["key"]),
                tapped_at=data["tapped_at"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(code)s is handed over.") % {"code": found.delivery.code})
            return HttpResponseRedirect(reverse("rider"))
    return _stop_page(request, found, hand=form)


@require_role(Role.Kind.RIDER)
@require_POST
def failed(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Nobody could take the goods: they ride back."""
    found = my_stop(request, pk)
    form = FailForm(request.POST, auto_id="fail-%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            fail_stop(
                stop=found,
                reason=data["reason"],
                note=data["note"],
                at=timezone.now(),
                by=request.user,
                key=_key("fail", found, data["key"]),
                tapped_at=data["tapped_at"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(code)s rides back to the hub.") % {"code": found.delivery.code})
            return HttpResponseRedirect(reverse("rider"))
    return _stop_page(request, found, fail=form)


def _key(verb: str, found: Stop, key: str) -> str | None:
    """The key of a tap: one for each verb, so that a page kept open may fail first and hand over afterwards."""
    return f"{verb}-{found.delivery.code}-{key}" if key else None
