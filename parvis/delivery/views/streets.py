"""The streets as the town knows them: what is closed, and what riders' rounds have taught."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.svgmap import Marker, Route, TownMap, draw
from parvis.core.time import day_of
from parvis.delivery.access import hub_of
from parvis.delivery.actions.streets import close_road, listed, open_road, rounds_through
from parvis.delivery.clients.streets import streets_for
from parvis.delivery.forms.streets import RoadClosureForm
from parvis.delivery.mapped_words import ToldStreet, told_streets
from parvis.delivery.models import Hub, Pace, RoadClosure
from parvis.delivery.views.dispatch import LOOKING, day_url, dispatch_page
from parvis.delivery.views.fleet import dispatcher_only
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_http_methods(["GET", "POST"])
def streets(request: PersonRequest) -> HttpResponse:
    """What is closed, on a map and in words; the dispatcher closes more."""
    at, hub = timezone.now(), hub_of(request)
    day = day_of(at, request.town.zone)
    form = RoadClosureForm(request.POST or None, town=request.town, initial={"first_day": day})
    if request.method == "POST":
        dispatcher_only(request)
        if form.is_valid():
            try:
                closure = close_road(town=request.town, by=request.user, at=at, **form.values(at))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                _tell(request, closure, hub, at)
                return HttpResponseRedirect(day_url("dispatch-streets", day))
    closures, mapped = listed(request.town, at), list(told_streets(request.town, at))
    context = {
        "closures": closures,
        "mapped": mapped,
        "form": form,
        "at": at,
        "map": _map(hub, closures, mapped),
        "said": streets_for(request.town).said,
        "pace": Pace.objects.filter(hub=hub).first(),
    }
    return dispatch_page(request, "delivery/dispatch/streets.html", "dispatch-streets", day, context)


@require_role(Role.Kind.DISPATCHER)
@require_POST
def opened(request: PersonRequest, pk: UUID) -> HttpResponse:
    """The street is free again."""
    at = timezone.now()
    closure = get_object_or_404(RoadClosure, town=request.town, pk=pk)
    open_road(closure=closure, by=request.user, at=at)
    messages.success(request, _("%(name)s: bikes ride there again.") % {"name": closure})
    return HttpResponseRedirect(day_url("dispatch-streets", day_of(at, request.town.zone)))


def _tell(request: PersonRequest, closure: RoadClosure, hub: Hub, at: datetime) -> None:
    """Saved; and which rounds of today would still ride through."""
    messages.success(request, _("Saved. Plans, promises and directions ride around it from now on."))
    if closure.starts_at > at:
        return
    if count := len(rounds_through(closure, hub, day_of(at, request.town.zone))):
        said = ngettext(
            "%(count)s round of today was planned through it: plan again to be sure of its times.",
            "%(count)s rounds of today were planned through it: plan again to be sure of their times.",
            count,
        )
        messages.warning(request, said % {"count": count})


def _map(hub: Hub, closures: list[RoadClosure], mapped: list[ToldStreet]) -> TownMap:
    town = hub.town
    areas: list[Any] = [Route([*closure.ring, closure.ring[0]], colour=2) for closure in closures]
    marks = [
        Marker(
            sum(p.lon for p in closure.points) / len(closure.ring),
            sum(p.lat for p in closure.points) / len(closure.ring),
            closure.name,
            label=str(number),
            tone="warn",
        )
        for number, closure in enumerate(closures, start=1)
    ]
    marks += [
        Marker(street.spot.lon, street.spot.lat, street.name, label=str(number), tone="warn")
        for number, street in enumerate(mapped, start=len(closures) + 1)
    ]
    return draw(
        title=_("What is closed"),
        description=_("Areas around which bikes ride."),
        boundary=town.boundary,
        backdrop=town.backdrop,
        routes=areas,
        markers=[Marker(hub.lon, hub.lat, hub.name, tone="hub"), *marks],
    )
