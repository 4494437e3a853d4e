"""Search over everything a town knows: one literal table of sources, each a function below it."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core.money import format_money
from parvis.core.text import fold, prefix_query
from parvis.market.listing import ProductCard, for_cards
from parvis.market.models import Product, Shop
from parvis.market.trades import TRADES
from parvis.places.categories import CATEGORIES
from parvis.places.models import Place
from parvis.towns.models import Town

LONGEST = 80  # letters of a question that are read


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, in words."""

    title: str
    href: str
    icon: str
    text: str = ""
    meta: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where search looks: its name on the page, and a function from a town, a question and a limit to hits."""

    key: str
    label: Promise
    find: Callable[[Town, str, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Found:
    """What one source gave."""

    source: Source
    hits: list[Hit]


def _query(text: str) -> SearchQuery:
    return SearchQuery(prefix_query(text), config="simple", search_type="raw")


def products_matching(town: Town, text: str) -> QuerySet[Product]:
    """Products on sale that hold every word, those with the words in their name first."""
    found = for_cards(Product.objects.on_sale(town).matching(text))
    return found.annotate(rank=SearchRank(F("search"), _query(text))).order_by("-rank", "name", "pk")


def find_products(town: Town, text: str, limit: int) -> list[Hit]:
    """Products as hits, for suggestions."""
    cards = [ProductCard(product) for product in products_matching(town, text)[:limit]]
    return [
        Hit(
            card.product.name,
            card.href,
            card.icon,
            card.product.shop.name,
            format_money(card.product.price_cents, town.currency),
        )
        for card in cards
    ]


def find_shops(town: Town, text: str, limit: int) -> list[Hit]:
    """Shops whose name, trade (in the reader's language) or line holds every word by its beginning.

    A town has at most some hundreds of shops, so they are compared here, after one query of few columns.
    """
    words = fold(text).split()
    rows = Shop.objects.filter(town=town, is_open=True).order_by("name")
    hits = []
    for slug, name, trade, tagline, address in rows.values_list("slug", "name", "trade", "tagline", "place__address"):
        kind = TRADES.get(trade, TRADES["other"])
        known = f" {fold(f'{name} {kind.label} {tagline}')}"
        if all(f" {word}" in known for word in words):
            hits.append(Hit(name, reverse("shop", args=[slug]), kind.icon, address, str(kind.label)))
    hits.sort(key=lambda hit: words[0] not in fold(hit.title) if words else False)
    return hits[:limit]


def find_places(town: Town, text: str, limit: int) -> list[Hit]:
    """Places of the directory that are not shops of the market."""
    places = Place.objects.of(town).filter(search=_query(text), shop=None).order_by("name", "pk")
    hits = []
    for place in places.only("slug", "name", "category", "address")[:limit]:
        category = CATEGORIES.get(place.category)
        label, icon = (str(category.label), category.icon) if category else ("", "map-pin")
        hits.append(Hit(place.name, _place_address(place), icon, place.address, label))
    return hits


def _place_address(place: Place) -> str:
    try:
        return reverse("place", args=[place.slug])
    except NoReverseMatch:
        return ""


SOURCES = (
    Source("shops", _("Shops"), find_shops),
    Source("products", _("Products"), find_products),
    Source("places", _("Places"), find_places),
)


def clean(text: str | None) -> str:
    """A question as it is shown and used: single spaces, at most eighty letters."""
    return " ".join((text or "").replace("\x00", "").split())[:LONGEST]


def look(town: Town, text: str, limits: dict[str, int]) -> list[Found]:
    """Ask each source that has a limit; a question without a letter or a figure finds nothing."""
    if not fold(text):
        return []
    found = (Found(s, s.find(town, text, limits[s.key])) for s in SOURCES if s.key in limits)
    return [one for one in found if one.hits]


def shorter(text: str) -> list[str]:
    """The question with one word less, when it has several."""
    words = text.split()
    return [" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))][:5] if len(words) > 1 else []
