"""What a town takes of its shops' sales, and who bears what its bikes cost: rules that hold from a day on.

A rule is never changed once its day has come: a new one follows it, and each order keeps what held when it was placed.
"""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.shops import Shop
from parvis.towns.models import Town, TownOwned


class FeeTermsQuerySet(models.QuerySet["FeeTerms"]):
    """Questions about the rules of a town."""

    def begun(self, town: Town, day: date) -> Self:
        """Those of a town that hold, or have held, on ``day``; the newest last."""
        return self.filter(town=town, starts_on__lte=day).order_by("starts_on")

    def ahead(self, town: Town, day: date) -> Self:
        """Those that begin after ``day``, soonest first."""
        return self.filter(town=town, starts_on__gt=day).order_by("starts_on", "shop__name")


class FeeTerms(TownOwned):
    """A town's rule from a day on. With a ``shop``, an exception: that shop's commission, and nothing else.

    An exception without a commission ends the one before: the shop is like all others again.
    """

    shop = models.ForeignKey(Shop, null=True, blank=True, on_delete=models.CASCADE, related_name="fee_terms")
    starts_on = models.DateField(_("from"))
    commission_bp = models.PositiveIntegerField(
        _("commission"), null=True, default=0, help_text="of goods without VAT; None: like all shops"
    )
    vat_bp = models.PositiveIntegerField(_("VAT on the commission"), default=2000)
    buyer_cents = models.PositiveIntegerField(_("what a buyer pays for the bikes"), default=390)
    free_from_cents = models.PositiveIntegerField(null=True, blank=True)
    shops_cents = models.PositiveIntegerField(default=0, help_text="what the shops of one delivery bear together")
    shops_bear_free = models.BooleanField(default=False, help_text="they take over where the buyer pays nothing")
    cost_cents = models.PositiveIntegerField(default=0, help_text="what one delivery costs in all; 0: not known")

    objects = FeeTermsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "fee terms"
        constraints = [
            models.UniqueConstraint(fields=["town", "shop", "starts_on"], name="fee_terms_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(commission_bp=None) | Q(commission_bp__lte=5000), name="commission_at_most_half"
            ),
            models.CheckConstraint(
                condition=Q(shop__isnull=False) | Q(commission_bp__isnull=False), name="town_has_a_commission"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shop or self.town} {self.starts_on}"
