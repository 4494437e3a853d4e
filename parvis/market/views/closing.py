"""The agent's switch: close the whole market for some days, with a message."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.market.actions.closures import close_market, open_market
from parvis.market.closures import closed_on
from parvis.market.forms.closures import MarketClosureForm
from parvis.market.models import MarketClosure
from parvis.market.promised import promised_in
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def closing(request: PersonRequest) -> HttpResponse:
    """The days on which the market rests, and the form that adds some."""
    at = timezone.now()
    form = MarketClosureForm(request.town, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            closure = close_market(town=request.town, at=at, by=request.user, **form.values())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _announced(closure))
            return redirect("agent-closing")
    context = _context(request, at) | {"form": form}
    return render(request, "market/agent/closing.html", context, status=422 if form.errors else 200)


def _context(request: PersonRequest, at: datetime) -> dict[str, Any]:
    today = day_of(at, request.town.zone)
    closures = list(MarketClosure.objects.ahead(request.town, today))
    promised = [promised_in(closure) for closure in closures]
    return {
        "today": today,
        "running": closed_on(today, closures),
        "rows": [
            {"closure": closure, "kept": _kept(found.orders), "shops": found.shops}
            for closure, found in zip(closures, promised, strict=True)
        ],
    }


def _announced(closure: MarketClosure) -> str:
    """What was done, and what it leaves to somebody: promises that fall on these days."""
    said = _("The closure is announced.")
    kept = _kept(promised_in(closure).orders)
    return f"{said} {kept}" if kept else said


def _kept(orders: int) -> str:
    if not orders:
        return ""
    return ngettext(
        "%(count)d order is promised on these days and stays: agree on another moment with its shop.",
        "%(count)d orders are promised on these days and stay: agree on another moment with their shops.",
        orders,
    ) % {"count": orders}


@require_POST
@require_role(Role.Kind.AGENT)
def reopen(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Call a closure off."""
    closure = get_object_or_404(MarketClosure, town=request.town, pk=pk)
    open_market(closure=closure, at=timezone.now(), by=request.user)
    messages.success(request, _("The market stays open on these days."))
    return redirect("agent-closing")
