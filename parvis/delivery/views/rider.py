"""The rider: where next. One page holds the whole shift, so that it works for hours without a network."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.core.offline import came_by_queue, milliseconds, saying, works_offline
from parvis.core.scanning import with_camera
from parvis.core.svgmap import TownMap
from parvis.core.taps import tap_of
from parvis.core.time import day_of
from parvis.core.words import say_clock
from parvis.delivery.access import my_round
from parvis.delivery.actions import bring_back, leave_hub
from parvis.delivery.actions.positions import day_of_riding
from parvis.delivery.actions.refused import note_refusal
from parvis.delivery.forms.hub import LeaveForm
from parvis.delivery.forms.rider import FailForm, FetchForm, HandOverForm
from parvis.delivery.models import Delivery, RiderPosition, Round
from parvis.delivery.riderday import Door, RiderDay, doors
from parvis.delivery.trips import Trip, trip_of
from parvis.delivery.ways import Way, round_map, ways
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@dataclass(frozen=True)
class Sheet:
    """A round that is not over, with all that its page tells."""

    trip: Trip
    doors: list[Door]
    to_come: list[tuple[Door, Way]]
    map: TownMap

    @property
    def next(self) -> tuple[Door, Way] | None:
        """The door that comes next, once the round is on the road."""
        return self.to_come[0] if self.trip.round.left_at and self.to_come else None

    def plain(self) -> dict[str, Any]:
        """What the page's script reads."""
        round_ = self.trip.round
        return {
            "id": str(round_.pk),
            "left": round_.left_at is not None,
            "departs": say_clock(round_.departs_at),
            "stops": [
                {
                    "id": str(door.stop.pk),
                    "code": door.stop.delivery.code,
                    "street": door.street,
                    "name": door.stop.delivery.name,
                    "position": door.stop.position,
                    "time": say_clock(door.stop.arrive_at),
                    "standing": door.standing,
                    "loads": self.trip.rides(door.parcel),
                    "fetch": door.fetch is not None,
                    "bags": [bag.code for bag, _state in door.parcel.bags],
                }
                for door in self.doors
            ],
        }


@require_role(Role.Kind.RIDER)
@require_GET
@works_offline
@with_camera
def rider(request: PersonRequest) -> HttpResponse:
    """Where next: the hub to load at, the next door, or home; and behind it every door of today."""
    return rider_page(request)


def rider_page(request: PersonRequest, *, refusal: str = "") -> HttpResponse:
    """The page of the shift; with ``refusal``, why the last tap could not be used."""
    at, read = timezone.now(), milliseconds()  # a tap that arrives while the page is made is no part of it
    today = day_of(at, request.town.zone)
    day = RiderDay.load(request.user, request.town, today, at)
    sheets = [_sheet(request, trip) for trip in day.open]
    trip = day.current
    sheet = next((s for s in sheets if s.trip is trip), None)
    context = {
        "day": day,
        "sheet": sheet,
        "sheets": sheets,
        "plain": {
            "day": today.isoformat(),
            "at": read,
            "rounds": [one.plain() for one in sheets],
            "over": [s.delivery.code for t in day.trips if t.round.back_at for s, _parcel in t.parcels],
        },
        "hand": HandOverForm(auto_id="hand-%s"),
        "fetch": FetchForm(auto_id="fetch-%s"),
        "fail": FailForm(auto_id="fail-%s"),
        "without": LeaveForm(auto_id="leave-%s"),
        "refusal": refusal,
        "sharing": RiderPosition.objects.filter(
            town=request.town, rider=request.user, day=day_of_riding(request.town, request.user, at) or today
        ).exists(),
        "offline_worker": reverse("rider-worker"),
    }
    return render(request, "delivery/rider/rider.html", context, status=409 if refusal else 200)


def _sheet(request: PersonRequest, trip: Trip) -> Sheet:
    language = (get_language() or "fr")[:2]
    to_come = ways(trip, request.town, timezone.now(), language)
    return Sheet(trip, doors(trip), to_come, round_map(trip, request.town, to_come))


@require_role(Role.Kind.RIDER)
@require_POST
@works_offline
def leave(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Out of the hub, if nobody has said so already. Whoever taps without a network has read what stays behind."""
    round_ = my_round(request, pk)
    if round_.left_at:
        return done(request)
    trip = trip_of(round_)
    form = LeaveForm(request.POST if "anyway" in request.POST else None)
    asked = came_by_queue(request) or form.is_valid()
    if trip.goes and trip.staying and not trip.loose and not asked:
        context = {"trip": trip, "form": form, "cancel_url": reverse("rider"), "action_url": request.path}
        return render(request, "delivery/leave.html", context)
    # the bike is gone by now, and nobody could be asked
    without = form.reason or (_("The rider left without a network.") if came_by_queue(request) else "")
    tap = tap_of(request.POST)
    verb = partial(leave_hub, round_=round_, at=timezone.now(), by=request.user, without=without, tap=tap)
    return _try(request, round_, verb, "left_at")


@require_role(Role.Kind.RIDER)
@require_POST
@works_offline
def back(request: PersonRequest, pk: UUID) -> HttpResponse:
    """At the hub again. Doors of which nothing was said are asked about first."""
    round_ = my_round(request, pk)
    if round_.back_at:
        return done(request)
    trip = trip_of(round_)
    if trip.unresolved and not came_by_queue(request) and "anyway" not in request.POST:
        context = {"trip": trip, "cancel_url": reverse("rider"), "action_url": request.path}
        return render(request, "delivery/back.html", context)
    verb = partial(bring_back, round_=round_, at=timezone.now(), by=request.user, tap=tap_of(request.POST))
    return _try(request, round_, verb, "back_at")


def _try(request: PersonRequest, round_: Round, verb: Callable[[], object], written: str) -> HttpResponse:
    """Do it and go on; if it cannot be done, say why where the rider is going, and to the dispatcher.

    ``written`` is the field that says it is done: of two taps at once the second is no refusal.
    """
    try:
        verb()
    except Refusal as refusal:
        if Round.objects.filter(pk=round_.pk).exclude(**{written: None}).exists():
            return done(request)
        note(request, round_, str(refusal))
        return saying(rider_page(request, refusal=str(refusal)), str(refusal))
    return done(request)


def note(request: PersonRequest, round_: Round, said: str, delivery: Delivery | None = None) -> None:
    """A tap was refused: the dispatcher reads it too."""
    at, tap = timezone.now(), tap_of(request.POST)
    note_refusal(rider=request.user, round_=round_, delivery=delivery, said=said, at=at, tap=tap)


def done(request: PersonRequest) -> HttpResponse:
    """A tap has done what it should: on to what is next. A phone that sends what waited looks at no page."""
    return HttpResponse(status=204) if came_by_queue(request) else HttpResponseRedirect(reverse("rider"))
