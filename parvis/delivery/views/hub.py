"""The hub: bags come in. One question on each page, and the same frame around all of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.core.scanning import with_camera
from parvis.core.words import say_clock, say_day, say_span
from parvis.delivery import chain
from parvis.delivery.access import bag_for, delivery_for, hub_of, places_to_work
from parvis.delivery.actions import report_lost, report_missing, scan_bag_in, set_needs
from parvis.delivery.actions.custody import code_of
from parvis.delivery.forms.hub import NeedsForm, shown
from parvis.delivery.hubday import HubDay, parcel_of
from parvis.delivery.loading import cannot_ride
from parvis.delivery.models import Bag
from parvis.delivery.parcels import Parcel
from parvis.delivery.states import BagState
from parvis.people.access import require_role, roles_in
from parvis.people.models import Role
from parvis.people.requests import PersonRequest

LOOKING = (Role.Kind.HUB, Role.Kind.DISPATCHER, Role.Kind.AGENT)


def hub_page(
    request: PersonRequest, template: str, current: str, context: dict[str, Any], *, query: str = ""
) -> HttpResponse:
    """Render a page of the hub under its tab ``current``; ``query`` keeps day and window from tab to tab."""
    tabs = [
        ("hub", _("Bags")),
        ("hub-deliveries", _("Deliveries")),
        ("hub-rounds", _("Rounds")),
        ("hub-ratings", _("Ratings")),
    ]
    subnav = [
        {"label": label, "current": name == current, "url": with_query(reverse(name), query)} for name, label in tabs
    ]
    frame = {
        "subnav": subnav,
        "switch": places_to_work(request),
        "query": query,
        "may_act": Role.Kind.HUB in roles_in(request),
    }
    return render(request, template, frame | context)


def with_query(url: str, query: str) -> str:
    """An address with its query, if there is one."""
    return f"{url}?{query}" if query else url


def window_pills(day: HubDay, page: str) -> list[dict[str, Any]]:
    """The day before, the windows of the day, the whole of it, the day after: links to ``page``."""

    def pill(label: str, *, current: bool = False, icon: str = "", **query: str) -> dict[str, Any]:
        return {"label": label, "current": current, "icon": icon, "url": f"{page}?{urlencode(query)}"}

    before, after = day.day - timedelta(days=1), day.day + timedelta(days=1)
    shown_day = day.day.isoformat()
    windows = [
        pill(
            say_span(window.starts_at, window.ends_at),
            current=day.window == window,
            day=shown_day,
            window=str(window.pk),
        )
        for window in day.windows
    ]
    if len(day.windows) > 1:
        windows.append(pill(_("Whole day"), current=len(day.chosen) > 1, day=shown_day, window="day"))
    return [
        pill(say_day(before), icon="arrow-left", day=before.isoformat()),
        *windows,
        pill(say_day(after), icon="arrow-right", day=after.isoformat()),
    ]


@dataclass(frozen=True, slots=True)
class Said:
    """The answer to a scan, in big letters; ``tone`` is ``go``, ``wait`` or ``warn``."""

    tone: str
    title: str
    text: str = ""
    href: str = ""
    action: str = ""


@require_role(*LOOKING)
@require_GET
@with_camera
def bags(request: PersonRequest) -> HttpResponse:
    """What is missing, from whom, by when."""
    at = timezone.now()
    day = HubDay.load(hub_of(request), at=at, **shown(request.GET))
    said = None
    bag = Bag.objects.confirmed().filter(town=request.town, code=code_of(request.GET.get("scanned", ""))).first()
    if bag is not None and bag.state in {BagState.AT_HUB, BagState.PACKED}:
        said = _said(request, bag, day, again="again" in request.GET)
    return _bags_page(request, day, said)


def _bags_page(request: PersonRequest, day: HubDay, said: Said | None, typed: str = "") -> HttpResponse:
    template = "delivery/hub/bags.html"
    figures = [
        {
            "label": _("still to come"),
            "value": day.awaited,
            "tone": "warn" if day.late else "",
            "note": ngettext("%(count)s is late", "%(count)s are late", day.late) % {"count": day.late}
            if day.late
            else "",
        },
        {"label": _("on the table"), "value": day.loose},
        {"label": _("in crates"), "value": day.packed, "tone": "go" if day.packed else ""},
        {"label": _("will not come"), "value": len(day.missing)},
    ]
    context = {
        "day": day,
        "said": said,
        "typed": typed,
        "figures": figures,
        "pills": window_pills(day, reverse("hub")),
        "scan_url": with_query(reverse("hub-scan"), day.query),
    }
    part = "#board" if request.htmx else ""
    return hub_page(request, template + part, "hub", context, query=day.query)


@require_role(Role.Kind.HUB)
@require_POST
@with_camera
def scan(request: PersonRequest) -> HttpResponse:
    """A bag is here: typed, scanned by a keyboard scanner or the camera, or tapped in the list."""
    at = timezone.now()
    hub = hub_of(request)
    typed = request.POST.get("code", "")[:200]
    said, bag = None, None
    try:
        if not typed.strip():
            raise Refusal(_("Type the code on the label of the bag."))
        bag = scan_bag_in(town=request.town, code=typed, at=at, by=request.user, hub=hub)
    except Refusal as refusal:
        said = Said("warn", str(refusal))
    again = bag is not None and not any(event.at == at for event in bag.events.all())
    day = HubDay.load(hub, at=at, **shown(request.GET))
    if bag is None:
        return _bags_page(request, day, said, typed)
    if request.htmx:
        return _bags_page(request, day, _said(request, bag, day, again=again))
    query = f"{day.query}&scanned={bag.code}{'&again=1' if again else ''}"
    return HttpResponseRedirect(f"{reverse('hub')}?{query}")


def _said(request: PersonRequest, bag: Bag, day: HubDay, *, again: bool) -> Said:
    """What the hub must know of a bag that has just been scanned."""
    delivery = delivery_for(request, bag.delivery.code)
    parcel = Parcel(delivery)
    url = reverse("hub-delivery", args=[delivery.code])
    names = {"code": delivery.code, "arrived": parcel.arrived, "total": parcel.total}
    title = f"{bag.code} · {bag.sender}"
    count = (
        ngettext("for %(code)s, its only bag", "for %(code)s · %(arrived)s of %(total)s bags here", parcel.total)
        % names
    )
    if parcel.has_left:
        text = _("Too late: %(code)s has already left. Call the shop.") % names
        return Said("warn", title, text, url, _("See %(code)s") % names)
    if delivery.window not in day.chosen:
        window = delivery.window
        when = f"{say_day(window.starts_at)}, {say_span(window.starts_at, window.ends_at)}"
        return Said("wait", title, f"{count}. " + _("Put it aside for %(when)s.") % {"when": when})
    if again:
        text = f"{count}. " + _("It was scanned at %(time)s.") % {"time": say_clock(_arrived_at(bag))}
        return Said("wait", title, text, url, _("See %(code)s") % names)
    if parcel.can_pack:
        return Said("go", title, count, url, _("Pack %(code)s") % names)
    return Said("go", title, count)


def _arrived_at(bag: Bag) -> datetime:
    event = bag.events.filter(kind__in=["at_hub", "returned"]).order_by("-at").first()
    return event.at if event else bag.delivery.booked_at


@require_role(*LOOKING)
@require_GET
def bag(request: PersonRequest, code: str) -> HttpResponse:
    """Who holds a bag, and who has held it since the beginning."""
    return _bag_page(request, bag_for(request, code))


def _bag_page(request: PersonRequest, found: Bag, form: NeedsForm | None = None) -> HttpResponse:
    context = {
        "form": form or NeedsForm(initial={"needs": found.needs}),
        "bag": found,
        "state": found.state,
        "parcel": parcel_of(delivery_for(request, found.delivery.code)),
        "holder": chain.holder(found),
        "since": chain.held_since(found),
        "lost": chain.lost_at(found),
        "steps": chain.steps(found),
        "scan_url": reverse("hub-scan"),
    }
    return hub_page(request, "delivery/hub/bag.html", "hub", context)


@require_role(Role.Kind.HUB)
@require_POST
def needs(request: PersonRequest, code: str) -> HttpResponse:
    """What a bag asks of a bike: the trailer, two to lift it, to be kept upright."""
    found, form = bag_for(request, code), NeedsForm(request.POST)
    if not form.is_valid():
        return _bag_page(request, found, form)
    try:
        set_needs(bag=found, needs=form.cleaned_data["needs"], at=timezone.now(), by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved: plans and promises count with it from now on."))
        if said := cannot_ride(found):
            messages.warning(request, said)
    return HttpResponseRedirect(reverse("hub-bag", args=[found.code]))


@require_role(Role.Kind.HUB)
@require_http_methods(["GET", "HEAD", "POST"])
def missing(request: PersonRequest, code: str) -> HttpResponse:
    """A bag will not come: asked first, then said."""
    found = bag_for(request, code)
    query = request.GET.urlencode()
    if request.method == "POST":
        try:
            report_missing(bag=found, at=timezone.now(), by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("Bag %(code)s will not come. Delivery %(delivery)s goes without it.")
            messages.success(request, said % {"code": found.code, "delivery": found.delivery.code})
        return HttpResponseRedirect(with_query(reverse("hub"), query))
    context = {
        "bag": found,
        "action_url": with_query(reverse("hub-missing", args=[found.code]), query),
        "cancel_url": with_query(reverse("hub"), query),
    }
    return hub_page(request, "delivery/hub/missing.html", "hub", context, query=query)


@require_role(Role.Kind.HUB)
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: PersonRequest, code: str) -> HttpResponse:
    """A bag that somebody held cannot be found: who had it last is shown, asked, then told to all whom it touches."""
    found = bag_for(request, code)
    back = reverse("hub-bag", args=[found.code])
    if request.method == "POST":
        try:
            report_lost(bag=found, at=timezone.now(), by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("Bag %(code)s is lost. %(shop)s, the buyer and the dispatcher are told.")
            messages.success(request, said % {"code": found.code, "shop": found.sender})
        return HttpResponseRedirect(back)
    context = {
        "bag": found,
        "holder": chain.holder(found),
        "since": chain.held_since(found),
        "action_url": reverse("hub-lost", args=[found.code]),
        "cancel_url": back,
    }
    return hub_page(request, "delivery/hub/lost.html", "hub", context)
