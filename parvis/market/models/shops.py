"""Shops, how they serve, what they sell, and the stock they chose to count."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.questions import Answers, understand
from parvis.market.season import Season
from parvis.market.weighing import weighed_cents
from parvis.people.models import Organisation
from parvis.places.models import Place
from parvis.towns.models import Town, TownOwned

if TYPE_CHECKING:
    from parvis.market.models.options import Option


HOUR = [MaxValueValidator(23)]


class Market(TownOwned):
    """The rules of one town's shared shop."""

    bike_fee_cents = models.PositiveIntegerField(default=390)
    bike_fee_vat_bp = models.PositiveIntegerField(default=2000)
    bike_free_from_cents = models.PositiveIntegerField(null=True, blank=True)
    provider = models.CharField(max_length=10, blank=True, help_text="of new payments, where the town has several")
    quiet_from = models.PositiveSmallIntegerField(_("Nothing rings from"), default=21, validators=HOUR)
    quiet_until = models.PositiveSmallIntegerField(_("Until"), default=8, validators=HOUR)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town"], name="one_market_a_town")]

    def __str__(self) -> str:
        return f"{self.town}"


class ShopQuerySet(models.QuerySet["Shop"]):
    """Questions about many shops."""

    def open_in(self, town: Town) -> Self:
        """Shops of a town that residents see: on the market, and not closed for good."""
        return self.filter(town=town, is_open=True, place__gone_on=None).select_related("place")


class Shop(TownOwned):
    """A shop of the market; where and when it is open stands in its place."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="shops")
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="shop")
    slug = models.SlugField(max_length=80)
    name = models.CharField(_("name"), max_length=120)
    trade = models.CharField(max_length=30, help_text="a key of parvis.market.trades.TRADES")
    tagline = models.CharField(_("one line about the shop"), max_length=140, blank=True)
    description = models.TextField(_("about the shop"), blank=True)
    picture = models.ImageField(upload_to="shops/", blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("minutes to prepare an order"), default=60)
    minimum_cents = models.PositiveIntegerField(_("smallest order"), default=0)
    is_open = models.BooleanField(_("on the market"), default=True)
    takes_orders = models.BooleanField(_("takes orders"), default=True)
    riders_fetch = models.BooleanField(_("riders may fetch at the door"), default=False)

    objects = ShopQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "slug"], name="shop_slug_once")]
        indexes = [models.Index(fields=["town", "trade", "name"], name="shop_by_trade")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_found(self) -> bool:
        """Whether residents see it, as ``open_in`` has it."""
        return self.is_open and self.place.gone_on is None


class Modality(TownOwned):
    """One way in which a shop's goods reach the buyer, with its fee and how it is paid."""

    class Kind(models.TextChoices):
        COLLECT = "collect", _("collect at the shop")
        SHOP = "shop", _("delivered by the shop")
        POST = "post", _("sent by post")
        BIKE = "bike", _("delivered by the town's bikes")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="modalities")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    fee_cents = models.PositiveIntegerField(_("fee"), default=0, help_text="the bikes' fee is the town's")
    fee_vat_bp = models.PositiveIntegerField(default=2000)
    minimum_cents = models.PositiveIntegerField(_("minimum order"), default=0)
    note = models.CharField(_("what buyers read"), max_length=160, blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "kind"], name="modality_once")]
        verbose_name_plural = "modalities"

    def __str__(self) -> str:
        return self.get_kind_display()


class ProductQuerySet(models.QuerySet["Product"]):
    """Questions about many products."""

    def on_sale(self, town: Town) -> Self:
        """What residents of a town see, with the shop at hand."""
        seen = self.filter(town=town, hidden=False, shop__is_open=True, shop__place__gone_on=None)
        return seen.select_related("shop__place")

    def matching(self, text: str) -> Self:
        """Products holding every word of ``text`` by its beginning or its trunk; all of them when there is no word."""
        question = understand(text)
        return self.filter(Answers(question.loosely())) if question else self


class Product(TownOwned):
    """Something a shop sells. ``stock`` is None where the merchant does not count it.

    Sold by weight, ``price_cents`` is for a kilo and ``grams`` is the portion in which it is asked: 50 or 100 g of
    cheese, or the chicken of about 1.4 kg. Stock, quantities and deposits count portions.
    """

    class Sale(models.TextChoices):
        PIECE = "piece", _("By the piece")
        WEIGHT = "weight", _("By weight, asked in grams")
        ABOUT = "about", _("By weight, asked in pieces of about so many grams")

    class Temperature(models.TextChoices):
        AMBIENT = "ambient", _("Not cooled")
        COOL = "cool", _("Keep cool")
        FROZEN = "frozen", _("Frozen")

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="products")
    slug = models.SlugField(max_length=120)
    name = models.CharField(_("name"), max_length=140)
    description = models.TextField(_("description"), blank=True)
    category = models.CharField(_("category"), max_length=30, help_text="a key of parvis.market.trades.CATEGORIES")
    price_cents = models.PositiveIntegerField(_("price, VAT included"))
    vat_bp = models.PositiveIntegerField(_("VAT rate"), default=550)
    unit = models.CharField(_("sold by"), max_length=40, blank=True)
    grams = models.PositiveIntegerField(_("weight of one, in grams"), default=500)
    millilitres = models.PositiveIntegerField(_("volume of one, in millilitres"), default=1000)
    work = models.PositiveSmallIntegerField(_("points of work"), default=1)
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True)
    ean = models.CharField(max_length=14, blank=True)
    picture = models.ImageField(_("picture"), upload_to="products/", blank=True)
    hidden = models.BooleanField(_("hidden"), default=False)
    sold_by = models.CharField(_("how it is sold"), max_length=8, choices=Sale.choices, default=Sale.PIECE)
    tolerance_percent = models.PositiveSmallIntegerField(_("heavier than asked by at most, per cent"), default=10)
    deposit_cents = models.PositiveIntegerField(_("deposit on the bottle or jar"), default=0)
    temperature = models.CharField(max_length=8, choices=Temperature.choices, default=Temperature.AMBIENT)
    allergens = ArrayField(
        models.CharField(max_length=12),
        null=True,
        blank=True,
        help_text="keys of parvis.market.allergens.ALLERGENS; None where the shop has not said, empty for none",
    )
    season_from = models.PositiveSmallIntegerField(_("from the month"), null=True, blank=True)
    season_to = models.PositiveSmallIntegerField(_("to the month"), null=True, blank=True)
    sale_days = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, help_text="0 is Monday")
    order_days_before = models.PositiveSmallIntegerField(_("days before"), default=0)
    order_until = models.TimeField(_("until"), null=True, blank=True)
    returning = models.CharField(
        _("sent back"), max_length=6, blank=True, help_text="a key of parvis.market.returning.CHOICES"
    )
    search = SearchVectorField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="product_slug_once"),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="stock_never_negative"),
            models.CheckConstraint(condition=Q(sold_by="piece") | Q(grams__gte=1), name="weighed_in_portions"),
            models.CheckConstraint(
                condition=Q(season_from=None, season_to=None) | Q(season_from__range=(1, 12), season_to__range=(1, 12)),
                name="season_of_two_months",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="product_search", fastupdate=False),
            models.Index(fields=["town", "category", "name"], name="product_by_category"),
            models.Index(fields=["shop", "name"], name="product_by_shop"),
            models.Index(fields=["town", "-created_at"], name="product_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sold_out(self) -> bool:
        """Counted, and none left."""
        return self.stock == 0

    @property
    def by_weight(self) -> bool:
        """Whether the price is for a kilo."""
        return self.sold_by != self.Sale.PIECE

    @property
    def season(self) -> Season:
        """When it can be had."""
        return Season(self.season_from, self.season_to, tuple(self.sale_days), self.order_days_before, self.order_until)

    def options_in(self, ids: Collection[UUID]) -> "tuple[Option, ...]":
        """Those of its options whose ids are given, group by group (prefetch ``groups__options`` for many products)."""
        if not ids:
            return ()
        return tuple(option for group in self.groups.all() for option in group.options.all() if option.pk in ids)

    def cents_of(self, quantity: int, surcharge_cents: int = 0) -> int:
        """What so many cost (about, for what is weighed), without their deposit; a surcharge is for one, or a kilo."""
        price = self.price_cents + surcharge_cents
        return weighed_cents(price, self.grams * quantity) if self.by_weight else price * quantity


class StockMovement(TownOwned):
    """Why a counted stock changed: a product's movements add up to its stock, an option's to the option's.

    ``option`` is None for what the product itself counts.
    """

    class Reason(models.TextChoices):
        COUNTED = "counted", _("counted by the shop")
        ORDERED = "ordered", _("ordered")
        RELEASED = "released", _("order cancelled or refused")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="movements")
    option = models.ForeignKey(
        "market.Option", null=True, blank=True, on_delete=models.CASCADE, related_name="movements"
    )
    delta = models.IntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    line_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["product", "at"], name="stock_story"),
            models.Index(fields=["line_id"], condition=Q(line_id__isnull=False), name="stock_of_line"),
        ]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.reason}"
