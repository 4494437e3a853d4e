"""The doors of online payment: to the provider's page, from its web hooks, and to a merchant's account there."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseBadRequest, HttpResponseNotFound, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.market.access import my_shop, order_for
from parvis.market.actions import accounts, payment_looks, payment_news, payments
from parvis.market.clients import GiveUp, TryLater
from parvis.market.models import Order, Payment
from parvis.market.paying.offering import NoKey
from parvis.market.paying.states import PaymentState
from parvis.market.paying.words import provider_name
from parvis.people.requests import PersonRequest
from parvis.towns.links import town_url
from parvis.towns.requests import TownRequest

MOST_BYTES = 200_000


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: TownRequest, code: str) -> HttpResponse:
    """To the provider's page. A POST makes it; the page that is read then leads there by a link, not by a form."""
    order = order_for(request, code)
    here, back = address(request, "order-pay", order), address(request, "order", order)
    if request.method == "POST":
        try:
            payment = payments.try_again(order, at=timezone.now())
        except Refusal as error:
            messages.warning(request, str(error))
            return HttpResponseRedirect(back)
        payment_looks.look(payment.pk, at=timezone.now())
        return HttpResponseRedirect(here)
    last = Payment.objects.with_story().filter(order=order).last()
    if last is None or last.state != PaymentState.AWAITING:
        return HttpResponseRedirect(back)
    provider = provider_name(last.provider)
    context = {"order": order, "url": last.page_url, "provider": provider, "here": here, "back": back}
    response = render(request, "market/pay.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response


def begin(request: TownRequest, order: Order) -> str:
    """Make the provider's page of an order just placed; the address to go to next."""
    payment = Payment.objects.filter(order=order).last()
    if payment is None:
        return ""
    payments.advance(payment.pk, at=timezone.now())
    mine = request.user.is_authenticated and order.person_id == request.user.pk
    return reverse("order-pay", args=[order.code]) + ("" if mine else f"?key={order.secret}")


def address(request: TownRequest, name: str, order: Order) -> str:
    """An address of the order that keeps the guest's key."""
    key = request.GET.get("key") or request.POST.get("key")
    return reverse(name, args=[order.code]) + (f"?key={order.secret}" if key else "")


@csrf_exempt  # the provider signs what it sends
@login_not_required
@require_POST
def news(request: TownRequest, provider: str) -> HttpResponse:
    """A web hook: kept if its sender is proved, handled afterwards. Anybody else is told nothing."""
    body = request.body if int(request.headers.get("Content-Length") or 0) <= MOST_BYTES else b""
    signature = request.headers.get("Stripe-Signature", "")
    try:
        payment_news.take(request.town, provider, body, signature, at=timezone.now())
    except NoKey:
        return HttpResponseNotFound()
    except GiveUp:
        return HttpResponseBadRequest()
    return HttpResponse(status=204)


@require_POST
def account(request: PersonRequest, slug: str) -> HttpResponse:
    """A merchant wants to be paid online, or comes back: to the provider's page, unless it has checked them already."""
    shop = my_shop(request, slug)
    back = town_url(request.town, reverse("merchant-money", args=[slug]))
    try:
        found = accounts.open_account(shop=shop, at=timezone.now(), by=request.user)
        found = accounts.look_at_account(found, at=timezone.now())
        if not found.charges_enabled:
            url = accounts.account_url(found, back, request.user)
            context = {"shop": shop, "url": url, "provider": provider_name(found.provider)}
            return render(request, "market/merchant/to_provider.html", context)
    except NoKey:
        return HttpResponseNotFound()
    except (TryLater, GiveUp):
        messages.warning(request, _("The provider does not answer as it should. Try again later, or tell the town."))
    else:
        messages.success(request, _("Buyers can pay you online from now on."))
    return redirect("merchant-money", slug)
