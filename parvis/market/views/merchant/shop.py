"""When the shop is open, how it serves, what it says about itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.time import day_of
from parvis.market.access import my_shop
from parvis.market.actions.shops import describe_shop, set_riders_fetch, set_takes_orders, set_ways
from parvis.market.directory import speaks_for_place
from parvis.market.fees import market_on
from parvis.market.forms.shop import AboutForm, WayForm
from parvis.market.models import Modality
from parvis.market.pickups import is_offered
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest
from parvis.places.models import Change
from parvis.places.views.hours_parts import answer_days, answer_hours, days_context, hours_context


def hours(request: PersonRequest, slug: str) -> HttpResponse:
    """The week of the shop's place, as the directory's editor draws it, and the days that are not as usual."""
    shop, at = my_shop(request, slug), timezone.now()
    if not speaks_for_place(shop):
        status = 422 if request.method == "POST" else 200
        return shop_page(request, shop, "market/merchant/hours.html", "hours", {"taken_over": True}, status=status)
    answer = answer_days if "do" in request.POST else answer_hours
    outcome = answer(request, shop.place, origin=Change.Origin.SHOP, at=at)
    if outcome.done:
        return redirect("merchant-hours", slug)
    context = hours_context(shop.place) | days_context(shop.place, at) | outcome.context
    return shop_page(request, shop, "market/merchant/hours.html", "hours", context, status=outcome.status)


@require_POST
def takes_orders(request: PersonRequest, slug: str) -> HttpResponse:
    """The master switch."""
    shop = my_shop(request, slug)
    wanted = request.POST.get("takes_orders") == "1"
    if shop.takes_orders != wanted:
        set_takes_orders(shop=shop, takes_orders=wanted, at=timezone.now(), by=request.user)
    said = _("The shop takes orders.") if wanted else _("The shop takes no orders until you say so.")
    messages.success(request, said)
    return redirect("merchant-hours", slug)


def ways(request: PersonRequest, slug: str) -> HttpResponse:
    """How buyers get what they ordered: on or off, fee, minimum, note."""
    shop = my_shop(request, slug)
    known = {way.kind: way for way in Modality.objects.filter(shop=shop)}
    kinds = (Modality.Kind.COLLECT, Modality.Kind.BIKE, Modality.Kind.SHOP, Modality.Kind.POST)
    rows = [known.get(kind) or Modality(shop=shop, kind=kind, active=False) for kind in kinds]
    forms = [WayForm(way, request.POST if request.method == "POST" else None) for way in rows]
    valid = [form.is_valid() for form in forms]  # each of them, so that every mistake is shown at once
    if request.method == "POST" and all(valid):
        values = {str(form.way.kind): form.values() for form in forms}
        set_ways(shop=shop, ways=values, at=timezone.now(), by=request.user)
        if any(row["active"] for row in values.values()):
            messages.success(request, _("Your ways to serve are saved."))
        else:
            messages.warning(request, _("Saved. Without any way to serve, nobody can order."))
        return redirect("merchant-ways", slug)
    context = {
        "forms": forms,
        "market": market_on(request.town, day_of(timezone.now(), request.town.zone)),
        "may_fetch": is_offered(request.town, timezone.now()),
    }
    status = 422 if any(form.errors for form in forms) else 200
    return shop_page(request, shop, "market/merchant/ways.html", "ways", context, status=status)


@require_POST
def riders_fetch(request: PersonRequest, slug: str) -> HttpResponse:
    """Whether a rider may fetch bags at the shop's door: one tap."""
    shop = my_shop(request, slug)
    wanted = request.POST.get("riders_fetch") == "1"
    if shop.riders_fetch != wanted:
        set_riders_fetch(shop=shop, riders_fetch=wanted, at=timezone.now(), by=request.user)
    if wanted:
        messages.success(request, _("A rider may come for your bags. The order says so, and when."))
    else:
        messages.success(request, _("You bring your bags to the hub. What a rider was told already stays."))
    return redirect("merchant-ways", slug)


def about(request: PersonRequest, slug: str) -> HttpResponse:
    """Words and picture."""
    shop = my_shop(request, slug)
    post = request.method == "POST"
    form = AboutForm(shop, request.POST if post else None, request.FILES if post else None)
    if post and form.is_valid():
        old = shop.picture.name if "picture" in form.changes() else ""
        describe_shop(shop=shop, changes=form.changes(), at=timezone.now(), by=request.user)
        if old:
            shop.picture.storage.delete(old)
        messages.success(request, _("The page of your shop is saved."))
        return redirect("merchant-about", slug)
    status = 422 if form.errors else 200
    return shop_page(request, shop, "market/merchant/about.html", "about", {"form": form}, status=status)
