"""The directory's pages: all places of the town, and one of them."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core import svgmap
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.forms.filter import DirectoryFilter
from parvis.places.listing import Card, Wish, find_places, kinds_of
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
    kept = _kept(wish)
    if form.tells_too_much:
        return redirect(f"{reverse('places')}?{urlencode(kept)}")
    found = find_places(request.town, wish, at).with_closures().with_next_opening(at)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
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


def _kept(wish: Wish) -> dict[str, str]:
    """A question as addresses keep it: what made no sense is left out, and a position is rounded."""
    near = f"{wish.near.lon},{wish.near.lat}" if wish.near else ""
    ticks = {"collect": wish.collect, "delivers": wish.delivers, "wheelchair": wish.wheelchair}
    words = {"q": wish.text, "kind": wish.kind, "group": "" if wish.kind else wish.group, "open": wish.when}
    words |= {name: "on" for name, ticked in ticks.items() if ticked}
    return {name: value for name, value in (words | {"near": near}).items() if value}


def _map_of(town: Town, cards: list[Card]) -> svgmap.TownMap:
    markers = [
        svgmap.Marker(
            card.place.lon,
            card.place.lat,
            card.place.name,
            label=str(number),
            tone="go" if card.phrase and card.phrase.tone == "sun" else "calm",
            href=reverse("place", args=[card.place.slug]),
        )
        for number, card in enumerate(cards, start=1)
    ]
    title = _("The places of this page on the map")
    return svgmap.draw(title=title, boundary=town.boundary, backdrop=town.backdrop, markers=markers, near=bool(markers))


def _group_pills(kept: dict[str, str], opened: str) -> list[dict[str, Any]]:
    here = reverse("places")
    pills = [{"label": _("Everything"), "url": f"{here}?{urlencode(kept)}", "current": not opened}]
    for key, label in GROUPS.items():
        url = f"{here}?{urlencode(kept | {'group': key})}"
        pills.append({"label": label, "url": url, "current": key == opened})
    return pills
