"""The directory's pages: all places of the town, and one of them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core import svgmap
from parvis.core.time import day_of
from parvis.core.words import say_day, say_span
from parvis.places.access import place_for
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.forms.filter import DirectoryFilter
from parvis.places.hours import DayHours
from parvis.places.listing import Card, Wish, find_places, kinds_of
from parvis.places.models import Place
from parvis.places.phrases import say_status
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

PER_PAGE = 24


@login_not_required
@require_safe
def places(request: TownRequest) -> HttpResponse:
    """Every place of the town: searched, by kind, open now; the page's places on the map."""
    at = timezone.now()
    form = DirectoryFilter(request.GET, kinds=kinds_of(request.town))
    wish = form.wish()
    found = find_places(request.town, wish, at).with_closures().with_next_opening(at)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    kept = _kept(wish)
    cards = [Card(place, at) for place in page.object_list]
    elsewhere = {name: value for name, value in kept.items() if name not in {"kind", "group"}}
    context = {
        "form": form,
        "wish": wish,
        "near": kept.get("near", ""),
        "anywhere_url": f"{reverse('places')}?{urlencode({n: v for n, v in kept.items() if n != 'near'})}",
        "page": page,
        "cards": cards,
        "filtered": bool(wish),
        "title": CATEGORIES[wish.kind].label if wish.kind else GROUPS.get(wish.group, _("Places of the town")),
        "group_pills": _group_pills(elsewhere, CATEGORIES[wish.kind].group if wish.kind else wish.group),
        "map": _map_of(request.town, cards),
        "query": urlencode(kept) + "&" if kept else "",
    }
    return render(request, "places/places.html", context)


@login_not_required
@require_safe
def place(request: TownRequest, slug: str) -> HttpResponse:
    """One place: what it is, when it is open this week, where it stands, and who says so."""
    at = timezone.now()
    found = place_for(request, slug)
    status = found.status(at)
    today = day_of(at, request.town.zone)
    context = {
        "place": found,
        "phrase": say_status(status, at, request.town.zone),
        "status": status,
        "week": [_day(day) for day in found.week(today)] if _has_week(found) else [],
        "map": _map_of(request.town, [Card(found, at)], near=True),
        "attribution": _attribution(found),
    }
    return render(request, "places/place.html", context)


def _kept(wish: Wish) -> dict[str, str]:
    """A question as addresses keep it: what made no sense is left out, and a position is rounded."""
    near = f"{wish.near.lon},{wish.near.lat}" if wish.near else ""
    ticks = {"collect": wish.collect, "delivers": wish.delivers, "wheelchair": wish.wheelchair}
    words = {"q": wish.text, "kind": wish.kind, "group": "" if wish.kind else wish.group, "open": wish.when}
    words |= {name: "on" for name, ticked in ticks.items() if ticked}
    return {name: value for name, value in (words | {"near": near}).items() if value}


def _has_week(place: Place) -> bool:
    return bool(place.opening_hours and place.hours_read)


def _day(day: DayHours) -> dict[str, str]:
    spans = ", ".join(say_span(start, end) for start, end in day.spans)
    return {"name": say_day(day.day), "hours": spans or _("Closed"), "reason": day.reason}


def _map_of(town: Town, cards: list[Card], *, near: bool = False) -> svgmap.TownMap:
    if near:
        title = _("Where %(place)s is") % {"place": cards[0].place.name}
    else:
        title = _("The places of this page on the map")
    markers = [
        svgmap.Marker(
            card.place.lon,
            card.place.lat,
            card.place.name,
            label="" if near else str(number),
            tone="go" if near or (card.phrase and card.phrase.tone == "sun") else "calm",
            href="" if near else reverse("place", args=[card.place.slug]),
        )
        for number, card in enumerate(cards, start=1)
    ]
    return svgmap.draw(title=title, boundary=town.boundary, backdrop=town.backdrop, markers=markers, near=bool(markers))


def _attribution(place: Place) -> str:
    """The words that the source's licence asks for."""
    for source in place.town.sources:
        if source.get("name") == place.source:
            return str(source.get("attribution", ""))
    return place.source


def _group_pills(kept: dict[str, str], opened: str) -> list[dict[str, Any]]:
    here = reverse("places")
    pills = [{"label": _("Everything"), "url": f"{here}?{urlencode(kept)}", "current": not opened}]
    for key, label in GROUPS.items():
        url = f"{here}?{urlencode(kept | {'group': key})}"
        pills.append({"label": label, "url": url, "current": key == opened})
    return pills
