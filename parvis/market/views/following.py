"""Follow the bike: where it is, when it rings, with whom it may leave the goods, another time, and how it went."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.delivery.actions import rate_delivery, wish_for_door
from parvis.delivery.following import Following
from parvis.delivery.models import Rating
from parvis.market.access import order_for
from parvis.market.actions.asking import keep_promised_time
from parvis.market.actions.changing import change_time, collect_instead
from parvis.market.changing import bike_parts, may_change, may_collect, times_for
from parvis.market.forms.following import ChangeForm, CommentForm, DoorForm
from parvis.market.models import Order
from parvis.market.story import promise
from parvis.market.views.orders import order_address, private, question, second_time
from parvis.towns.requests import TownRequest

SCORES = (
    (1, "frown"),
    (2, "annoyed"),
    (3, "meh"),
    (4, "smile"),
    (5, "laugh"),
)


@login_not_required
@require_safe
@never_cache
def follow(request: TownRequest, code: str) -> HttpResponse:
    """Where the order is, in words and on a map; the page asks again by itself until the bell has rung."""
    found = _by_bike(request, code)
    if request.htmx:
        context = _context(request, found, timezone.now())
        answer = render(request, "market/follow.html#live", context)
        if context["following"].is_over:
            answer["HX-Refresh"] = "true"  # what can be said now stands outside of the part that is asked for
        return private(answer)
    return _page(request, found)


def _by_bike(request: TownRequest, code: str) -> Order:
    """An order of which something comes, or came, by bike; another one is 404."""
    found = order_for(request, code)
    if found.delivery is None:
        raise Http404
    return found


def _context(request: TownRequest, found: Order, at: datetime) -> dict[str, Any]:
    assert found.delivery is not None
    following = Following.load(found.delivery, request.town, at)
    return {
        "order": found,
        "following": following,
        "promise": promise(found, at),
        "here": order_address(request, "order-follow", found),
        "at": at,
    }


def _page(request: TownRequest, found: Order, *, status: int = 200, **forms: Any) -> HttpResponse:
    at = timezone.now()
    context = _context(request, found, at)
    delivery, following = found.delivery, context["following"]
    assert delivery is not None
    rating = Rating.objects.filter(delivery=delivery).first() if following.is_over else None
    hidden = forms.get("door") if following.is_over else forms.get("comment")  # its form is not on the page now
    context |= {
        "refused": [error for errors in hidden.errors.values() for error in errors] if hidden else [],
        "order_url": order_address(request, "order", found),
        "door_url": order_address(request, "order-door", found),
        **question(request, found, at),
        "change_url": order_address(request, "order-change", found) if may_change(found) else "",
        "door": forms.get("door") or DoorForm(initial={"who": delivery.leave_with, "note": delivery.leave_note}),
        "comment": forms.get("comment") or CommentForm(initial={"comment": rating.comment if rating else ""}),
        "rating": rating,
        **second_time(request, found, at, back="order-follow"),
        **rating_buttons(request, found),
    }
    return private(render(request, "market/follow.html", context, status=status))


def rating_buttons(request: TownRequest, found: Order) -> dict[str, Any]:
    """What ``market/rating.html`` draws."""
    words = {1: _("Very bad"), 2: _("Bad"), 3: _("So-so"), 4: _("Good"), 5: _("Very good")}
    return {
        "rate_url": order_address(request, "order-rate", found),
        "scores": [{"value": value, "icon": icon, "label": words[value]} for value, icon in SCORES],
    }


@login_not_required
@require_POST
@never_cache
def door(request: TownRequest, code: str) -> HttpResponse:
    """With whom the goods may be left."""
    found = _by_bike(request, code)
    form = DoorForm(request.POST)
    if form.is_valid():
        try:
            wish_for_door(
                delivery=found.delivery,  # type: ignore[arg-type]
                leave_with=form.cleaned_data["who"],
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The rider will read it at your door."))
            return HttpResponseRedirect(order_address(request, "order-follow", found))
    return _page(request, found, status=422, door=form)


@login_not_required
@require_POST
@never_cache
def rate(request: TownRequest, code: str) -> HttpResponse:
    """How it went: one tap, and words if there are any."""
    found = _by_bike(request, code)
    form = CommentForm(request.POST)
    score = request.POST.get("score", "")
    if form.is_valid():
        try:
            rate_delivery(
                delivery=found.delivery,  # type: ignore[arg-type]
                score=next((value for value, _icon in SCORES if score == str(value)), 0),
                comment=form.cleaned_data["comment"] if "comment" in request.POST else None,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Thank you."))
            return HttpResponseRedirect(order_address(request, "order-follow", found))
    return _page(request, found, status=422, comment=form)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def change(request: TownRequest, code: str) -> HttpResponse:
    """Another day or hour, while nothing is packed."""
    found, at = _by_bike(request, code), timezone.now()
    back = order_address(request, "order-follow", found)
    times = times_for(found, request.town, at)
    form = ChangeForm(times, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_time(order=found, window_id=form.cleaned_data["window"], at=at, by=_who(request))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The time is changed. The shops are told."))
            return HttpResponseRedirect(back)
    context = {
        "order": found,
        "form": form,
        "promise": promise(found, at),
        "open": may_change(found),
        "collect_url": order_address(request, "order-collect", found) if may_collect(found) else "",
        "times": form.choices(at),
        "parts": bike_parts(found),
        "here": order_address(request, "order-change", found),
        "back": back,
    }
    return private(render(request, "market/change.html", context, status=422 if form.errors else 200))


@login_not_required
@require_POST
@never_cache
def keep(request: TownRequest, code: str) -> HttpResponse:
    """The buyer was asked for another time, and keeps the one there is. Twice is harmless."""
    found = _by_bike(request, code)
    if keep_promised_time(order=found, at=timezone.now(), by=_who(request)):
        messages.success(request, _("Your time stays. The shop is told."))
    return HttpResponseRedirect(order_address(request, "order", found))


@login_not_required
@require_POST
@never_cache
def collect(request: TownRequest, code: str) -> HttpResponse:
    """Not by bike after all: the buyer collects in the shops."""
    found = _by_bike(request, code)
    try:
        collect_instead(order=found, at=timezone.now(), by=_who(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return HttpResponseRedirect(order_address(request, "order-change", found))
    messages.success(request, _("You collect it yourself. The shops are told, and the bike costs nothing."))
    return HttpResponseRedirect(order_address(request, "order", found))


def _who(request: TownRequest) -> Any:
    return request.user if request.user.is_authenticated else None
