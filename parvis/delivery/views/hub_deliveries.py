"""The hub: the bags of one delivery brought together in a crate, with its slip."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.delivery.access import delivery_for, hub_of, round_for
from parvis.delivery.actions import pack_into, unpack
from parvis.delivery.crating import boxes_of, free_crates, taken_crates
from parvis.delivery.forms.hub import PackForm, shown
from parvis.delivery.hubday import HubDay, parcel_of
from parvis.delivery.models import Delivery
from parvis.delivery.parcels import Parcel
from parvis.delivery.slips import slip
from parvis.delivery.trips import trip_of
from parvis.delivery.views.hub import LOOKING, hub_page, window_pills, with_query
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_GET
def deliveries(request: PersonRequest) -> HttpResponse:
    """What can be packed now, what still waits for a bag, what is ready."""
    hub = hub_of(request)
    day = HubDay.load(hub, at=timezone.now(), **shown(request.GET))
    taken = taken_crates(request.town) if day.to_pack else set()

    def suggested(parcel: Parcel) -> str:
        return _numbers(free_crates(request.town, boxes_of(parcel.loose), cold_from=hub.cold_from, taken=taken))

    context = {
        "day": day,
        "to_pack": [(parcel, suggested(parcel)) for parcel in day.to_pack],
        "pills": window_pills(day, reverse("hub-deliveries")),
    }
    return hub_page(request, "delivery/hub/deliveries.html", "hub-deliveries", context, query=day.query)


def _numbers(numbers: Iterable[int]) -> str:
    return ", ".join(str(number) for number in numbers)


@require_role(*LOOKING)
@require_GET
def delivery(request: PersonRequest, code: str) -> HttpResponse:
    """One delivery: its bags, its crates, its slip."""
    return _delivery_page(request, delivery_for(request, code), None)


def _delivery_page(request: PersonRequest, found: Delivery, form: PackForm | None) -> HttpResponse:
    parcel = parcel_of(found)
    if form is None:
        free = free_crates(request.town, boxes_of(parcel.loose), cold_from=found.window.hub.cold_from)
        form = PackForm(initial={"crates": _numbers(free)})
    by_id = {str(bag.pk): bag for bag in parcel.loose}
    context: dict[str, Any] = {
        "parcel": parcel,
        "form": form,
        "boxes": [(box, [by_id[bag.id] for bag in box.bags]) for box in boxes_of(parcel.loose)],
    }
    return hub_page(
        request,
        "delivery/hub/delivery.html",
        "hub-deliveries",
        context,
        query=request.GET.urlencode() or f"window={found.window_id}",
    )


@require_role(Role.Kind.HUB)
@require_POST
def pack(request: PersonRequest, code: str) -> HttpResponse:
    """Its bags go into a crate."""
    found = delivery_for(request, code)
    form = PackForm(request.POST)
    if form.is_valid():
        numbers = form.cleaned_data["crates"]
        try:
            pack_into(delivery=found, crates=numbers, at=timezone.now(), by=request.user)
        except Refusal as refusal:
            form.add_error("crates", str(refusal))
        else:
            said = _("%(code)s is packed in crate %(number)s.")
            messages.success(request, said % {"code": found.code, "number": _numbers(numbers)})
            query = request.GET.urlencode() or f"window={found.window_id}"
            return HttpResponseRedirect(with_query(reverse("hub-deliveries"), query))
    return _delivery_page(request, found, form)


@require_role(Role.Kind.HUB)
@require_POST
def take_out(request: PersonRequest, code: str) -> HttpResponse:
    """Its bags come out of the crate again: it was the wrong one."""
    found = delivery_for(request, code)
    try:
        unpack(delivery=found, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The bags of %(code)s are on the table again.") % {"code": found.code})
    return HttpResponseRedirect(with_query(reverse("hub-delivery", args=[found.code]), request.GET.urlencode()))


@require_role(*LOOKING)
@require_GET
def delivery_slip(request: PersonRequest, code: str) -> HttpResponse:
    """The slip that goes into the crate: no prices."""
    found = delivery_for(request, code)
    return _slips(request, [Parcel(found)], reverse("hub-delivery", args=[found.code]))


@require_role(*LOOKING)
@require_GET
def round_slips(request: PersonRequest, pk: Any) -> HttpResponse:
    """The slips of everything that a round takes along, in the order of loading."""
    trip = trip_of(round_for(request, pk))
    parcels = [parcel for _stop, parcel in trip.load_order]
    if not parcels:
        raise Http404
    return _slips(request, parcels, with_query(reverse("hub-rounds"), f"day={trip.round.plan.day}"))


def _slips(request: PersonRequest, parcels: list[Parcel], back_url: str) -> HttpResponse:
    context = {"sheet": "a4", "back_url": back_url, "slips": [slip(parcel) for parcel in parcels]}
    return render(request, "delivery/hub/slips.html", context)
