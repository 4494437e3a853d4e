"""Search over everything a town knows: one literal table of sources, each a function below it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point, flat_distance_m
from parvis.core.money import format_money
from parvis.core.questions import Answers, Question
from parvis.core.words import say_distance
from parvis.market.listing import ProductCard
from parvis.market.models import Product
from parvis.market.search import products_answering, shops_answering
from parvis.places.categories import CATEGORIES
from parvis.places.models import Place
from parvis.places.naming import kinds_answering
from parvis.places.search import ranked
from parvis.towns.models import Address, Town
from parvis.towns.questions import ask, guesses
from parvis.towns.street_words import KINDS

LONGEST = 80  # letters of a question that are read


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a town, when it is asked, and where the visitor is, if they said so."""

    town: Town
    question: Question
    at: datetime
    near: Point | None = None


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
    """Where search looks: its name on the page, and a function from a question and a limit to hits."""

    key: str
    label: Promise
    find: Callable[[Asked, int], list[Hit]]


@dataclass(frozen=True, slots=True)
class Found:
    """What one source gave."""

    source: Source
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Answer:
    """What all sources gave, products apart where a page lists them; the words answered when a mistake was mended."""

    asked: Asked
    found: list[Found]
    products: "QuerySet[Product]"
    corrected: str = ""

    def __bool__(self) -> bool:
        return bool(self.found) or self.products.exists()


def find_products(asked: Asked, limit: int) -> list[Hit]:
    """Products as hits, for suggestions."""
    cards = [ProductCard(product) for product in products_answering(asked.town, asked.question)[:limit]]
    return [
        Hit(
            card.product.name,
            card.href,
            card.icon,
            card.product.shop.name,
            format_money(card.product.price_cents, asked.town.currency),
        )
        for card in cards
    ]


def find_shops(asked: Asked, limit: int) -> list[Hit]:
    """Shops of the market."""
    return [
        Hit(shop.name, reverse("shop", args=[shop.slug]), shop.trade.icon, _street(shop.address), str(shop.trade.label))
        for shop in shops_answering(asked.town, asked.question, limit)
    ]


def find_kinds(asked: Asked, limit: int) -> list[Hit]:
    """Kinds of places that the town has, by their name in any of its languages."""
    keys = kinds_answering(asked.town, asked.question)
    if not keys:
        return []
    here = set(Place.objects.of(asked.town).of_kinds(keys).order_by().values_list("category", flat=True).distinct())
    kinds = [(key, CATEGORIES[key]) for key in keys if key in here][:limit]
    words = str(_("All of this kind"))
    return [Hit(str(kind.label), _places(kind=key), kind.icon, words) for key, kind in kinds]


def find_places(asked: Asked, limit: int) -> list[Hit]:
    """Places of the directory that are not shops of the market, with the distance when it is known."""
    places = ranked(
        Place.objects.of(asked.town).filter(shop=None).only("slug", "name", "category", "address", "lon", "lat"),
        asked.question,
        centre=asked.town.centre,
        near=asked.near,
        at=asked.at,
        limit=limit,
    )
    return [_place(place, asked.near) for place in places]


def _place(place: Place, near: Point | None) -> Hit:
    meta = say_distance(flat_distance_m(place.point, near)) if near else str(place.kind.label)
    text = " · ".join(filter(None, [str(place.kind.label) if near else "", _street(place.address)]))
    return Hit(place.name or str(place.kind.label), reverse("place", args=[place.slug]), place.kind.icon, text, meta)


def _street(address: str) -> str:
    """An address without the town, which the page is about."""
    return address.partition(",")[0]


def find_streets(asked: Asked, limit: int) -> list[Hit]:
    """Streets by the beginnings of their words; "rue" alone is every street, and none."""
    question = asked.question
    if all(word in KINDS for term in question.terms for word in term.words):
        return []
    doors = Address.objects.filter(Answers(question.begun()), town=asked.town).order_by("street")
    streets = doors.values_list("street", flat=True).distinct()[:limit]
    return [Hit(street, _places(q=street), "signpost", str(_("Places of this street"))) for street in streets]


def _places(**asked: str) -> str:
    return f"{reverse('places')}?{urlencode(asked)}"


SOURCES = (
    Source("kinds", _("Kinds of places"), find_kinds),
    Source("shops", _("Shops"), find_shops),
    Source("products", _("Products"), find_products),
    Source("places", _("Places"), find_places),
    Source("streets", _("Streets"), find_streets),
)
WHILE_TYPING = {"kinds": 1, "shops": 3, "products": 4, "places": 3, "streets": 2}
ON_THE_PAGE = {"kinds": 3, "shops": 6, "places": 12, "streets": 4}


def clean(text: str | None) -> str:
    """A question as it is shown and used: single spaces, at most eighty letters."""
    return " ".join((text or "").replace("\x00", "").split())[:LONGEST]


def spot_of(text: str | None) -> Point | None:
    """The place of the visitor as an address carries it, ``2.2730,48.8239``; None for anything else."""
    lon, _comma, lat = (text or "")[:40].partition(",")
    try:
        return Point(float(lon), float(lat))
    except ValueError:
        return None


def answer(
    town: Town,
    text: str,
    limits: Mapping[str, int],
    *,
    at: datetime,
    near: Point | None = None,
    exactly: bool = False,
) -> Answer:
    """Ask each source that has a limit. Where none answers, mistakes of typing are mended, unless told otherwise."""
    asked = Asked(town, ask(town, text), at, near)
    first = _look(asked, limits)
    if first or exactly or not asked.question:
        return first
    for mended in guesses(town, asked.question):
        second = _look(replace(asked, question=mended), limits)
        if second:
            return replace(second, corrected=mended.text)
    return first


def _look(asked: Asked, limits: Mapping[str, int]) -> Answer:
    """A question without a letter or a figure finds nothing."""
    if not asked.question:
        return Answer(asked, [], Product.objects.none())
    found = (Found(source, source.find(asked, limits[source.key])) for source in SOURCES if source.key in limits)
    products = Product.objects.none() if "products" in limits else products_answering(asked.town, asked.question)
    return Answer(asked, [one for one in found if one.hits], products)


def shorter(text: str) -> list[str]:
    """The question with one word less, when it has several."""
    words = text.split()
    return [" ".join(words[:n] + words[n + 1 :]) for n in range(len(words))][:5] if len(words) > 1 else []
