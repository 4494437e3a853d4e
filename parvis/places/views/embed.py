"""The map inside another site's page: no frame of ours around it, no cookie, framed by whom it pleases."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from parvis.places.townmap.page import TownMap
from parvis.towns.requests import TownRequest

ANYWHERE: dict[str, Any] = {**settings.SECURE_CSP, "frame-ancestors": ["*"]}


@login_not_required
@require_safe
@xframe_options_exempt
@csp_override(ANYWHERE)
def embedded_map(request: TownRequest) -> HttpResponse:
    """The map for an iframe; ``?lang=nl`` speaks the language of the page around it. Links lead the whole window."""
    known = {code for code, _name in settings.LANGUAGES}
    language = request.GET.get("lang", "")
    with translation.override(language if language in known else translation.get_language()):
        shown = TownMap(request.town, request.GET, timezone.now(), reverse("embed-map"))
        template = "places/townmap/list.html" if request.htmx else "places/townmap/embed.html"
        response = render(request, template, {"shown": shown, "live": shown.live, "target": "_self"})
    patch_vary_headers(response, ["HX-Request"])
    return response
