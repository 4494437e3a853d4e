"""The town agent's page of online payment: the ledger beside the provider's account, and what the provider refused."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.market.actions.accounts import choose_provider
from parvis.market.actions.payment_looks import ask_again
from parvis.market.actions.reconciling import copy_movements
from parvis.market.clients import GiveUp, TryLater
from parvis.market.models import ProviderCall
from parvis.market.paying.offering import provider_of, providers_of
from parvis.market.paying.words import provider_name
from parvis.market.reconciled import comparison_of, stuck_calls
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.models import Town


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def reconciliation(request: PersonRequest) -> HttpResponse:
    """Every difference by its name; a POST copies the provider's account again first."""
    provider = provider_of(request.town)
    if request.method == "POST":
        if not provider:
            raise Http404
        try:
            copy_movements(request.town, at=timezone.now(), by=request.user)
        except (TryLater, GiveUp):
            messages.warning(request, _("The provider does not answer as it should. Try again later."))
        return redirect("agent-reconciliation")
    found = comparison_of(request.town)
    currency = request.town.currency
    context = {
        "found": found,
        "provider": provider_name(provider),
        "rows": [
            [_("Held at the provider, by its own account"), format_money(found.provider_cents, currency)],
            [_("Held at the provider, by the ledger"), format_money(found.ledger_cents, currency)],
            [_("Paid to the town's bank so far"), format_money(found.bank_cents, currency)],
            [_("Kept by the provider for its work"), format_money(found.fee_cents, currency)],
        ],
        "columns": [{"label": _("What")}, {"label": _("Amount"), "num": True}],
        "difference_columns": [{"label": _("Difference")}, {"label": _("By how much"), "num": True}],
        "differences": [[d.words, format_money(d.cents, currency)] for d in found.differences],
        "stuck": stuck_calls(request.town),
        "choices": _choices(request.town, provider),
    }
    return render(request, "market/agent/reconciliation.html", context)


def _choices(town: Town, chosen: str) -> list[dict[str, Any]]:
    """The providers that new payments can go through, where there are several."""
    held = providers_of(town)
    rows = [{"value": name, "label": provider_name(name), "chosen": name == chosen} for name in held]
    return rows if len(rows) > 1 else []


@require_POST
@require_role(Role.Kind.AGENT)
def choose(request: PersonRequest) -> HttpResponse:
    """New payments go through another provider from now on."""
    try:
        choose_provider(
            town=request.town, provider=request.POST.get("provider", ""), at=timezone.now(), by=request.user
        )
    except Refusal as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("New orders are paid there from now on."))
    return redirect("agent-reconciliation")


@require_POST
@require_role(Role.Kind.AGENT)
def again(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Ask the provider once more for something that it refused."""
    call = ProviderCall.objects.filter(town=request.town, pk=pk, given_up_at__isnull=False).first()
    if call is None:
        raise Http404
    if ask_again(call, at=timezone.now(), by=request.user):
        messages.success(request, _("The provider has done it."))
    else:
        messages.warning(request, _("The provider still refuses."))
    return redirect("agent-reconciliation")
