"""Baskets: what somebody thinks of buying, kept across visits."""

from typing import Self

from django.db import models
from django.db.models import Prefetch, Q

from parvis.market.models.shops import Product
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class BasketQuerySet(models.QuerySet["Basket"]):
    """Questions about baskets."""

    def with_lines(self) -> Self:
        """With products, shops, modalities and closures loaded in three more queries."""
        lines = BasketLine.objects.select_related("product__shop__place").defer(
            "product__search", "product__description", "product__shop__description", "product__shop__place__search"
        )
        return self.prefetch_related(
            Prefetch("lines", lines), "lines__product__shop__modalities", "lines__product__shop__place__closures"
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
    """So many of one product."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "product"], name="basket_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=99), name="basket_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product_id}"
