"""Shops, how they serve, what they sell, and the stock they chose to count."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.questions import Answers, understand
from parvis.people.models import Organisation
from parvis.places.models import Place
from parvis.towns.models import Town, TownOwned


class Market(TownOwned):
    """The rules of one town's shared shop."""

    bike_fee_cents = models.PositiveIntegerField(default=390)
    bike_fee_vat_bp = models.PositiveIntegerField(default=2000)
    bike_free_from_cents = models.PositiveIntegerField(null=True, blank=True)

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
    """Something a shop sells. ``stock`` is None where the merchant does not count it."""

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
    search = SearchVectorField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "slug"], name="product_slug_once"),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="stock_never_negative"),
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


class StockMovement(TownOwned):
    """Why a counted stock changed; the sum of a product's movements is its stock."""

    class Reason(models.TextChoices):
        COUNTED = "counted", _("counted by the shop")
        ORDERED = "ordered", _("ordered")
        RELEASED = "released", _("order cancelled or refused")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="movements")
    delta = models.IntegerField()
    reason = models.CharField(max_length=10, choices=Reason.choices)
    at = models.DateTimeField()
    line_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["product", "at"], name="stock_story")]

    def __str__(self) -> str:
        return f"{self.delta:+d} {self.reason}"
