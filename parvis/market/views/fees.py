"""The agent's page of commission and bikes: what holds, what comes, one shop's exception."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_rate
from parvis.market.actions.fees import NOTICE, call_off_fees, set_exception, set_fees
from parvis.market.fee_words import say_fees, say_terms
from parvis.market.fees import InForce, in_force
from parvis.market.forms.fees import ExceptionForm, FeesForm
from parvis.market.models import FeeTerms, Shop
from parvis.market.pricing import share_fee
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.models import Town

EXAMPLE = (30_00, 15_00)  # two shops' goods in one delivery


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def fees(request: PersonRequest) -> HttpResponse:
    """What holds today and what was decided for later; two forms, for all shops and for one."""
    at, town = timezone.now(), request.town
    today = day_of(at, town.zone)
    held = in_force(town, today)
    verb = request.POST.get("verb", "")
    data = request.POST if request.method == "POST" else None
    first = today + NOTICE
    general = FeesForm(town, held, first, data if verb != "exception" else None)
    single = ExceptionForm(town, first, data if verb == "exception" else None)
    for form in (general, single):
        if form.is_bound and form.is_valid():
            try:
                said = _write(request, form, at)
            except Refusal as refusal:
                form.add_error("starts_on", str(refusal))
            else:
                messages.success(request, said)
                return redirect("agent-fees")
    context = _context(town, held, today) | {"general": general, "single": single, "verb": verb}
    return render(request, "market/agent/fees.html", context, status=422 if general.errors or single.errors else 200)


def _write(request: PersonRequest, form: FeesForm | ExceptionForm, at: datetime) -> str:
    starts_on, by = form.cleaned_data["starts_on"], request.user
    if isinstance(form, FeesForm):
        set_fees(town=request.town, starts_on=starts_on, values=form.values(), at=at, by=by)
        return _("It is decided, and every open shop is told by mail.")
    shop: Shop = form.cleaned_data["shop"]
    shop.town = request.town
    set_exception(shop=shop, starts_on=starts_on, commission_bp=form.commission_bp, at=at, by=by)
    return _("It is decided, and %(shop)s is told by mail.") % {"shop": shop.name}


def _context(town: Town, held: InForce, today: date) -> dict[str, Any]:
    ahead = FeeTerms.objects.ahead(town, today).select_related("shop")
    names = dict(Shop.objects.filter(town=town, pk__in=held.exceptions).values_list("pk", "name"))
    shares, currency = share_fee(held.rule, EXAMPLE), town.currency

    by_shop = zip(EXAMPLE, shares.shops, strict=True)

    def say(cents: int) -> str:
        return format_money(cents, currency)

    return {
        "sentences": say_fees(held, currency),
        "ahead": [{"terms": row, "words": _say(row, currency)} for row in ahead],
        "exceptions": sorted((names[pk], say_rate(rate)) for pk, rate in held.exceptions.items() if pk in names),
        "columns": [{"label": _("Who pays the bike")}, {"label": _("Amount"), "num": True}],
        "example": [
            [_("The buyer"), say(shares.buyer)],
            *([_("The shop that sold %(goods)s") % {"goods": say(goods)}, say(cents)] for goods, cents in by_shop),
            [_("The town"), say(shares.town) if held.terms.cost_cents else "–"],
        ],
        "example_goods": say(sum(EXAMPLE)),
    }


def _say(row: FeeTerms, currency: str) -> str:
    """One decision in words; an exception is its shop's commission alone."""
    if row.shop is None:
        return " ".join(say_terms(row, currency))
    if row.commission_bp is None:
        return _("%(shop)s: like all other shops again.") % {"shop": row.shop.name}
    return _("%(shop)s: a commission of %(rate)s.") % {"shop": row.shop.name, "rate": say_rate(row.commission_bp)}


@require_POST
@require_role(Role.Kind.AGENT)
def call_off(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A decision that has not begun is taken back."""
    terms = get_object_or_404(FeeTerms.objects.select_related("town"), town=request.town, pk=pk)
    try:
        call_off_fees(terms=terms, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("This decision is called off."))
    return redirect("agent-fees")
