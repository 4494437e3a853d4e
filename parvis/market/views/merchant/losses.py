"""What a shop does with a bag that was lost on its way, or that came back because nobody could take it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.market.access import my_part, my_shop
from parvis.market.actions import pack_again, return_part, write_off_part
from parvis.market.states import PartState
from parvis.market.views.merchant.frame import shop_page
from parvis.market.worklist import job_of
from parvis.people.requests import PersonRequest


@require_POST
def again(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """The lost bag was filled once more."""
    part = my_part(request, my_shop(request, slug), pk)
    try:
        pack_again(part=part, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Bring it to the hub with the same label."))
    return redirect("merchant-order", slug, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def give_up(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Asked first: the buyer pays nothing for what was lost, or could not be handed over and is back in the shop."""
    shop = my_shop(request, slug)
    part = my_part(request, shop, pk)
    back = reverse("merchant-order", args=[slug, pk])
    if request.method == "POST":
        verb = return_part if part.state == PartState.FAILED else write_off_part
        try:
            verb(part=part, at=timezone.now(), by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The buyer of %(code)s pays nothing for it.") % {"code": part.order.code})
        return redirect(back)
    context = {"job": job_of(part, timezone.now()), "action_url": request.path, "cancel_url": back}
    return shop_page(request, shop, "market/merchant/give_up.html", "orders", context)
