"""What buyers send back to a shop: the open cases, and each one from the statement to the refund or the refusal."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from parvis.core.errors import Refusal
from parvis.core.money import format_money
from parvis.core.words import say_day
from parvis.market.access import my_shop
from parvis.market.actions import receive_goods, refund_withdrawal, refuse_withdrawal
from parvis.market.forms.withdrawing import RefuseReturnForm
from parvis.market.models import Shop, Withdrawal
from parvis.market.returning import DAYS, TONES, state_words
from parvis.market.views.merchant.frame import shop_page
from parvis.people.requests import PersonRequest

A_PAGE = 30


def my_case(request: PersonRequest, shop: Shop, pk: UUID) -> Withdrawal:
    """A case of one's own shop, or 404."""
    cases = Withdrawal.objects.filter(part__shop=shop).select_related("part__order", "part__shop")
    return get_object_or_404(cases.prefetch_related("lines__line", "events"), pk=pk)


@require_safe
def returns(request: PersonRequest, slug: str) -> HttpResponse:
    """All cases of a shop, the newest first; the open ones stand above."""
    shop = my_shop(request, slug)
    cases = Withdrawal.objects.filter(part__shop=shop).select_related("part__order").prefetch_related("events")
    page = Paginator(cases.order_by("-asked_at"), A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(shop, case) for case in sorted(page, key=lambda case: not case.is_open)]
    return shop_page(request, shop, "market/merchant/returns.html", "returns", {"rows": rows, "page": page})


def _row(shop: Shop, case: Withdrawal) -> dict[str, Any]:
    said = {"code": case.part.order.code, "name": case.name}
    return {
        "title": _("%(code)s, %(name)s") % said,
        "href": reverse("merchant-return", args=[shop.slug, case.pk]),
        "text": _("Asked on %(day)s") % {"day": say_day(case.asked_at)},
        "chip": state_words(case),
        "tone": TONES[case.state],
    }


@require_safe
def case(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """One case: what comes back, what to do by when."""
    shop = my_shop(request, slug)
    return _page(request, shop, my_case(request, shop, pk), RefuseReturnForm())


def _page(
    request: PersonRequest, shop: Shop, found: Withdrawal, form: RefuseReturnForm, status: int = 200
) -> HttpResponse:
    refunded = found.last("refunded")
    context = {
        "case": found,
        "words": state_words(found),
        "tone": TONES[found.state],
        "form": form,
        "pay_by": found.asked_at + timedelta(days=DAYS),
        "refunded": format_money(refunded.cents, request.town.currency) if refunded else "",
    }
    return shop_page(request, shop, "market/merchant/return.html", "returns", context, status=status)


def _step(request: PersonRequest, slug: str, pk: UUID, verb: Callable[..., Any], done: str) -> HttpResponse:
    shop = my_shop(request, slug)
    found = my_case(request, shop, pk)
    try:
        verb(case=found, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("merchant-return", slug, pk)


@require_POST
def receive(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The goods are back."""
    return _step(request, slug, pk, receive_goods, _("The goods are back. Now pay back what they cost."))


@require_POST
def refund(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Pay back: the buyer gets a credit note."""
    return _step(request, slug, pk, refund_withdrawal, _("The credit note is issued and the buyer is told."))


@require_POST
def refuse(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Say no, with a reason."""
    shop = my_shop(request, slug)
    found = my_case(request, shop, pk)
    form = RefuseReturnForm(request.POST)
    if not form.is_valid():
        return _page(request, shop, found, form, status=422)
    reason = form.cleaned_data["reason"]

    def verb(**values: Any) -> None:
        refuse_withdrawal(reason=reason, **values)

    return _step(request, slug, pk, verb, _("The buyer is told why."))
