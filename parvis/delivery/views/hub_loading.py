"""The hub: a bike is loaded bag by bag. What is expected, what is on it, what is missing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from parvis.core.errors import Refusal
from parvis.core.scanning import with_camera
from parvis.delivery.access import delivery_for, round_for
from parvis.delivery.actions import load_bag, unload
from parvis.delivery.actions.loading import Loaded
from parvis.delivery.loading import Loading, bags_said
from parvis.delivery.models import Round
from parvis.delivery.views.hub import LOOKING, Said, hub_page
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest


@require_role(*LOOKING)
@require_GET
@with_camera
def load(request: PersonRequest, pk: UUID) -> HttpResponse:
    """One bike: scan what goes on it, see what is missing."""
    return _page(request, round_for(request, pk))


@require_role(Role.Kind.HUB)
@require_POST
@with_camera
def scan(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A bag, a crate or a delivery goes on the bike."""
    round_ = round_for(request, pk)
    typed = request.POST.get("code", "")[:200]
    try:
        if not typed.strip():
            raise Refusal(_("Type the code on the label of the bag, or the number of its crate."))
        loaded = load_bag(round_=round_, code=typed, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        return _page(request, round_, Said("warn", str(refusal)), typed)
    said = _said(Loading.of(round_), loaded)
    if request.htmx:
        return _page(request, round_, said)
    messages.success(request, f"{said.title}. {said.text}")
    return HttpResponseRedirect(reverse("hub-load", args=[round_.pk]))


@require_role(Role.Kind.HUB)
@require_POST
@with_camera
def off(request: PersonRequest, pk: UUID) -> HttpResponse:
    """A delivery comes off the bike again."""
    round_ = round_for(request, pk)
    delivery = delivery_for(request, request.POST.get("delivery", "")[:8])
    try:
        unload(round_=round_, delivery=delivery, at=timezone.now(), by=request.user)
    except Refusal as refusal:
        said = Said("warn", str(refusal))
    else:
        said = Said("wait", _("%(code)s is off the bike.") % {"code": delivery.code})
    if request.htmx:
        return _page(request, round_, said)
    messages.info(request, said.title)
    return HttpResponseRedirect(reverse("hub-load", args=[round_.pk]))


def _page(request: PersonRequest, round_: Round, said: Said | None = None, typed: str = "") -> HttpResponse:
    loading = Loading.of(round_)
    template = "delivery/hub/load.html" + ("#board" if request.htmx else "")
    figures = [
        {"label": _("expected"), "value": loading.expected},
        {"label": _("on the bike"), "value": loading.on, "tone": "go" if loading.complete else ""},
        {"label": _("missing"), "value": loading.missing, "tone": "warn" if loading.missing else ""},
    ]
    context = {
        "loading": loading,
        "round": loading.trip.round,
        "said": said,
        "typed": typed,
        "figures": figures,
        "scan_url": reverse("hub-load-scan", args=[round_.pk]),
        "off_url": reverse("hub-load-off", args=[round_.pk]),
    }
    return hub_page(request, template, "hub-rounds", context, query=f"day={loading.trip.round.plan.day.isoformat()}")


def _said(loading: Loading, loaded: Loaded) -> Said:
    """What the loader must know of a bag that has just been scanned."""
    row = next(row for row in loading.rows if row.parcel.delivery.pk == loaded.delivery.pk)
    names = {
        "bags": bags_said(loaded.bags),
        "code": loaded.delivery.code,
        "door": row.stop.position,
        "on": len(row.on),
        "all": row.expected,
    }
    title = _("%(bags)s · door %(door)s") % names
    if not loaded.new:
        return Said("wait", title, _("It was on the bike already."))
    if row.complete:
        return Said("go", title, _("%(code)s is complete.") % names)
    if row.awaited:
        names["shops"] = ", ".join(dict.fromkeys(bag.sender for bag in row.awaited))
        return Said("wait", title, _("%(code)s: %(on)s of %(all)s. Still missing: %(shops)s.") % names)
    return Said("go", title, _("%(code)s: %(on)s of %(all)s.") % names)
