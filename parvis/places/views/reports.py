""" "Something wrong?": anybody tells the town that an entry is wrong, without an account."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from parvis.core.errors import Refusal
from parvis.people.addresses import client_address
from parvis.places.access import place_for
from parvis.places.actions.reports import report_place, sender_of
from parvis.places.forms.desk import ReportForm
from parvis.towns.requests import TownRequest


@login_not_required
@require_http_methods(["GET", "POST"])
def report(request: TownRequest, slug: str) -> HttpResponse:
    """What is wrong, in a few taps. A machine that fills the hidden field is thanked and forgotten."""
    at, place = timezone.now(), place_for(request, slug)
    thanks = f"{reverse('report-place', args=[place.slug])}?thanks=1"
    form = ReportForm(request.POST or None, initial={"kind": request.GET.get("kind", "")})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        if data.pop("website"):
            return redirect(thanks)
        sender = sender_of(client_address(request), at)
        language = (translation.get_language() or "")[:2]
        try:
            report_place(place=place, sender=sender, language=language, at=at, **data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(thanks)
    thanked = request.method == "GET" and bool(request.GET.get("thanks"))
    context = {"place": place, "form": form, "thanked": thanked}
    return render(request, "places/report.html", context, status=422 if form.errors else 200)
