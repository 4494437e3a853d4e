"""The town's depots: where they stand, and at which of them somebody works."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.time import day_of
from parvis.delivery.access import HUB_CHOSEN, hub_for
from parvis.delivery.actions.hubs import save_hub
from parvis.delivery.forms.hubs import HubForm
from parvis.delivery.views.dispatch import LOOKING, day_url, dispatch_page
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING, Role.Kind.HUB)
@require_POST
def choose(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Work at this hub from now on; back to the page one came from."""
    chosen = hub_for(request, pk)
    request.session[HUB_CHOSEN] = str(chosen.pk)
    back = request.POST.get("next", "")
    known = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if known else reverse("hub"))


@require_role(Role.Kind.DISPATCHER)
@require_http_methods(["GET", "POST"])
def hub(request: PersonRequest, pk: UUID | None = None) -> HttpResponse:
    """Move or rename a hub, or add one."""
    at = timezone.now()
    today = day_of(at, request.town.zone)
    chosen = hub_for(request, pk) if pk else None
    form = HubForm(request.POST or None, town=request.town, hub=chosen)
    if form.is_valid():
        saved = save_hub(town=request.town, hub=chosen, by=request.user, at=at, **form.values)
        messages.success(request, _("%(hub)s is saved.") % {"hub": saved})
        return HttpResponseRedirect(day_url("dispatch-fleet", today))
    context = {
        "form": form,
        "heading": str(chosen or _("A new hub")),
        "lead": _(
            "Each hub has its own bikes, delivery times and rounds; buyers are offered the times of all of them."
        ),
        "back_url": day_url("dispatch-fleet", today),
        "back_label": _("Fleet and windows"),
    }
    return dispatch_page(request, "core/base_form.html", "dispatch-fleet", today, context)
