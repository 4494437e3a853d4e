"""Order cycles that the town sets for several shops: one day, one place, one moment until which one orders."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core.time import day_of
from parvis.market.actions.rules import end_cycle, save_cycle
from parvis.market.cycles import cycle_words
from parvis.market.forms.rules import CycleForm
from parvis.market.models import Cycle, Shop
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_safe
@require_role(Role.Kind.AGENT)
def cycles(request: PersonRequest) -> HttpResponse:
    """All cycles of the town; those that shops set for themselves are only read here."""
    at = timezone.now()
    rows: list[dict[str, Any]] = [
        {
            "cycle": cycle,
            "words": cycle_words(cycle, at, request.town.zone),
            "shops": ", ".join(sorted(shop.name for shop in cycle.shops.all())),
        }
        for cycle in Cycle.objects.filter(town=request.town, active=True).prefetch_related("shops")
    ]
    return render(request, "market/agent/cycles.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def cycle(request: PersonRequest, pk: UUID | None = None) -> HttpResponse:
    """A new cycle of several shops, or another rhythm for one that is there."""
    at = timezone.now()
    shops = list(Shop.objects.open_in(request.town).order_by("name"))
    known = _ours(request, pk) if pk else None
    posted = request.POST if request.method == "POST" else None
    form = CycleForm(posted, today=day_of(at, request.town.zone), cycle=known, shops=shops)
    if form.is_bound and form.is_valid():
        wanted = set(form.cleaned_data["shops"])
        chosen = [shop for shop in shops if str(shop.pk) in wanted]
        save_cycle(town=request.town, shops=chosen, values=form.values(), cycle=known, at=at, by=request.user)
        messages.success(request, _("Buyers now order for these days."))
        return redirect("agent-cycles")
    context = {"form": form, "cycle": known}
    return render(request, "market/agent/cycle.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.Kind.AGENT)
def drop(request: PersonRequest, pk: UUID) -> HttpResponse:
    """No more turns of this cycle."""
    end_cycle(cycle=_ours(request, pk), at=timezone.now(), by=request.user)
    messages.success(request, _("The cycle has ended. Orders already placed stay as they are."))
    return redirect("agent-cycles")


def _ours(request: PersonRequest, pk: UUID) -> Cycle:
    """A cycle that the town has set; one that a shop set for itself is the shop's."""
    return get_object_or_404(Cycle, town=request.town, owner=None, pk=pk)
