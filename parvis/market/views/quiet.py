"""The agent's page of quiet hours: when nothing rings in the town."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parvis.market.actions.quiet import set_quiet_hours
from parvis.market.forms.telling import TownQuietForm
from parvis.market.models import Telling
from parvis.market.models.telling import quiet_of
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def quiet(request: PersonRequest) -> HttpResponse:
    """Two hours, and how many people have chosen others."""
    town, hours = request.town, quiet_of(request.town)
    given = request.POST if request.method == "POST" else None
    form = TownQuietForm(given, initial={"quiet_from": hours.start, "quiet_until": hours.end})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        set_quiet_hours(
            town=town, start=data["quiet_from"], end=data["quiet_until"], at=timezone.now(), by=request.user
        )
        messages.success(request, _("The quiet hours are saved."))
        return redirect("agent-quiet")
    own = Telling.objects.filter(town=town).exclude(quiet_from=None).count()
    return render(request, "market/agent/quiet.html", {"form": form, "own": own}, status=422 if form.errors else 200)
