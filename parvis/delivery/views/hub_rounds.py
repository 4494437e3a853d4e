"""The hub: which bike may leave, what it still waits for, what comes back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.delivery.access import hub_of, round_for
from parvis.delivery.actions import bring_back, leave_hub
from parvis.delivery.forms.hub import LeaveForm, shown
from parvis.delivery.trips import Trip, rounds_on, trip_of, trips_of
from parvis.delivery.views.hub import LOOKING, hub_page, with_query
from parvis.delivery.workday import working_day
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_GET
def rounds(request: PersonRequest) -> HttpResponse:
    """The rounds of the day: those to load, those on the road, those that are back."""
    hub, at = hub_of(request), timezone.now()
    day = shown(request.GET)["day"] or working_day(hub, at)
    trips = trips_of(rounds_on(hub, day))
    to_load = [trip for trip in trips if not trip.round.left_at]
    context = {
        "today": day,
        "at": at,
        "trips": trips,
        "to_load": to_load,
        "next": to_load[0] if to_load else None,
        "on_the_road": [trip for trip in trips if trip.round.left_at and not trip.round.back_at],
        "back": [trip for trip in trips if trip.round.back_at],
    }
    query = request.GET.urlencode()
    return hub_page(request, "delivery/hub/rounds.html", "hub-rounds", context, query=query)


@require_role(Role.Kind.HUB)
@require_POST
def leave(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bike leaves. If something stays behind, why is asked first."""
    round_ = round_for(request, pk)
    trip = trip_of(round_)
    url = _day_url(trip)
    form = LeaveForm(request.POST if "anyway" in request.POST else None)
    if trip.goes and trip.staying and not trip.loose and not round_.left_at and not form.is_valid():
        back = reverse("hub-load", args=[round_.pk])
        context = {"trip": trip, "form": form, "cancel_url": back, "action_url": request.path}
        return hub_page(request, "delivery/leave.html", "hub-rounds", context)
    try:
        leave_hub(round_=round_, at=timezone.now(), by=request.user, without=form.reason)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(bike)s is on its way.") % {"bike": round_.bike})
    return HttpResponseRedirect(url)


@require_role(Role.Kind.HUB)
@require_POST
def back(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The bike is back: what it still carries is at the hub again. Doors without a result are asked about first."""
    round_ = round_for(request, pk)
    trip = trip_of(round_)
    if trip.unresolved and not round_.back_at and "anyway" not in request.POST:
        context = {"trip": trip, "cancel_url": _day_url(trip), "action_url": request.path}
        return hub_page(request, "delivery/back.html", "hub-rounds", context)
    try:
        bring_back(round_=round_, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(bike)s is back.") % {"bike": round_.bike})
    return HttpResponseRedirect(_day_url(trip))


def _day_url(trip: Trip) -> str:
    return with_query(reverse("hub-rounds"), f"day={trip.round.plan.day.isoformat()}")
