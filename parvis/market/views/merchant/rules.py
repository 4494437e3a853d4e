"""The ordering rules of a shop: how long, how much, from which amount, and its cycles."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.time import day_of
from parvis.market.access import my_cycle, my_shop
from parvis.market.actions.rules import end_cycle, save_cycle, set_rules
from parvis.market.cycles import cycle_words
from parvis.market.fee_words import fees_context
from parvis.market.forms.rules import CycleForm, RulesForm
from parvis.market.models import Capacity, Cycle, Shop
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest


def rules(request: PersonRequest, slug: str) -> HttpResponse:
    """What decides when orders can be ready."""
    shop, at = my_shop(request, slug), timezone.now()
    form = RulesForm(
        shop, request.POST if request.method == "POST" else None, Capacity.objects.filter(shop=shop).first()
    )
    if form.is_bound and form.is_valid():
        set_rules(shop=shop, at=at, by=request.user, **form.values())
        messages.success(request, _("Your ordering rules are saved. Orders already placed stay as they are."))
        return redirect("merchant-rules", slug)
    context = {"form": form, "cycles": _rows(shop, at), **fees_context(shop, at)}
    return shop_page(request, shop, "market/merchant/rules.html", "rules", context, status=422 if form.errors else 200)


def _rows(shop: Shop, at: datetime) -> list[dict[str, Any]]:
    """The shop's cycles in words; those of the town are only read here."""
    found = Cycle.objects.filter(shops=shop, active=True)
    return [
        {"cycle": cycle, "words": cycle_words(cycle, at, shop.town.zone), "mine": cycle.owner_id == shop.pk}
        for cycle in found
    ]


def cycle(request: PersonRequest, slug: str, pk: UUID | None = None) -> HttpResponse:
    """A new cycle of one's own, or another rhythm for one that is there."""
    shop, at = my_shop(request, slug), timezone.now()
    known = my_cycle(shop, pk) if pk else None
    form = CycleForm(
        request.POST if request.method == "POST" else None, today=day_of(at, request.town.zone), cycle=known
    )
    if form.is_bound and form.is_valid():
        save_cycle(
            town=request.town, owner=shop, shops=[shop], values=form.values(), cycle=known, at=at, by=request.user
        )
        messages.success(request, _("Buyers now order for these days."))
        return redirect("merchant-rules", slug)
    context = {"form": form, "cycle": known}
    return shop_page(request, shop, "market/merchant/cycle.html", "rules", context, status=422 if form.errors else 200)


@require_POST
def drop(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """No more turns of this cycle."""
    shop = my_shop(request, slug)
    end_cycle(cycle=my_cycle(shop, pk), at=timezone.now(), by=request.user)
    messages.success(request, _("The cycle has ended. Orders already placed stay as they are."))
    return redirect("merchant-rules", slug)
