"""The agent's accounts with shops: who is owed what and why, the transfer written down, the operator's invoices."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from parvis.core import audit
from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.market.access import shop_of_town
from parvis.market.actions.settling import pay_shop
from parvis.market.fee_papers import fee_pdf
from parvis.market.forms.operator import OperatorForm
from parvis.market.models import FeeInvoice, Operator
from parvis.market.shop_account import Account, accounts_of
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LISTED = 100


@require_safe
@require_role(Role.Kind.AGENT)
def shops_owed(request: PersonRequest) -> HttpResponse:
    """What stands between the town and each shop, the largest first."""
    accounts = accounts_of(request.town)
    rows = [
        {"shop": shop, "cents": account.to_pay, "parts": _parts(account), "key": uuid4()}
        for shop, account in accounts.items()
    ]
    invoices = FeeInvoice.objects.filter(town=request.town).select_related("series", "shop")
    context = {
        "rows": rows,
        "owed": sum(account.to_pay for account in accounts.values() if account.to_pay > 0),
        "invoices": [_invoice(found, request.town.currency) for found in invoices.order_by("-issued_at")[:LISTED]],
        "operator": Operator.objects.filter(town=request.town).first(),
    }
    return render(request, "market/agent/voucher_shops.html", context)


def _parts(account: Account) -> list[tuple[str, int]]:
    """What makes up the sum, where it is more than one thing."""
    parts = [
        (_("Taken by riders"), account.takings),
        (_("Vouchers"), account.vouchers),
        (_("Commission and bikes"), -account.fees),
    ]
    return [part for part in parts if part[1]]


def _invoice(found: FeeInvoice, currency: str) -> dict[str, Any]:
    return {
        "invoice": found,
        "month": format_date(found.first_day, "F Y"),
        "amount": format_money(found.gross_cents, currency),
    }


@require_POST
@require_role(Role.Kind.AGENT)
def pay(request: PersonRequest, slug: str) -> HttpResponse:
    """The transfer to one shop (or from it) is made."""
    shop = shop_of_town(request, slug)
    try:
        key = str(UUID(request.POST.get("key", "")))
    except ValueError:
        raise Http404 from None
    words = request.POST.get("words", "").strip()[:100]
    try:
        cents = pay_shop(shop=shop, words=words, key=key, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        said = {"amount": format_money(abs(cents), request.town.currency), "shop": shop.name}
        paid, got = _("%(amount)s are marked as paid to %(shop)s."), _("%(amount)s are marked as paid by %(shop)s.")
        messages.success(request, (got if cents < 0 else paid) % said)
    return redirect("agent-voucher-shops")


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def operator(request: PersonRequest) -> HttpResponse:
    """Who runs the market, as invoices name it. What was issued stays as it is."""
    known = Operator.objects.filter(town=request.town).first()
    form = OperatorForm(request.town, request.POST if request.method == "POST" else None, instance=known)
    if form.is_bound and form.is_valid():
        saved = form.save()
        audit.record("save_operator", saved, at=timezone.now(), town_id=request.town.pk, actor=request.user)
        messages.success(request, _("Invoices say it from now on."))
        return redirect("agent-operator")
    context = {
        "form": form,
        "heading": _("Who runs the market"),
        "lead": _(
            "So it stands on the invoices of the bikes and of the commission, and in the yearly report. "
            "What was issued stays as it is."
        ),
        "back_url": reverse("agent-voucher-shops"),
        "back_label": _("What shops are owed"),
    }
    return render(request, "market/agent/operator.html", context, status=422 if form.errors else 200)


@require_safe
@never_cache
@require_role(Role.Kind.AGENT)
def invoice(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One of the operator's invoices to a shop."""
    found = FeeInvoice.objects.select_related("series", "town").filter(town=request.town)
    return invoice_pdf(get_object_or_404(found, pk=pk))


def invoice_pdf(found: FeeInvoice) -> HttpResponse:
    """The invoice as a file to open."""
    headers = {"Content-Disposition": f'inline; filename="{found.code}.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(fee_pdf(found), content_type="application/pdf", headers=headers)
