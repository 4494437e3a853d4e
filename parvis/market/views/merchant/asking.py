"""A shop that may not be ready in time asks the buyer for another time: one tap, and a reason if it likes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from parvis.core.errors import Refusal
from parvis.market.access import my_part, my_shop
from parvis.market.actions.asking import ask_another_time
from parvis.market.forms.merchant import AskForm
from parvis.people.requests import PersonRequest


@require_POST
def ask(request: PersonRequest, slug: str, pk: UUID) -> HttpResponse:
    """Ask; a second tap asks nothing more."""
    part = my_part(request, my_shop(request, slug), pk)
    form = AskForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(said) for said in form.errors["reason"]))
        return redirect("merchant-order", slug, pk)
    try:
        asked = ask_another_time(part=part, reason=form.cleaned_data["reason"], at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        if asked:
            messages.success(request, _("%(name)s is asked by mail.") % {"name": part.order.name})
    return redirect("merchant-order", slug, pk)
