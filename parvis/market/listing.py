"""Shops and products as pages list them: few columns, few queries, words ready."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from parvis.market.availability import coming_day
from parvis.market.models import Modality, OptionGroup, Product, Shop
from parvis.market.opening import Opening, opening_of
from parvis.market.phrases import per_what, say_season
from parvis.market.reduced import crossed_out, with_prior
from parvis.market.trades import CATEGORIES, TRADES, Kind
from parvis.market.ways import WAYS
from parvis.places.models import Closure
from parvis.towns.models import Town

FEW = 5  # counted stock below which a card says how many are left


@dataclass(frozen=True, slots=True)
class ShopCard:
    """A shop in a list."""

    shop: Shop
    opening: Opening
    ways: tuple[Kind, ...]
    kinds: frozenset[str]

    @property
    def href(self) -> str:
        """Its page."""
        return reverse("shop", args=[self.shop.slug])

    @property
    def trade(self) -> Kind:
        """Its trade."""
        return TRADES.get(self.shop.trade, TRADES["other"])

    @property
    def picture(self) -> str:
        """Address of its picture, or nothing."""
        return self.shop.picture.url if self.shop.picture else ""

    @property
    def note(self) -> str:
        """How it serves, in a few words."""
        if not self.shop.takes_orders:
            return _("takes no orders at the moment")
        return " · ".join(str(way.label) for way in self.ways)


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product in a list; ``shop_shown`` says whether the card names its shop."""

    product: Product
    shop_shown: bool = True
    at: datetime | None = None  # where the page says what is out of season

    @property
    def href(self) -> str:
        """Its page."""
        return reverse("product", args=[self.product.shop.slug, self.product.slug])

    @property
    def icon(self) -> str:
        """The mark of its shelf."""
        return CATEGORIES.get(self.product.category, CATEGORIES["other"]).icon

    @property
    def picture(self) -> str:
        """Address of its picture, or nothing."""
        return self.product.picture.url if self.product.picture else ""

    @property
    def shop_name(self) -> str:
        """Its shop, where the page does not say it."""
        return self.product.shop.name if self.shop_shown else ""

    @property
    def orderable(self) -> bool:
        """Whether it can be put in the basket now."""
        return self.product.shop.takes_orders and not self.product.sold_out and self.in_season

    @property
    def in_season(self) -> bool:
        """Whether it can be had in the next days."""
        return self.at is None or coming_day([self.product], self.product.town.zone, self.at) is not None

    @property
    def asks(self) -> bool:
        """Whether something must be chosen before it goes into the basket: an option, or how many grams."""
        return bool(getattr(self.product, "has_options", False)) or self.product.sold_by == Product.Sale.WEIGHT

    @property
    def add_url(self) -> str:
        """Where its button sends it, or nothing."""
        return reverse("basket-add") if self.orderable and not self.asks else ""

    @property
    def choose_url(self) -> str:
        """Where the rest is chosen, or nothing."""
        return self.href if self.orderable and self.asks else ""

    @property
    def unit(self) -> str:
        """What the price is for."""
        return per_what(self.product)

    @property
    def was(self) -> int | None:
        """The crossed-out price in cents, while it costs less for some days."""
        return crossed_out(self.product)

    @property
    def chip(self) -> str:
        """What must be known before opening it."""
        stock = self.product.stock
        if stock == 0:
            return _("Sold out")
        if not self.in_season:
            return say_season(self.product.season) or _("Not at the moment")
        if stock is not None and stock <= FEW:
            return _("%(count)s left") % {"count": stock}
        return ""

    @property
    def chip_tone(self) -> str:
        """The tone of the chip."""
        return "over" if self.product.sold_out or not self.in_season else "wait"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A category or a trade that has something in it."""

    key: str
    label: Promise
    icon: str
    count: int


def shop_cards(town: Town, at: datetime) -> list[ShopCard]:
    """All shops of the market with hours and ways of serving, open ones first, then who opens next: two queries."""
    closures = Prefetch("place__closures", Closure.objects.filter(last_day__gte=at.astimezone(town.zone).date()))
    offered = Modality.objects.filter(shop=OuterRef("pk"), active=True).values("kind")
    shops = (
        Shop.objects.open_in(town)
        .only(
            *("slug", "name", "trade", "tagline", "picture", "takes_orders"),
            *("place__opening_hours", "place__lon", "place__lat"),
        )
        .annotate(kinds=ArraySubquery(offered))
        .prefetch_related(closures)
        .order_by("name")
    )
    cards = [_card(shop, shop.kinds, town, at) for shop in shops]  # type: ignore[attr-defined]
    return sorted(cards, key=lambda card: _open_first(card, at))


def _open_first(card: ShopCard, at: datetime) -> tuple[bool, datetime]:
    """Open shops, then those that open soonest, then those whose hours nobody knows."""
    far = at + timedelta(days=366)
    return (not card.opening.is_open, at if card.opening.is_open else card.opening.change_at or far)


def shop_card(shop: Shop, town: Town, at: datetime) -> ShopCard:
    """A shop whose place, closures and modalities are loaded."""
    return _card(shop, (m.kind for m in shop.modalities.all() if m.active), town, at)


def _card(shop: Shop, kinds: Iterable[str], town: Town, at: datetime) -> ShopCard:
    offered = frozenset(kinds)
    ways = tuple(way for kind, way in WAYS.items() if kind in offered)
    return ShopCard(shop, opening_of(shop.place, town, at), ways, offered)


def for_cards(products: QuerySet[Product]) -> QuerySet[Product]:
    """Only the columns that a card draws, in one query."""
    return with_prior(
        products.select_related(None)
        .select_related("shop", "town")
        .only(
            *("name", "slug", "price_cents", "unit", "picture", "category", "stock", "sold_by", "grams"),
            *("season_from", "season_to", "sale_days", "order_days_before", "order_until"),
            *("shop__name", "shop__slug", "shop__takes_orders", "town__timezone"),
        )
        .annotate(has_options=Exists(OptionGroup.objects.filter(product=OuterRef("pk"))))
    )


def newest(town: Town, cards: Iterable[ShopCard], count: int = 12, *, per_shelf: int = 3) -> list[ProductCard]:
    """What each shop has added last, open shops first, a few of each shelf so that many are seen; one query.

    ``cards`` are the town's shops in the order in which they are shown.
    """
    rank = {card.shop.pk: number for number, card in enumerate(cards)}
    latest = Product.objects.on_sale(town).exclude(stock=0).filter(shop__takes_orders=True)
    one_each = for_cards(latest).order_by("shop_id", "-created_at", "pk").distinct("shop_id")
    seen: dict[str, int] = {}
    found = []
    for product in sorted(one_each, key=lambda product: rank.get(product.shop_id, len(rank))):
        seen[product.category] = seen.get(product.category, 0) + 1
        if seen[product.category] <= per_shelf:
            found.append(ProductCard(product))
    return found[:count]


def shelves(town: Town) -> list[Shelf]:
    """The categories that have products, in the order of the table; one query."""
    found = Product.objects.on_sale(town).order_by()
    counts = dict(found.values_list("category").annotate(count=Count("pk")))
    return [Shelf(key, kind.label, kind.icon, counts[key]) for key, kind in CATEGORIES.items() if counts.get(key)]


def trades_of(cards: Iterable[ShopCard]) -> list[Shelf]:
    """The trades that have a shop, in the order of the table."""
    counts: dict[str, int] = {}
    for card in cards:
        counts[card.shop.trade] = counts.get(card.shop.trade, 0) + 1
    return [Shelf(key, kind.label, kind.icon, counts[key]) for key, kind in TRADES.items() if counts.get(key)]


def serves_by(card: ShopCard, kind: str) -> bool:
    """Whether a shop offers a way of serving at the moment."""
    return kind in card.kinds and kind in Modality.Kind.values and card.shop.takes_orders
