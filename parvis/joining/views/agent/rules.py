"""The town's rules of joining."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parvis.joining.actions.rules import save_rules
from parvis.joining.forms.rules import RulesForm
from parvis.joining.models.rules import rules_of
from parvis.joining.views.agent.frame import joining_page
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def rules(request: PersonRequest) -> HttpResponse:
    """How soon the town calls."""
    at = timezone.now()
    form = RulesForm(request.POST if request.method == "POST" else None, instance=rules_of(request.town))
    if request.method == "POST" and form.is_valid():
        save_rules(rules=form.save(commit=False), at=at, by=request.user)
        messages.success(request, _("The rules are saved."))
        return redirect("joining-rules")
    status = 422 if form.errors else 200
    return joining_page(request, "joining/agent/rules.html", "joining-rules", {"form": form}, at, status=status)
