"""Which town a request belongs to, by its host name."""

from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from parvis.towns.models import Town
from parvis.towns.requests import TownRequest


class TownMiddleware:
    """Sets ``request.town`` and the town's time zone; the bare host gets its own small set of pages.

    An unknown town is a 404 with the list of those that exist, never another town's page.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = request.get_host().rpartition(":")[0] or request.get_host()
        host = host.split(":")[0].lower()
        if host in {settings.BASE_HOST, "127.0.0.1"}:
            request.urlconf = settings.BARE_URLCONF
            return self.get_response(request)
        slug = host.removesuffix(f".{settings.BASE_HOST}") if host.endswith(f".{settings.BASE_HOST}") else None
        town = Town.objects.defer("backdrop").filter(Q(slug=slug) if slug else Q(domains__contains=[host])).first()
        if town is None:
            request.urlconf = settings.BARE_URLCONF
            return render(request, "towns/unknown.html", {"towns": Town.objects.order_by("name")}, status=404)
        cast(TownRequest, request).town = town
        with timezone.override(town.zone):
            return self.get_response(request)
