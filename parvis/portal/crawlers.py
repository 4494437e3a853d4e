"""What search engines ask first: which pages a town has, and which are not for them."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import Sitemap, views
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_safe

from parvis.market.models import Product, Shop
from parvis.places.models import Place
from parvis.towns.models import Town
from parvis.towns.requests import TownRequest

CLOSED_TO_ROBOTS = ("accounts", "basket", "checkout", "orders", "merchant", "agent", "hub", "rider", "search")
FILES_CLOSED_TO_ROBOTS = ("/places/export", "/*.pdf$")  # made for people, one by one


if TYPE_CHECKING:
    _Sitemap = Sitemap[Any]
else:
    _Sitemap = Sitemap


class _OfTown(_Sitemap):
    """Pages of one town."""

    limit = 10_000  # the protocol allows 50,000; smaller files are read sooner

    def __init__(self, town: Town) -> None:
        super().__init__()
        self.town = town


class _Pages(_OfTown):
    """The pages that every town has."""

    names: ClassVar = (
        "home",
        "shops",
        "products",
        "places",
        "join",
        "about",
        "legal",
        "privacy",
        "accessibility",
        "api-page",
    )

    def items(self) -> Any:
        return self.names

    def location(self, item: str) -> str:
        return reverse(item)


class _Places(_OfTown):
    """Every entry of the directory, with the day it was last checked."""

    def items(self) -> Any:
        return Place.objects.of(self.town).order_by("pk").only("slug", "checked_at")

    def location(self, item: Place) -> str:
        return reverse("place", args=[item.slug])

    def lastmod(self, item: Place) -> datetime | None:
        return item.checked_at


class _Shops(_OfTown):
    """The shops of the market."""

    def items(self) -> Any:
        return Shop.objects.open_in(self.town).select_related(None).order_by("pk").only("slug")

    def location(self, item: Shop) -> str:
        return reverse("shop", args=[item.slug])


class _Products(_OfTown):
    """What they sell."""

    def items(self) -> Iterable[tuple[str, str]]:
        return Product.objects.on_sale(self.town).order_by("pk").values_list("shop__slug", "slug")

    def location(self, item: tuple[str, str]) -> str:
        return reverse("product", args=item)


SECTIONS: dict[str, type[_OfTown]] = {"pages": _Pages, "places": _Places, "shops": _Shops, "products": _Products}


def _sitemaps(request: TownRequest) -> dict[str, Any]:
    return {name: section(request.town) for name, section in SECTIONS.items()}


@login_not_required
@require_safe
def sitemap(request: TownRequest) -> HttpResponseBase:
    """The list of the lists below."""
    return cast(HttpResponseBase, views.index(request, _sitemaps(request), sitemap_url_name="sitemap-section"))


@login_not_required
@require_safe
def section(request: TownRequest, section: str) -> HttpResponseBase:
    """The pages of one section, ten thousand a file; 404 for a section or a page that is not there."""
    return cast(HttpResponseBase, views.sitemap(request, _sitemaps(request), section=section))


@login_not_required
@require_safe
def robots(request: TownRequest) -> HttpResponse:
    """Who may read what; an invented town is not for search engines."""
    if request.town.is_demo:
        lines = ["User-agent: *", "Disallow: /"]
    else:
        closed = [f"Disallow: /{path}/" for path in CLOSED_TO_ROBOTS]
        closed += [f"Disallow: {path}" for path in FILES_CLOSED_TO_ROBOTS]
        lines = ["User-agent: *", *closed, "", f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
