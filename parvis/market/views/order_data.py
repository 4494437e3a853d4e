"""A guest's rights, by the order's key: what is held about one order, and letting it forget them."""

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core import mail_codes
from parvis.core.errors import Refusal
from parvis.core.mail_codes import MailCodeForm
from parvis.market.access import order_for
from parvis.market.models import Order
from parvis.market.personal import erase_order, held_of, kept_of
from parvis.market.views.orders import order_address, private
from parvis.towns.requests import TownRequest


@login_not_required
@require_safe
@never_cache
def data(request: TownRequest, code: str) -> HttpResponse:
    """Everything held about an order, as JSON."""
    order = order_for(request, code)
    answer = JsonResponse(held_of([order.pk]), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="order-{order.code}.json"'
    return private(answer)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forget(request: TownRequest, code: str) -> HttpResponse:
    """What goes and what stays; a code by mail; then the order names nobody any more."""
    order = order_for(request, code)
    at, purpose, here = timezone.now(), f"forget-{order.code}", order_address(request, "order-forget", order)
    form = MailCodeForm() if mail_codes.is_sent(request.session, purpose, at) else None
    if request.method == "POST" and "code" not in request.POST:
        what = _("it erases your name and address from order %(code)s.") % {"code": order.code}
        mail_codes.send_code(request.session, purpose, to=order.email, what=what, town_id=order.town_id, at=at)
        return HttpResponseRedirect(here)
    if request.method == "POST":
        form = MailCodeForm(request.POST)
        if form.proves(request.session, purpose, at) and _is_done(order, form, at):
            messages.success(request, _("Order %(code)s names nobody any more.") % {"code": order.code})
            return HttpResponseRedirect(reverse("home"))
    context = {
        "order": order,
        "form": form,
        "kept": kept_of(Order.objects.filter(pk=order.pk)),
        "back": order_address(request, "order", order),
        "here": here,
        "data_url": order_address(request, "order-data", order),
    }
    status = 422 if form is not None and form.errors else 200
    return private(render(request, "market/forget.html", context, status=status))


def _is_done(order: Order, form: MailCodeForm, at: datetime) -> bool:
    try:
        erase_order(order=order, at=at)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    return True
