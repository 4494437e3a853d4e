"""A second time that suits a buyer as well: said by one tap, on the page of the order or of the bike."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from parvis.core.errors import Refusal
from parvis.delivery.actions.suiting import suit_also
from parvis.market.access import order_for
from parvis.market.changing import also_times
from parvis.market.forms.following import AlsoForm
from parvis.market.views.orders import order_address
from parvis.towns.requests import TownRequest

ASKED_ON = {"order", "order-follow"}


@login_not_required
@require_POST
@never_cache
def also(request: TownRequest, code: str) -> HttpResponse:
    """A second time that suits as well, or the first alone again; back to the page that asked."""
    found, at = order_for(request, code), timezone.now()
    if found.delivery is None:
        raise Http404
    form = AlsoForm(also_times(found, request.town, at), request.POST)
    if form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            suit_also(delivery=found.delivery, window_id=form.cleaned_data["window"], at=at, by=by)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            said = _("Thank you. You are told which of the two it is.")
            messages.success(request, said if form.cleaned_data["window"] else _("Only the time you chose first."))
    else:
        messages.warning(request, _("This time cannot be added any more."))
    back = request.POST.get("back", "")
    return HttpResponseRedirect(order_address(request, back if back in ASKED_ON else "order-follow", found))
