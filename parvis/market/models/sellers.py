"""Businesses that the yearly report to the tax office leaves out whatever they sold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.people.models import Organisation
from parvis.towns.models import TownOwned


class SellerStatus(TownOwned):
    """Why a business is no reported seller: directive (EU) 2021/514, annex V, section I, part B, point 4 (a), (b)."""

    class Kind(models.TextChoices):
        GOVERNMENT = "government", _("A public body")
        LISTED = "listed", _("Listed on a stock exchange, or part of a listed group")

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="seller_status")
    kind = models.CharField(max_length=10, choices=Kind.choices)

    class Meta:
        verbose_name_plural = "seller statuses"

    def __str__(self) -> str:
        return f"{self.organisation} · {self.kind}"
