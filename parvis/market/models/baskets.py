"""Baskets: what somebody thinks of buying, kept across visits."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch, Q

from parvis.market.models.options import Option
from parvis.market.models.shops import Product
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class BasketQuerySet(models.QuerySet["Basket"]):
    """Questions about baskets."""

    def with_lines(self) -> Self:
        """With products, their options, shops, modalities and closures loaded in five more queries."""
        lines = BasketLine.objects.select_related("product__shop__place").defer(
            "product__search", "product__description", "product__shop__description", "product__shop__place__search"
        )
        return self.select_related("town").prefetch_related(
            Prefetch("lines", lines),
            "lines__product__groups__options",
            "lines__product__shop__modalities",
            "lines__product__shop__place__closures",
        )


class Basket(TownOwned):
    """A visitor's basket, found by a cookie; signed-in people also by their account."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="baskets")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BasketQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.pk)


class BasketLine(TownOwned):
    """So many of one product with the same options. ``options`` are ids in their order, one of each group."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()
    options = ArrayField(models.UUIDField(), default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "product", "options"], name="basket_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=99), name="basket_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"

    @property
    def chosen(self) -> tuple[Option, ...]:
        """The options themselves, group by group; what the shop has taken away is not among them."""
        return self.product.options_in(self.options)

    @property
    def is_complete(self) -> bool:
        """Whether one option of each group is chosen, and none that is gone."""
        groups = [option.group_id for option in self.chosen]
        return len(groups) == len(self.options) and set(groups) == {group.pk for group in self.product.groups.all()}

    @property
    def option_words(self) -> str:
        """``large, sliced``."""
        return ", ".join(option.name for option in self.chosen)

    @property
    def surcharge_cents(self) -> int:
        """What the options add to the price of one, or of a kilo."""
        return sum(option.surcharge_cents for option in self.chosen)

    @property
    def cents(self) -> int:
        """What the line costs (about, for what is weighed), without deposits."""
        return self.product.cents_of(self.quantity, self.surcharge_cents)

    @property
    def deposit_cents(self) -> int:
        """The deposits on its bottles and jars."""
        return self.product.deposit_cents * self.quantity
