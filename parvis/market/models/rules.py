"""What the town and its shops decide about ordering: days off of the market, capacity, order cycles."""

from datetime import date
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from parvis.market.models.shops import Shop
from parvis.towns.models import Town, TownOwned


class MarketClosureQuerySet(models.QuerySet["MarketClosure"]):
    """Questions about the market's days off."""

    def ahead(self, town: Town, day: date) -> Self:
        """Those of a town that are not over on ``day``, soonest first."""
        return self.filter(town=town, last_day__gte=day).order_by("first_day", "pk")


class MarketClosure(TownOwned):
    """Days on which the whole market rests, both included: nothing is ordered, prepared, collected or brought.

    ``messages`` holds what people read, by language of the town; it is shown from ``shown_from`` on.
    """

    first_day = models.DateField(_("first day closed"))
    last_day = models.DateField(_("last day closed"))
    shown_from = models.DateField(_("shown on the pages from"))
    messages = models.JSONField(default=dict)

    objects = MarketClosureQuerySet.as_manager()

    class Meta:
        ordering = ["first_day"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="market_closure_in_order")
        ]
        indexes = [models.Index(fields=["town", "last_day"], name="market_closure_ahead")]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"

    def covers(self, day: date) -> bool:
        """Whether the market rests on ``day``."""
        return self.first_day <= day <= self.last_day

    @property
    def message(self) -> str:
        """What people read, in the language of the page, else in the first one that was written."""
        written: dict[str, str] = {language: text for language, text in self.messages.items() if text}
        return written.get((get_language() or "")[:2]) or next(iter(written.values()), "")


class Capacity(TownOwned):
    """How much a shop can prepare in one stretch of time. A shop without a row counts nothing."""

    class Counts(models.TextChoices):
        ORDERS = "orders", _("orders")
        POINTS = "points", _("points of work")

    class Minutes(models.IntegerChoices):
        HALF_HOUR = 30, _("half an hour")
        HOUR = 60, _("one hour")
        TWO_HOURS = 120, _("two hours")
        DAY = 1440, _("one day")

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="capacity")
    minutes = models.PositiveSmallIntegerField(choices=Minutes.choices, default=Minutes.HOUR)
    most = models.PositiveSmallIntegerField(_("at most"))
    counts = models.CharField(max_length=6, choices=Counts.choices, default=Counts.ORDERS)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(most__gte=1), name="capacity_of_something")]
        verbose_name_plural = "capacities"

    def __str__(self) -> str:
        return f"{self.most} {self.get_counts_display()} / {self.minutes} min"


class Cycle(TownOwned):
    """A rhythm of one shop or several: ordered until a moment, collected together on a day.

    On each ``weekday`` (0 is Monday), or, where that is empty, on the single ``dates``. Orders close ``days_before``
    the day of collection at ``closes``. Without ``place`` each shop is its own place of collection. ``owner``
    is the shop that set it, None where the town did.
    """

    owner = models.ForeignKey(Shop, null=True, on_delete=models.CASCADE, related_name="own_cycles")
    shops = models.ManyToManyField(Shop, through="CycleShop", related_name="cycles")
    name = models.CharField(_("name"), max_length=80)
    weekday = models.PositiveSmallIntegerField(null=True)
    dates = ArrayField(models.DateField(), default=list, blank=True)
    days_before = models.PositiveSmallIntegerField(default=2)
    closes = models.TimeField(_("order until"))
    starts = models.TimeField(_("collect from"))
    ends = models.TimeField(_("collect until"))
    place = models.CharField(_("place of collection"), max_length=160, blank=True)
    most = models.PositiveSmallIntegerField(_("orders at most"), null=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="cycle_in_order"),
            models.CheckConstraint(condition=Q(weekday=None) | Q(weekday__lte=6), name="cycle_weekday"),
            models.CheckConstraint(condition=Q(most=None) | Q(most__gte=1), name="cycle_of_something"),
        ]
        indexes = [models.Index(fields=["town", "name"], name="cycle_of_town")]

    def __str__(self) -> str:
        return self.name


class CycleShop(TownOwned):
    """A shop that takes part in a cycle."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="members")
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "shop"], name="cycle_shop_once")]
        indexes = [models.Index(fields=["shop"], name="cycles_of_shop")]

    def __str__(self) -> str:
        return f"{self.shop_id} in {self.cycle_id}"
