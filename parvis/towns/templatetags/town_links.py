"""How a town is shown from outside: its address and its outline."""

from typing import Any

from django import template
from django.conf import settings

from parvis.core import svgmap
from parvis.towns.models import Town

register = template.Library()


@register.simple_tag(takes_context=True)
def town_url(context: template.Context, town: Town) -> str:
    """Where a town answers on this installation: its own domain, else ``http://<slug>.<base host>:<port>/``."""
    request: Any = context.get("request")
    scheme = request.scheme if request else "http"
    if town.domains:
        return f"{scheme}://{town.domains[0]}/"
    port = request.get_host().partition(":")[2] if request else ""
    return f"{scheme}://{town.slug}.{settings.BASE_HOST}{f':{port}' if port else ''}/"


@register.simple_tag
def town_outline(town: Town) -> svgmap.TownMap:
    """The town's boundary alone, to be its mark on a card."""
    return svgmap.draw(title=town.name, boundary=town.boundary)
