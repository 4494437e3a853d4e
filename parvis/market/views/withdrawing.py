"""Withdrawing from a purchase: the button that the law asks for, and the page that explains the right.

Directive 2011/83/EU, article 11a (from 19 June 2026): the function is labelled "withdraw from contract here", easily
found during the whole period; it lets the consumer say who they are, which contract, and where the acknowledgement
goes; a second button, "confirm withdrawal", sends it; the acknowledgement says what was sent, on which day and at
what time.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.errors import Refusal
from parvis.market.access import order_for, part_of
from parvis.market.actions import ask_withdrawal
from parvis.market.actions.withdrawals import cases_of
from parvis.market.forms.withdrawing import WithdrawalForm
from parvis.market.returning import DAYS, returns_of
from parvis.market.views.orders import order_address, private
from parvis.towns.requests import TownRequest


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def withdraw(request: TownRequest, code: str, pk: UUID) -> HttpResponse:
    """The statement of withdrawal from one shop's part, and the button that confirms it."""
    order = order_for(request, code)
    part = part_of(order, pk)
    at, back = timezone.now(), order_address(request, "order", order)
    returns = returns_of(part, cases_of(part), town=request.town, at=at)
    sent = request.method == "POST" and "once" in request.POST
    form = WithdrawalForm(returns, order, str(uuid4()), request.POST if sent else None) if returns else None
    if sent and form and form.is_valid():
        data = form.cleaned_data
        try:
            ask_withdrawal(
                part=part,
                quantities=form.quantities(),
                name=data["name"],
                email=data["email"],
                words=data["words"],
                key=f"{part.pk.hex[:24]}-{data['once']}"[:64],
                at=at,
                by=request.user if request.user.is_authenticated else None,
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(shop)s has your withdrawal. We confirm it at %(email)s.")
            messages.success(request, said % {"shop": part.shop.name, "email": data["email"]})
            return HttpResponseRedirect(back)
    if returns is None and request.method == "POST":
        messages.warning(request, _("Nothing of this order can be sent back. Look at it again."))
        return HttpResponseRedirect(back)
    context: dict[str, Any] = {
        "order": order,
        "part": part,
        "form": form,
        "returns": returns,
        "back": back,
        "here": order_address(request, "order-withdraw", order, pk),
        "days": DAYS,
    }
    status = 422 if form is not None and form.errors else 200
    return private(render(request, "market/withdraw.html", context, status=status))


@login_not_required
@require_safe
def right(request: TownRequest) -> HttpResponse:
    """What the law gives, and the model form of its annex I (B)."""
    context = {"days": DAYS, "has_right": request.town.country != "CH", "back_url": reverse("orders")}
    return render(request, "market/right_of_withdrawal.html", context)
