"""The town's rules of joining: how soon it calls, what must be done, who opens a shop."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from parvis.joining.actions.rules import save_checklist, save_rules
from parvis.joining.checklist import items_of
from parvis.joining.forms.rules import ListForm, RulesForm
from parvis.joining.models.rules import rules_of
from parvis.joining.views.agent.frame import joining_page
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def rules(request: PersonRequest) -> HttpResponse:
    """Two forms, each with its own save: the rules, and the checklist."""
    at, town = timezone.now(), request.town
    doing = request.POST.get("do", "rules") if request.method == "POST" else ""
    form = RulesForm(request.POST if doing == "rules" else None, instance=rules_of(town))
    list_form = ListForm(items_of(town), request.POST if doing == "list" else None)
    if doing == "rules" and form.is_valid():
        save_rules(rules=form.save(commit=False), at=at, by=request.user)
        messages.success(request, _("The rules are saved."))
        return redirect("joining-rules")
    if doing == "list" and list_form.is_valid():
        save_checklist(town=town, standings=list_form.standings(), at=at, by=request.user)
        messages.success(request, _("The checklist is saved. It holds for every shop that has not opened yet."))
        return redirect("joining-rules")
    context = {"form": form, "list_form": list_form}
    status = 422 if form.errors or list_form.errors else 200
    return joining_page(request, "joining/agent/rules.html", "joining-rules", context, at, status=status)
