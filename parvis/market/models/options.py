"""What a buyer chooses about a product: its size, its cut, whether it is sliced."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.shops import Product
from parvis.towns.models import TownOwned


class OptionGroup(TownOwned):
    """A question that the buyer answers with exactly one of its options."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="groups")
    name = models.CharField(_("what is chosen"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="option_group_once")]

    def __str__(self) -> str:
        return self.name


class Option(TownOwned):
    """One answer, with what it adds to the price; ``stock`` is None where the merchant does not count it."""

    group = models.ForeignKey(OptionGroup, on_delete=models.CASCADE, related_name="options")
    name = models.CharField(_("name"), max_length=40)
    surcharge_cents = models.PositiveIntegerField(_("more by"), default=0)
    stock = models.PositiveIntegerField(_("in stock"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="option_once"),
            models.CheckConstraint(condition=Q(stock=None) | Q(stock__gte=0), name="option_stock_never_negative"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sold_out(self) -> bool:
        """Counted, and none left."""
        return self.stock == 0
