"""What is sold in a part of an order, line by line, and its arithmetic on many rows."""

from fractions import Fraction
from typing import Any

from django.db import models
from django.db.models import BigIntegerField, Case, DecimalField, F, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast, Coalesce, Round

from parvis.core.money import round_half_up
from parvis.market.models.orders import Part
from parvis.market.models.shops import Product
from parvis.market.weighing import most_grams, weighed_cents
from parvis.towns.models import TownOwned

_EXACT: "DecimalField[Any, Any]" = DecimalField(max_digits=20, decimal_places=4)  # PostgreSQL rounds a numeric half up


def line_cents() -> Case:
    """In SQL what ``Line.cents`` is: the arithmetic of ``weighing`` on many rows."""
    pieces = F("unit_price_cents") * Coalesce(F("prepared_quantity"), F("quantity"))
    grams = Coalesce(F("prepared_grams"), F("grams") * Coalesce(F("prepared_quantity"), F("quantity")))
    weighed = Cast(Round(Cast(F("unit_price_cents") * grams, _EXACT) / Value(1000)), BigIntegerField())
    return Case(When(sold_by=Product.Sale.PIECE, then=pieces), default=weighed, output_field=BigIntegerField())


def line_deposits() -> CombinedExpression:
    """In SQL what ``Line.deposit_total`` is."""
    return F("deposit_cents") * Coalesce(F("prepared_quantity"), F("quantity"))


class Line(TownOwned):
    """A product as it was sold: name, options, price, VAT and deposit stay what they were at that moment.

    Sold by weight, the price is for a kilo, ``grams`` is the portion asked and ``prepared_grams`` what was weighed.
    ``replaces`` is the line for which the shop gave this one, as the buyer had agreed.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, null=True, on_delete=models.SET_NULL, related_name="lines")
    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="substitutes")
    name = models.CharField(max_length=140)
    option_words = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    unit_price_cents = models.PositiveIntegerField(help_text="of one, or of a kilo; options included")
    vat_bp = models.PositiveIntegerField()
    deposit_cents = models.PositiveIntegerField(default=0, help_text="of one")
    sold_by = models.CharField(max_length=8, choices=Product.Sale.choices, default=Product.Sale.PIECE)
    tolerance_percent = models.PositiveSmallIntegerField(default=0)
    temperature = models.CharField(
        max_length=8, choices=Product.Temperature.choices, default=Product.Temperature.AMBIENT
    )
    grams = models.PositiveIntegerField(default=0)
    millilitres = models.PositiveIntegerField(default=0)
    quantity = models.PositiveSmallIntegerField()
    prepared_quantity = models.PositiveSmallIntegerField(null=True, blank=True)
    prepared_grams = models.PositiveIntegerField(null=True, blank=True, help_text="weighed; only for goods by weight")
    counted = models.BooleanField(default=False, help_text="stock was taken for it")
    returning = models.CharField(max_length=6, default="yes", help_text="whether it may be sent back, as it was sold")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(prepared_quantity=None) | Q(prepared_quantity__lte=F("quantity")),
                name="prepared_at_most_ordered",
            ),
            models.CheckConstraint(
                condition=Q(prepared_grams=None) | (~Q(sold_by="piece") & Q(prepared_quantity__isnull=False)),
                name="weighed_is_by_weight",
            ),
            models.CheckConstraint(
                condition=Q(prepared_grams=None)
                | Q(prepared_grams__lte=F("grams") * F("quantity") * (100 + F("tolerance_percent")) / 100),
                name="weighed_at_most_tolerated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def full_name(self) -> str:
        """Its name with what the buyer chose: ``Country bread (sliced)``."""
        return f"{self.name} ({self.option_words})" if self.option_words else self.name

    @property
    def by_weight(self) -> bool:
        """Whether the price is for a kilo."""
        return self.sold_by != Product.Sale.PIECE

    @property
    def billed_quantity(self) -> int:
        """What is paid: what was prepared, or what was ordered until the shop has prepared it."""
        return self.quantity if self.prepared_quantity is None else self.prepared_quantity

    def share(self, quantity: int) -> int:
        """What ``quantity`` of what is billed cost, in cents: all of it is exactly the whole line."""
        return round_half_up(Fraction(self.cents * quantity, self.billed_quantity)) if self.billed_quantity else 0

    @property
    def missing(self) -> int:
        """How many the shop could not give."""
        return self.quantity - self.billed_quantity

    @property
    def asked_grams(self) -> int:
        """What the buyer asked for, by weight."""
        return self.grams * self.quantity

    @property
    def most_grams(self) -> int:
        """The most that may be billed of goods by weight."""
        return most_grams(self.asked_grams, self.tolerance_percent)

    @property
    def weighs(self) -> int:
        """What it weighs: weighed, or as the shop said one weighs."""
        return self.grams * self.billed_quantity if self.prepared_grams is None else self.prepared_grams

    @property
    def cents(self) -> int:
        """What this line costs, without its deposits; about, until what is sold by weight has been weighed."""
        if self.by_weight:
            return weighed_cents(self.unit_price_cents, self.weighs)
        return self.unit_price_cents * self.billed_quantity

    @property
    def ordered_cents(self) -> int:
        """What it cost when it was ordered; a substitute was not ordered."""
        if self.replaces_id is not None:
            return 0
        return (
            weighed_cents(self.unit_price_cents, self.asked_grams)
            if self.by_weight
            else self.unit_price_cents * self.quantity
        )

    @property
    def ordered_deposits(self) -> int:
        """The deposits on what was ordered."""
        return 0 if self.replaces_id is not None else self.deposit_cents * self.quantity

    @property
    def deposit_total(self) -> int:
        """The deposits on what is paid."""
        return self.deposit_cents * self.billed_quantity

    @property
    def most_cents(self) -> int:
        """The most that this line can cost with its deposits; nothing for a substitute: its original stands for it."""
        if self.replaces_id is not None:
            return 0
        goods = self.unit_price_cents * self.quantity
        if self.by_weight:
            goods = weighed_cents(self.unit_price_cents, self.most_grams)
        return goods + self.deposit_cents * self.quantity
