"""Support funds: what a council gave, for what, and where each cent is: free, promised, due or paid."""

from typing import Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from parvis.towns.models import Town, TownOwned


class FundQuerySet(models.QuerySet["Fund"]):
    """Questions about funds."""

    def of(self, town: Town) -> Self:
        """The town's funds with their lines, the newest first."""
        return self.filter(town=town).prefetch_related(Prefetch("lines", FundLine.objects.order_by("position", "code")))


class Fund(TownOwned):
    """Money that a council set apart, shown to everybody."""

    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("what it is for"), blank=True)
    decision = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_on = models.DateField(_("decided on"))

    objects = FundQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_on", "name"]
        constraints = [models.UniqueConstraint(fields=["town", "name"], name="fund_name_once")]

    def __str__(self) -> str:
        return self.name


class FundLine(TownOwned):
    """One purpose of a fund. The database keeps its four amounts from the ledger's entries (a trigger).

    Its accounts are ``fund:<code>:free``, ``:promised``, ``:due`` and ``:paid``. Only ``due`` may fall below zero: then
    shops owe money back.
    """

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="lines")
    code = models.CharField(
        max_length=20, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$")], help_text="names its accounts"
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.CharField(_("what it pays"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    free_cents = models.BigIntegerField(default=0)
    promised_cents = models.BigIntegerField(default=0)
    due_cents = models.BigIntegerField(default=0)
    paid_cents = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["town", "code"], name="fund_line_code_once"),
            models.CheckConstraint(condition=~Q(code="town"), name="fund_line_is_not_the_town"),
            *(
                models.CheckConstraint(condition=Q(**{f"{stage}_cents__gte": 0}), name=f"fund_{stage}_never_negative")
                for stage in ("free", "promised", "paid")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def allotted_cents(self) -> int:
        """All that the line was given."""
        return self.free_cents + self.promised_cents + self.due_cents + self.paid_cents


class FundPromise(TownOwned):
    """Money of a line promised to somebody: a grant, an invoice to come. (Vouchers are promised by their campaign.)"""

    line = models.ForeignKey(FundLine, on_delete=models.PROTECT, related_name="promises")
    name = models.CharField(_("to whom and for what"), max_length=160)
    cents = models.PositiveIntegerField(_("amount"))
    left_cents = models.PositiveIntegerField(help_text="neither paid nor given up yet")
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="idempotency key of the form")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(fields=["town", "key"], name="fund_promise_once"),
            models.CheckConstraint(condition=Q(cents__gt=0, left_cents__lte=F("cents")), name="promise_within_amount"),
        ]

    def __str__(self) -> str:
        return self.name
