"""What the page of the map shows, from what its address asks."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core import svgmap
from parvis.core.geo import Point
from parvis.core.icons import icon_svg
from parvis.core.spots import nearness
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.forms import MapFilter
from parvis.places.listing import Card, kinds_of
from parvis.places.models import Place, PlaceQuerySet
from parvis.places.townmap.pins import GROUP_ICONS, OTHER_ICON, Pin, gather, pins
from parvis.places.townmap.window import View, Window
from parvis.towns.clients.basemap import FILES as TILES
from parvis.towns.models import Town

PER_PAGE = 24
NEAR_ZOOM = 17.0  # one place and its street
FILTERS = ("q", "kind", "group", "open", "collect", "wheelchair", "to")
GROUND_SECONDS = 600
LIBRARY = {
    "maplibre": "map/maplibre-gl.mjs",
    "worker": "map/maplibre-gl-worker.mjs",
    "pmtiles": "map/pmtiles.mjs",
    "style": "places/js/map-style.js",
    "pins": "places/js/map-pins.js",
    "view": "places/js/map-view.js",
    "font": "fonts/atkinson.woff2",
}
_SLUG = re.compile(r"[-\w]{1,120}", re.ASCII)


@dataclass
class TownMap:
    """One question asked of the map of a town. ``asked`` is the address's query, ``address`` the page's own path."""

    town: Town
    asked: QueryDict
    at: datetime
    address: str

    @cached_property
    def form(self) -> MapFilter:
        """The filters, read."""
        form = MapFilter(self.asked, kinds=kinds_of(self.town), town=self.town)
        form.is_valid()
        return form

    @property
    def asks_more(self) -> bool:
        """Whether a filter of the folded part is in use: it stands open then."""
        return bool(self.kept.keys() & {"q", "kind", "collect", "wheelchair", "to"})

    @cached_property
    def kept(self) -> dict[str, str]:
        """The filters as addresses keep them."""
        return {name: value for name in FILTERS if (value := self.asked.get(name, "").strip())}

    @cached_property
    def picked(self) -> Place | None:
        """The place that the address points at."""
        slug = self.asked.get("place", "")
        return Place.objects.of(self.town).filter(slug=slug).first() if _SLUG.fullmatch(slug) else None

    @cached_property
    def view(self) -> View | None:
        """Where the address looks; None for the whole town."""
        if (view := View.read(self.asked.get("at", ""))) is not None:
            return view
        return View(self.picked.point, NEAR_ZOOM) if self.picked else None

    @cached_property
    def whole(self) -> Window:
        """The window of the whole town."""
        return Window.around(self.town.boundary, self.town.centre)

    @cached_property
    def window(self) -> Window | None:
        """What the browser says that it shows, else what the view shows; None for the whole town."""
        if (window := Window.read(self.asked.get("bbox", ""))) is not None:
            return window
        return self.view.window if self.view else None

    @cached_property
    def places(self) -> PlaceQuerySet:
        """The places that pass the filters and stand in the window."""
        found = self._filtered(self.form.cleaned_data)
        return found.within(*self.window.edges) if self.window else found

    def _filtered(self, want: dict[str, Any]) -> PlaceQuerySet:
        found = Place.objects.of(self.town).matching(want.get("q", ""))
        if kind := want.get("kind"):
            found = found.of_kinds([kind])
        elif group := want.get("group"):
            found = found.of_kinds([key for key, category in CATEGORIES.items() if category.group == group])
        if want.get("open"):
            found = found.open_at(self.at)
        if want.get("collect"):
            found = found.offering("click-collect")
        if want.get("wheelchair"):
            found = found.filter(wheelchair="yes")
        if door := want.get("to"):
            found = found.delivers_to(door, self.town)
        return found

    @property
    def middle(self) -> View:
        """The view, or the whole town as one."""
        return self.view or View(self.whole.centre, self.whole.zoom)

    @cached_property
    def pins(self) -> list[Pin]:
        """What stands in the window."""
        zoom = self.middle.zoom
        if self.window:  # a browser may show a far window with a near zoom: squares stay as large as its window needs
            zoom = min(zoom, self.window.zoom + 1)
        return pins(self.places, zoom, self.at)

    @cached_property
    def page(self) -> Page[Place]:
        """The list beside the map, nearest to its middle first."""
        middle = self.window.centre if self.window else self.town.centre
        nearest = self.places.order_by(nearness(middle), "slug").prefetch_related("closures")
        page = Paginator(nearest.with_next_opening(self.at), PER_PAGE).get_page(self.asked.get("page"))
        for place in page.object_list:
            place.town = self.town  # at hand already, with its outline of some hundred kilobytes
        return page

    @property
    def cards(self) -> list[Card]:
        """The places of the page of the list."""
        return [Card(place, self.at) for place in self.page.object_list]

    @property
    def said(self) -> str:
        """How many places there are, for everybody and at each change for those who cannot see the map."""
        count = self.page.paginator.count
        if self.window:
            words = ngettext(
                "%(count)s place in this part of the map.", "%(count)s places in this part of the map.", count
            )
        else:
            words = ngettext("%(count)s place in %(town)s.", "%(count)s places in %(town)s.", count)
        return words % {"count": count, "town": self.town.name}

    def link(self, *, view: View | None = None, page: str = "", **changed: str) -> str:
        """This address (or ``page``) with the filters kept, some ``changed`` ("" leaves one out), at ``view``."""
        query = {name: value for name, value in (self.kept | changed).items() if value}
        if view is not None:
            query["at"] = str(view)
        return f"{page or self.address}?{urlencode(query)}" if query else page or self.address

    @property
    def query(self) -> str:
        """What the list's further pages keep."""
        query = self.kept | ({"at": str(self.view)} if self.view else {})
        return f"{urlencode(query)}&" if query else ""

    @property
    def group_pills(self) -> list[dict[str, Any]]:
        """The groups of kinds as links; a kind chosen opens its group."""
        kind = self.form.cleaned_data.get("kind", "")
        opened = CATEGORIES[kind].group if kind else self.form.cleaned_data.get("group", "")
        ways: list[tuple[str, str | Promise, str]] = [("", _("Everything"), "layout-grid")]
        ways += [(key, label, GROUP_ICONS.get(key, OTHER_ICON)) for key, label in GROUPS.items()]
        return [
            {
                "key": key,
                "label": label,
                "icon": icon,
                "url": self.link(view=self.view, group=key, kind=""),
                "current": key == opened,
            }
            for key, label, icon in ways
        ]

    @property
    def drawing(self) -> svgmap.TownMap:
        """The map as the server draws it: what stands there until the live one is ready, or instead of it."""
        zoom = self.middle.zoom
        said = {"title": _("Map of %(town)s") % {"town": self.town.name}, "description": self.said}
        return svgmap.mark(self._ground(), [self._marker(pin, zoom) for pin in gather(self.pins, zoom)], **said)

    def _ground(self) -> svgmap.TownMap:
        """Streets and water; those of the whole town, a tenth of a second of work, are kept for some minutes."""
        if self.view is None:
            key = f"map-ground:{self.town.pk}:{self.town.basemap}"
            return cast(svgmap.TownMap, cache.get_or_set(key, lambda: self._draw(None), GROUND_SECONDS))
        return self._draw(self.view.window)

    def _draw(self, window: Window | None) -> svgmap.TownMap:
        edges = window.edges if window else None
        return svgmap.draw(title="", boundary=self.town.boundary, backdrop=self.town.backdrop, window=edges)

    def _marker(self, pin: Pin, zoom: float) -> svgmap.Marker:
        if pin.slug:
            tone = "hub" if self.picked and pin.slug == self.picked.slug else "go" if pin.is_open else "calm"
            return svgmap.Marker(pin.lon, pin.lat, pin.name, tone=tone, href=reverse("place", args=[pin.slug]))
        title = _("%(count)s places: look closer") % {"count": pin.count}
        label = str(pin.count) if pin.count < 1000 else f"{pin.count // 1000}k"
        closer = View(Point(pin.lon, pin.lat), zoom).closer(2)
        return svgmap.Marker(
            pin.lon, pin.lat, title, label=label, tone="go", href=self.link(view=closer, page=reverse("map"))
        )

    @property
    def steps(self) -> list[dict[str, str]]:
        """Links that do without a script what the live map's buttons do."""
        return [
            {"label": _("Closer"), "icon": "zoom-in", "url": self.link(view=self.middle.closer(1))},
            {"label": _("Further"), "icon": "zoom-out", "url": self.link(view=self.middle.closer(-1))},
            {"label": _("Whole town"), "icon": "maximize-2", "url": self.link()},
        ]

    @property
    def live(self) -> dict[str, Any]:
        """What the live map needs: addresses, colours come from the stylesheet, words."""
        town = self.town
        folder = town.basemap.rpartition("/")[2]
        tiles = {name: reverse("map-tiles", args=[folder, name]) for name in TILES} if folder else None
        return {
            "files": {key: static(path) for key, path in LIBRARY.items()},
            "tiles": tiles,
            "ground": reverse("map-ground"),
            "places": reverse("map-places"),
            "place": reverse("place", args=["SLUG"]),
            "page": self.address,
            "bounds": self.whole.edges,
            "view": [self.view.centre.lon, self.view.centre.lat, self.view.zoom] if self.view else None,
            "picked": self._picked_for_the_script(),
            "icons": {key: icon_svg(GROUP_ICONS.get(key, OTHER_ICON)) for key in GROUPS},
            "groups": {key: str(label) for key, label in GROUPS.items()},
            "words": {
                "map": _("Map of %(town)s: arrow keys move it, plus and minus zoom") % {"town": town.name},
                "closer": _("Closer"),
                "further": _("Further"),
                "whole": _("Whole town"),
                "me": _("Near me"),
                "notFound": _(
                    "Your device does not say where you are. Allow it for this page, or move the map by hand."
                ),
                "close": _("Close"),
                "gesture": _("Use two fingers to move the map"),
                "wheel": _("Use Ctrl and the wheel to zoom the map"),
                "wheelMac": _("Use ⌘ and the wheel to zoom the map"),
            },
        }

    def _picked_for_the_script(self) -> dict[str, Any] | None:
        if (place := self.picked) is None:
            return None
        group = place.kind.group
        return {"lon": place.lon, "lat": place.lat, "slug": place.slug, "name": place.name, "group": group}
