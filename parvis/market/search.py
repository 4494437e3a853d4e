"""What products and shops are found by, and finding them: the same questions as the directory's."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils import translation

from parvis.core.questions import Answers, Question, closeness
from parvis.core.text import Part, vector, weighed
from parvis.market.listing import for_cards
from parvis.market.models import Product, Shop
from parvis.market.trades import CATEGORIES, TRADES, Kind
from parvis.towns.models import Town

MOST_LETTERS = 2000  # of a description


def product_vector(product: Product) -> str:
    """The value of ``Product.search``: its name weighs A, its shelf B, the rest C. The shop and its town at hand."""
    languages = _languages(product.shop.town)
    own = weighed(
        [
            Part(product.name, "A", languages),
            Part(f"{product.shop.name} {product.description[:MOST_LETTERS]}", "C", languages),
        ]
    )
    return vector(own, _kind_words("shelf", product.category, languages))


def names(product: Product) -> list[str]:
    """What a mistyped word may be mended with."""
    return [product.name, product.shop.name, *shelf_names(product.category, product.shop.town)]


def shelf_names(key: str, town: Town) -> tuple[str, ...]:
    """What a shelf is called in the languages of a town."""
    return _labels("shelf", key, _languages(town))


def products_answering(town: Town, question: Question) -> QuerySet[Product]:
    """Products on sale that answer, as cards show them: those with the words in their name first."""
    if not question:
        return Product.objects.none()
    found = for_cards(Product.objects.on_sale(town).filter(Answers(question.loosely())))
    return found.annotate(fit=closeness(question)).order_by("fit", "name", "pk")


@dataclass(frozen=True, slots=True)
class ShopFound:
    """A shop that answers, with what a line says of it."""

    slug: str
    name: str
    trade: Kind
    address: str


def shops_answering(town: Town, question: Question, limit: int) -> list[ShopFound]:
    """Shops whose name, trade (in any language of the town), line or address answers, the likeliest first.

    A town has at most some hundreds of shops, so they are compared here, after one query of few columns.
    """
    languages = _languages(town)
    rows = Shop.objects.open_in(town).select_related(None).order_by("name", "pk")
    found: list[tuple[int, ShopFound]] = []
    for slug, name, trade, tagline, address in rows.values_list("slug", "name", "trade", "tagline", "place__address"):
        fit = question.fit(_shop_words(name, trade, tagline, address, languages))
        if fit is not None:
            found.append((fit, ShopFound(slug, name, TRADES.get(trade, TRADES["other"]), address)))
    return [shop for _, shop in sorted(found, key=lambda one: one[0])[:limit]]


def shop_names(shop: Shop) -> list[str]:
    """What a mistyped word may be mended with."""
    return [shop.name, *_labels("trade", shop.trade, _languages(shop.town))]


@lru_cache(maxsize=20_000)
def _shop_words(name: str, trade: str, tagline: str, address: str, languages: tuple[str, ...]) -> dict[str, str]:
    own = weighed([Part(name, "A", languages), Part(f"{tagline} {address}", "C", languages)])
    return _kind_words("trade", trade, languages) | own


@lru_cache(maxsize=2000)
def _kind_words(table: str, key: str, languages: tuple[str, ...]) -> dict[str, str]:
    said = zip(_labels(table, key, languages), _spoken(languages), strict=False)
    return weighed(Part(label, "B", (language,)) for label, language in said)


@lru_cache(maxsize=2000)
def _labels(table: str, key: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    kind = (TRADES if table == "trade" else CATEGORIES).get(key)
    return tuple(_said(kind, language) for language in _spoken(languages)) if kind else ()


def _said(kind: Kind, language: str) -> str:
    with translation.override(language):
        return str(kind.label)


def _spoken(languages: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*languages, "en"]))


def _languages(town: Town) -> tuple[str, ...]:
    return tuple(town.languages) or ("fr",)
