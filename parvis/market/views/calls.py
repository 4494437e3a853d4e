"""A buyer calls: whoever answers finds the order and chooses another time for them, from the same list of times."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.core.time import day_of
from parvis.delivery.told import open_asks
from parvis.delivery.views.dispatch import dispatch_page
from parvis.delivery.views.hub import hub_page
from parvis.market.access import order_called_about
from parvis.market.actions.changing import change_time
from parvis.market.changing import bike_parts, may_change, times_for
from parvis.market.forms.following import CallForm, ChangeForm
from parvis.market.models import Order
from parvis.market.story import promise
from parvis.market.when import near_span
from parvis.people.access import require_role, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

ANSWERING = (Role.Kind.DISPATCHER, Role.Kind.HUB, Role.Kind.AGENT)
LATELY = timedelta(days=7)  # a buyer whose door failed calls in the days after
MOST = 20
LETTERS = 3  # of a name, so that nobody leafs through all buyers
DIGITS = 6


@require_safe
@require_role(*ANSWERING)
@never_cache
def calls(request: PersonRequest) -> HttpResponse:
    """Find the order of who calls, by its code, a name or a telephone number; nobody is listed unasked."""
    at, form = timezone.now(), CallForm(request.GET if "q" in request.GET else None)
    wanted = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found = list(_found(request, wanted, at)[:MOST]) if wanted else []
    rows = [
        {
            "title": f"{order.code} · {order.name}",
            "href": reverse("buyer-call", args=[order.code]),
            "text": order.address,
            "meta": near_span(order.delivery.window.starts_at, order.delivery.window.ends_at, at),
        }
        for order in found
        if order.delivery is not None
    ]
    context = {"form": form, "rows": rows, "wanted": wanted}
    return _framed(request, "market/agent/calls.html", context, at)


def _found(request: PersonRequest, wanted: str, at: datetime) -> QuerySet[Order]:
    """Orders that a bike brings or failed to bring, the soonest first."""
    coming = Order.objects.told().filter(
        town=request.town, delivery__cancelled_at=None, delivery__window__ends_at__gt=at - LATELY
    )
    asked = Q(code__iexact=wanted) | Q(delivery__code__iexact=wanted)
    name, digits = fold(wanted), _digits(wanted)
    if len(name) >= LETTERS or len(digits) >= DIGITS:
        # The database folds no accents, and knows no number written in another way.
        asked |= Q(
            pk__in=[
                pk
                for pk, theirs, phone in coming.values_list("pk", "name", "phone")
                if (len(name) >= LETTERS and name in fold(theirs))
                or (len(digits) >= DIGITS and digits in _digits(phone))
            ]
        )
    return coming.filter(asked).select_related("delivery__window").order_by("delivery__window__starts_at", "code")


def _digits(phone: str) -> str:
    """The digits that a number has however it is written: ``0``, ``+33 (0)`` and ``0033`` before them are left out."""
    bare = re.sub(r"[^0-9+]", "", phone.replace("(0)", ""))
    return re.sub(r"^(00|\+)(32|33|41)|^0", "", bare).replace("+", "")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(*ANSWERING)
@never_cache
def call(request: PersonRequest, code: str) -> HttpResponse:
    """What is promised, and the times that could be promised instead; a second tap on the same time changes nothing."""
    found, at = order_called_about(request, code), timezone.now()
    assert found.delivery is not None
    here = reverse("buyer-call", args=[found.code])
    if request.POST.get("window") == str(found.delivery.window_id):
        return redirect(here)
    form = ChangeForm(times_for(found, request.town, at), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        window_id = form.cleaned_data["window"]
        try:
            change_time(order=found, window_id=window_id, at=at, by=request.user, called=True)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The time is changed. The buyer and the shops are told."))
            return redirect(here)
    asked = {one.sender_ref for one in open_asks(found.delivery)}
    context = {
        "order": found,
        "form": form,
        "promise": promise(found, at),
        "open": may_change(found),
        "times": form.choices(at),
        "asking": [part.shop.name for part in bike_parts(found) if str(part.pk) in asked],
        "shops": [part.shop for part in bike_parts(found)],
        "here": here,
        "back": _back(request, found),
    }
    return _framed(request, "market/agent/call.html", context, at, status=422 if form.errors else 200)


def _back(request: PersonRequest, found: Order) -> str:
    """The page of its delivery, where the town's own bikes bring it; else where calls are looked up."""
    delivery, roles = found.delivery, roles_in(request)
    if delivery is None or delivery.town_id != request.town.pk:
        return reverse("buyer-calls")
    own = roles & {Role.Kind.DISPATCHER, Role.Kind.AGENT}
    return reverse("dispatch-place" if own else "hub-delivery", args=[delivery.code])


def _framed(
    request: PersonRequest, template: str, context: dict[str, Any], at: datetime, *, status: int = 200
) -> HttpResponse:
    """Under the tabs of the dispatcher, or of the hub for who works there alone."""
    if roles_in(request) & {Role.Kind.DISPATCHER, Role.Kind.AGENT}:
        page = dispatch_page(request, template, "dispatch", day_of(at, request.town.zone), context)
    else:
        page = hub_page(request, template, "hub-deliveries", context)
    page.status_code = status
    return page
