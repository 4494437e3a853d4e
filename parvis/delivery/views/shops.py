"""The rider at a shop's door: the bags are on the bike, or were not ready."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.core.taps import tap_of
from parvis.delivery.actions import fetch_bags, miss_bags
from parvis.delivery.forms.rider import FetchForm, MissForm
from parvis.delivery.models import Stop
from parvis.delivery.views.doors import do_tap, stop_page, tap_at_stop
from parvis.people.requests import PersonRequest


@tap_at_stop
def fetched(request: PersonRequest, found: Stop) -> HttpResponse:
    """The bags are on the bike, each read by its code."""
    form = FetchForm(request.POST, auto_id="fetch-%s")
    if not form.is_valid():
        return stop_page(request, found, fetch=form)
    codes, tap = form.cleaned_data["scanned"], tap_of(request.POST)

    def verb() -> None:
        fetch_bags(stop=found, codes=codes, at=timezone.now(), by=request.user, tap=tap)

    return do_tap(request, found, verb, _("%(code)s is on your bike."), fetch=form)


@tap_at_stop
def missed(request: PersonRequest, found: Stop) -> HttpResponse:
    """It was not ready: the rider goes on, the shop brings it to the hub."""
    form = MissForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    tap = tap_of(request.POST)

    def verb() -> None:
        miss_bags(stop=found, note=note, at=timezone.now(), by=request.user, tap=tap)

    said = _("You ride on without %(code)s: the shop brings it to the hub.")
    return do_tap(request, found, verb, said, fetch=FetchForm(auto_id="fetch-%s"))
