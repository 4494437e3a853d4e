"""The map of the town: its page, the places it asks for, and the files it is drawn from."""

import hashlib
import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.ranges import file_in_ranges
from parvis.places.townmap.ground import ground
from parvis.places.townmap.page import TownMap
from parvis.places.townmap.pins import as_json
from parvis.places.townmap.window import Window
from parvis.towns import basemaps
from parvis.towns.links import town_url
from parvis.towns.requests import TownRequest


@login_not_required
@require_safe
def town_map(request: TownRequest) -> HttpResponse:
    """The map and its list; only the list when HTMX asks for the window that the live map shows."""
    shown = TownMap(request.town, request.GET, timezone.now(), reverse("map"))
    if request.htmx:
        response = render(request, "places/townmap/list.html", {"shown": shown})
    else:
        context = {"shown": shown, "live": shown.live, "embed_line": _embed_line(shown)}
        response = render(request, "places/townmap/map.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _embed_line(shown: TownMap) -> dict[str, str]:
    address = shown.link(view=shown.view, page=reverse("embed-map"))
    return {"src": town_url(shown.town, address), "title": _("Map of %(town)s") % {"town": shown.town.name}}


@login_not_required
@require_safe
def places_json(request: TownRequest) -> HttpResponse:
    """``?bbox=west,south,east,north&at=lat,lon,zoom`` and the form's filters: pins, compact; 400 for nonsense."""
    asked = request.GET.get("bbox", "")
    if asked and Window.read(asked) is None:
        sentence = _("A window is written bbox=west,south,east,north in degrees, at most 4 degrees wide.")
        return JsonResponse({"error": sentence}, status=400)
    shown = TownMap(request.town, request.GET, timezone.now(), reverse("map"))
    return _answer(request, as_json(shown.pins), seconds=60)


@login_not_required
@require_safe
def ground_json(request: TownRequest) -> HttpResponse:
    """The town's outline, and its simplified streets and water where no map is drawn, as GeoJSON."""
    return _answer(request, ground(request.town), seconds=3600)


@login_not_required
@require_safe
def tiles(request: TownRequest, version: str, name: str) -> HttpResponse:
    """A file of the town's drawn map, in ranges; 404 for another town's, or a drawing that is gone."""
    path = basemaps.file_of(request.town, version, name)
    if path is None:
        raise Http404
    return file_in_ranges(request, path, etag=f'"{version}-{name}"', content_type="application/vnd.pmtiles")


def _answer(request: HttpRequest, body: dict[str, Any], *, seconds: int) -> HttpResponse:
    """JSON that a browser keeps for some seconds and then asks about by its tag."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    response = HttpResponse(text, content_type="application/json")
    response["ETag"] = f'"{hashlib.sha256(text).hexdigest()[:24]}"'
    response["Cache-Control"] = f"public, max-age={seconds}"
    known = get_conditional_response(request, etag=response["ETag"], response=response)
    return known if isinstance(known, HttpResponse) else response
