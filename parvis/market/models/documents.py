"""Invoices and credit notes: numbered in series without gaps, frozen when they are issued.

What an invoice must say: directive 2006/112/EC, articles 226 and (up to 100 €, without the buyer) 226b; France: CGI,
annexe II, article 242 nonies A. "A sequential number, based on one or more series, which uniquely identifies the
invoice" (226 (2)): each shop has its own series, marked with its letters, one a year for invoices and one for credit
notes.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.ledger import LedgerTransaction
from parvis.market.models.orders import Order, Part
from parvis.market.models.shops import Shop
from parvis.towns.models import TownOwned


class Operator(TownOwned):
    """Who runs the town's market and its bikes: the seller of the bikes' fee, the platform operator of DAC7."""

    name = models.CharField(_("name"), max_length=160)
    address = models.CharField(_("address"), max_length=240, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=20, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=20, blank=True)
    tin = models.CharField(_("tax number"), max_length=30, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town"], name="one_operator_a_town")]

    def __str__(self) -> str:
        return self.name


class Series(TownOwned):
    """The numbers of one issuer (a shop, or the town where ``shop`` is empty), kind and year.

    The row is the counter: whoever issues holds it until the commit, so that a number given back by an error is
    given again and none is left out.
    """

    class Kind(models.TextChoices):
        INVOICE = "F", _("invoice")
        CREDIT = "A", _("credit note")
        FEES = "C", _("invoice to a shop")
        FEES_CREDIT = "R", _("credit note to a shop")

    shop = models.ForeignKey(Shop, null=True, on_delete=models.PROTECT, related_name="+")
    letters = models.CharField(max_length=8, help_text="whose series it is, on paper")
    kind = models.CharField(max_length=1, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(null=True, help_text="dates follow numbers: none is issued before the one before it")

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["town", "shop", "kind", "year"], name="series_once", nulls_distinct=False),
            models.UniqueConstraint(fields=["town", "letters", "kind", "year"], name="series_letters_once"),
        ]

    def __str__(self) -> str:
        return f"{self.letters}-{self.kind}{self.year}"


class DocumentQuerySet(models.QuerySet["Document"]):
    """Questions about what was issued."""

    def in_order(self) -> "DocumentQuerySet":
        """As they were issued, with what a list shows."""
        return self.select_related("series", "order", "refers_to__series").order_by("issued_at", "series", "number")


class Document(TownOwned):
    """An invoice or a credit note as it was issued. The database lets only ``recipient`` be blanked, ever."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="documents")
    number = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    movement = models.OneToOneField(LedgerTransaction, on_delete=models.PROTECT, related_name="document")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="documents")
    part = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="documents")
    refers_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="credited_by")
    gross_cents = models.IntegerField(help_text="negative on a credit note")
    vat_cents = models.IntegerField()
    content = models.JSONField(help_text="what it says, frozen (parvis/market/papers.py)")
    recipient = models.JSONField(default=dict, blank=True, help_text="name and address of the buyer")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="document_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="document_number_counts"),
        ]
        indexes = [models.Index(fields=["town", "issued_at"], name="document_by_day")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """The number as it stands on paper: ``BDP-F2026-00012``."""
        return f"{self.series}-{self.number:05d}"

    @property
    def is_credit(self) -> bool:
        """It takes something back."""
        return self.series.kind == Series.Kind.CREDIT
