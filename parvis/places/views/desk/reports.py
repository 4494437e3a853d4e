"""What residents told: the list, and one report to settle."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.places.access import report_for_agent
from parvis.places.actions.reports import settle_report
from parvis.places.forms.desk import SettleForm
from parvis.places.models import Report
from parvis.places.phrases import say_checked
from parvis.places.rules_in_words import say_rules
from parvis.places.views.desk.frame import desk_page, page_of
from parvis.places.views.desk.home import since

LIST = "directory-reports"


@require_safe
@require_role(Role.Kind.AGENT)
def reports(request: PersonRequest) -> HttpResponse:
    """What residents told and nobody has settled, the oldest first."""
    at = timezone.now()
    page = page_of(request, Report.objects.waiting(request.town).select_related("place"))
    rows = [{"report": report, "meta": since(report.at, at)} for report in page.object_list]
    return desk_page(request, "places/desk/reports.html", LIST, {"page": page, "rows": rows}, at)


@require_http_methods(["GET", "POST"])
@require_role(Role.Kind.AGENT)
def report(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One report beside its entry; what came of it is told to the resident who left an address."""
    at, found = timezone.now(), report_for_agent(request, pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle_report(report=found, **form.cleaned_data, at=at, by=request.user)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The report is settled."))
            return redirect(LIST)
    place = found.place
    context = {
        "report": found,
        "place": place,
        "checked": say_checked(place, at),
        "lines": say_rules(place.opening_hours) if place.hours_read else [place.opening_hours or place.hours_text],
        "when": since(found.at, at),
        "form": form,
    }
    status = 422 if form.errors else 200
    return desk_page(request, "places/desk/report.html", LIST, context, at, status=status)
