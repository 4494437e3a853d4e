"""How I want to be told that my order moves on: by account, or by an order's key for a guest."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.clients.push import is_browser
from parvis.core.clients.vapid import public_key
from parvis.market import telling
from parvis.market.access import order_for
from parvis.market.forms.telling import TellingForm
from parvis.market.models import Telling, TellingBrowser
from parvis.market.views.orders import order_address, private
from parvis.people.requests import PersonRequest
from parvis.towns.requests import TownRequest

MOST_BYTES = 4000


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mine(request: PersonRequest) -> HttpResponse:
    """The wishes of my account in this town."""
    found = telling.mine(town=request.town, person=request.user)
    return _page(request, found, request.user.phone, reverse("my-messages"), reverse("orders"))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def of_order(request: TownRequest, code: str) -> HttpResponse:
    """The wishes of a guest for one order; who has an account is led to its own."""
    order = order_for(request, code)
    if order.person_id:
        return HttpResponseRedirect(reverse("my-messages"))
    found = telling.mine(town=request.town, order=order)
    here, back = order_address(request, "order-messages", order), order_address(request, "order", order)
    return _page(request, found, order.phone, here, back)


def _page(request: TownRequest, found: Telling, phone: str, here: str, back: str) -> HttpResponse:
    form = TellingForm(found, phone, request.town.country, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        telling.wish(telling=found, **form.cleaned_data)
        messages.success(request, _("It is noted."))
        return HttpResponseRedirect(here)
    context = {
        "form": form,
        "here": here,
        "back": back,
        "allow": here.replace("messages/", "messages/allow/"),
        "end": here.replace("messages/", "messages/end/"),
        "push_key": public_key(),
        "told": not found._state.adding and found.browsers.exists(),
    }
    return private(render(request, "market/messages.html", context, status=422 if form.errors else 200))


def _sent(request: TownRequest) -> dict[str, Any]:
    """What the browser sent as JSON; {} for anything else."""
    try:
        sent = json.loads(request.body) if len(request.body) <= MOST_BYTES else {}
    except ValueError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _allow(request: TownRequest, found: Telling) -> HttpResponse:
    sent = _sent(request)
    secrets = sent.get("keys") if isinstance(sent.get("keys"), dict) else {}
    keys = {"endpoint": str(sent.get("endpoint") or "")}
    keys |= {name: str((secrets or {}).get(name) or "") for name in ("p256dh", "auth")}
    if any("\x00" in value for value in keys.values()) or not is_browser(**keys):
        return JsonResponse({"said": _("This browser cannot be told. Nothing has changed.")}, status=422)
    telling.allow_browser(telling=found, at=timezone.now(), **keys)
    return JsonResponse({"said": _("This device rings when your order moves on.")})


def _end(request: TownRequest, found: Telling) -> HttpResponse:
    endpoint = str(_sent(request).get("endpoint") or "").replace("\x00", "")
    if not found._state.adding:
        TellingBrowser.objects.filter(telling=found, endpoint=endpoint).delete()
    return JsonResponse({"said": _("This device is quiet again.")})


@require_POST
def allow_mine(request: PersonRequest) -> HttpResponse:
    """This browser rings for my orders."""
    return _allow(request, telling.mine(town=request.town, person=request.user))


@require_POST
def end_mine(request: PersonRequest) -> HttpResponse:
    """This browser rings no more."""
    return _end(request, telling.mine(town=request.town, person=request.user))


@login_not_required
@require_POST
def allow_of_order(request: TownRequest, code: str) -> HttpResponse:
    """This browser rings for a guest's order."""
    return _allow(request, telling.mine(town=request.town, order=order_for(request, code)))


@login_not_required
@require_POST
def end_of_order(request: TownRequest, code: str) -> HttpResponse:
    """This browser rings no more for it."""
    return _end(request, telling.mine(town=request.town, order=order_for(request, code)))
