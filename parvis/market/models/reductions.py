"""Prices that were, and prices that are lower for some days.

What a good costs is ``Product.price_cents`` and nothing else. A trigger of the database writes each price that ends
into ``PriceChange``, whoever changed it, so that "the lowest price of the last thirty days" is what it says.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.shops import Product
from parvis.towns.models import TownOwned


class PriceChange(TownOwned):
    """A product cost ``before_cents`` until ``at``. Written by the database alone."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="price_changes")
    before_cents = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["product", "at"], name="price_change_story")]

    def __str__(self) -> str:
        return f"{self.before_cents} {self.at}"


class Reduction(TownOwned):
    """A product costs less for some days, both included. It begins and ends once (``tend_reductions``).

    ``prior_cents`` is the crossed-out price, reckoned when it begins; none where nothing may be crossed out.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reductions")
    cents = models.PositiveIntegerField(_("price for these days"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    begun_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    full_cents = models.PositiveIntegerField(null=True, help_text="the price that comes back")
    prior_cents = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="reduction_in_order"),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(begun_at__isnull=False, ended_at=None),
                name="one_reduction_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["last_day"], condition=Q(ended_at=None), name="reduction_not_over")]

    def __str__(self) -> str:
        return f"{self.cents} {self.first_day} – {self.last_day}"

    @property
    def runs(self) -> bool:
        """The lower price holds."""
        return self.begun_at is not None and self.ended_at is None
