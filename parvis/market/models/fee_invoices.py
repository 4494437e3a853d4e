"""The operator's invoices to its shops: commission and shares of the bikes, one a month, numbered without gaps.

Directive 2006/112/EC, article 223: a summary invoice may detail several supplies whose VAT becomes chargeable during
the same calendar month. Series of their own (article 226 (2): "one or more series"), of the operator's letters.
"""

from django.db import models
from django.db.models import Q

from parvis.market.models.documents import Series
from parvis.market.models.shops import Shop
from parvis.towns.models import TownOwned


class FeeInvoice(TownOwned):
    """What a shop is charged for a month; a credit note where more was given back. Never changed once issued."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="fee_invoices")
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="fee_invoices")
    first_day = models.DateField(help_text="the first day of its month")
    gross_cents = models.IntegerField(help_text="negative on a credit note")
    vat_cents = models.IntegerField()
    content = models.JSONField(help_text="what it says, frozen (parvis/market/fee_papers.py)")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="fee_invoice_number_once"),
            models.UniqueConstraint(fields=["shop", "first_day"], name="fee_invoice_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="fee_invoice_number_counts"),
        ]
        indexes = [models.Index(fields=["town", "-first_day"], name="fee_invoice_newest")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as it stands on paper: ``ISSY-C2026-00012``."""
        return f"{self.series}-{self.number:05d}"

    @property
    def is_credit(self) -> bool:
        """It gives back."""
        return self.gross_cents < 0
