"""The request as views of a town see it: typed, so that no view casts."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from parvis.towns.models import Town


class TownRequest(HttpRequest):
    """A request at the host of a town."""

    town: Town
    htmx: HtmxDetails
