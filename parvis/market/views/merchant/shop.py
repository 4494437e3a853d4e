"""When the shop is open, how it serves, what it says about itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.errors import Refusal
from parvis.market.access import my_shop
from parvis.market.actions.shops import describe_shop, set_takes_orders, set_ways
from parvis.market.forms.shop import NO_WEEK, AboutForm, ClosureForm, HoursTextForm, WayForm, WeekForm
from parvis.market.models import Market, Modality, Shop
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest
from parvis.places import weekly
from parvis.places.actions.entries import add_closure, change_place, remove_closure
from parvis.places.models import Change, Closure


def hours(request: PersonRequest, slug: str) -> HttpResponse:
    """The week, in a grid when it fits one, else as text; what the grid cannot show is never written over."""
    shop = my_shop(request, slug)
    kept = shop.place.opening_hours
    week = weekly.read(kept) if kept else NO_WEEK
    asked = request.POST.get("as") or request.GET.get("as")
    if asked == "text" or (week is None and asked != "grid"):
        return _hours_text(request, shop, kept, drawable=week is not None)
    return _hours_grid(request, shop, week or NO_WEEK, replaces=week is None)


def _hours_grid(request: PersonRequest, shop: Shop, week: weekly.Week, *, replaces: bool) -> HttpResponse:
    form = WeekForm(request.POST if request.method == "POST" else None, week=week)
    copy = request.POST.get("copy", "")
    if copy in {"0", "1", "2", "3", "4", "5"}:
        return _hours_page(request, shop, {"week_form": form.copied(int(copy)), "unsaved": True, "replaces": replaces})
    if request.method == "POST" and form.is_valid():
        return _save_hours(request, shop, weekly.write(form.cleaned_data["week"]))
    return _hours_page(request, shop, {"week_form": form, "replaces": replaces}, status=422 if form.errors else 200)


def _hours_text(request: PersonRequest, shop: Shop, kept: str, *, drawable: bool) -> HttpResponse:
    form = HoursTextForm(request.POST if request.method == "POST" else None, initial={"opening_hours": kept})
    if request.method == "POST" and form.is_valid():
        return _save_hours(request, shop, form.cleaned_data["opening_hours"])
    context = {"text_form": form, "drawable": drawable}
    return _hours_page(request, shop, context, status=422 if form.errors else 200)


def _save_hours(request: PersonRequest, shop: Shop, text: str) -> HttpResponse:
    try:
        change_place(
            place=shop.place,
            values={"opening_hours": text},
            origin=Change.Origin.SHOP,
            at=timezone.now(),
            by=request.user,
        )
        messages.success(request, _("Your opening hours are saved."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("merchant-hours", shop.slug)


def _hours_page(request: PersonRequest, shop: Shop, context: dict[str, Any], status: int = 200) -> HttpResponse:
    today = timezone.localdate()
    closures = Closure.objects.filter(place=shop.place_id, last_day__gte=today)
    context = {"closure_form": ClosureForm(), "closures": closures, "today": today} | context
    return shop_page(request, shop, "market/merchant/hours.html", "hours", context, status=status)


@require_POST
def closure_add(request: PersonRequest, slug: str) -> HttpResponse:
    """Days off: first, last, and what customers read."""
    shop = my_shop(request, slug)
    form = ClosureForm(request.POST)
    if form.is_valid():
        try:
            add_closure(place=shop.place, at=timezone.now(), by=request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Your customers will see that you are closed."))
            return redirect("merchant-hours", slug)
    week = weekly.read(shop.place.opening_hours) if shop.place.opening_hours else NO_WEEK
    drawn: dict[str, Any] = (
        {"week_form": WeekForm(week=week)}
        if week is not None
        else {"text_form": HoursTextForm(initial={"opening_hours": shop.place.opening_hours}), "drawable": False}
    )
    return _hours_page(request, shop, drawn | {"closure_form": form}, status=422)


@require_POST
def closure_remove(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open on these days after all."""
    shop = my_shop(request, slug)
    closure = get_object_or_404(Closure, place=shop.place_id, pk=pk)
    remove_closure(closure=closure, at=timezone.now(), by=request.user)
    messages.success(request, _("The closure is removed."))
    return redirect("merchant-hours", slug)


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
    context = {"forms": forms, "market": Market.objects.filter(town=request.town).first()}
    status = 422 if any(form.errors for form in forms) else 200
    return shop_page(request, shop, "market/merchant/ways.html", "ways", context, status=status)


def about(request: PersonRequest, slug: str) -> HttpResponse:
    """Words, picture, and how long an order takes."""
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
