"""Businesses that the yearly report to the tax office leaves out, and those that are one person in their own name."""

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


class SellerPerson(TownOwned):
    """The person who trades in their own name: what the report asks of somebody who is no company.

    Directive (EU) 2021/514, annex V, section II, part B, point 1: first and last name, primary address, tax number (or,
    where there is none, the place of birth), VAT number, date of birth. Kept as long as the business is; read by the
    town's agents alone.
    """

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="seller_person")
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    born_on = models.DateField()
    tin = models.CharField(max_length=30, blank=True, help_text="the person's own, where the business's is none")
    born_in = models.CharField(max_length=80, blank=True, help_text="needed where there is no tax number")
    born_country = models.CharField(max_length=2, blank=True)

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"
