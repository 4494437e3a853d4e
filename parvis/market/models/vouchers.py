"""Vouchers of the town: campaigns, codes, and the append-only list of what each voucher paid."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.funds import FundLine
from parvis.market.models.orders import Order, Part
from parvis.market.models.shops import Shop
from parvis.market.pricing import Terms
from parvis.towns.models import Town, TownOwned


class VoucherCampaign(TownOwned):
    """What the town gives, to whom and on which terms: a cheque for new residents, ten euros from forty.

    With ``line`` the money of its vouchers is promised by a fund's line when they are issued: a printed voucher is a
    promise, and the line must be able to keep all of them. What is not used comes back to the line after the last day.
    """

    name = models.CharField(_("name"), max_length=100)
    about = models.CharField(_("what buyers read"), max_length=300, blank=True)
    value_cents = models.PositiveIntegerField(_("value of one voucher"))
    minimum_cents = models.PositiveIntegerField(_("from this amount of goods"), default=0)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    single_use = models.BooleanField(
        _("one order only"), default=True, help_text=_("Otherwise what is left stays on the voucher for another order.")
    )
    shops = models.ManyToManyField(Shop, blank=True, related_name="campaigns", verbose_name=_("shops"))
    line = models.ForeignKey(
        FundLine, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns", verbose_name=_("paid by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-last_day", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(value_cents__gt=0), name="voucher_is_worth_something"),
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="campaign_ends_after_it_begins"),
            models.UniqueConstraint(fields=["town", "name"], name="campaign_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    def is_over(self, day: date) -> bool:
        """Whether nobody can use its vouchers any more."""
        return day > self.last_day


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """Questions about many vouchers."""

    def called(self, town: Town, codes: list[str]) -> Self:
        """The town's vouchers with these codes, with campaign and shops at hand, in the order of locks."""
        found = self.filter(town=town, code__in=codes).select_related("campaign__line")
        return found.prefetch_related("campaign__shops").order_by("pk")


class Voucher(TownOwned):
    """One code: for whoever holds it, or for one person alone (by mail address).

    ``left_cents`` is kept by the database from the uses (a trigger), and cannot fall below zero.
    """

    campaign = models.ForeignKey(VoucherCampaign, on_delete=models.PROTECT, related_name="vouchers")
    code = models.CharField(max_length=8)
    email = models.EmailField(blank=True, help_text="of the one person it is for; empty: of whoever holds it")
    batch = models.UUIDField(help_text="made by one form, sent once")
    value_cents = models.PositiveIntegerField()
    left_cents = models.PositiveIntegerField()
    issued_at = models.DateTimeField()

    objects = VoucherQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["town", "code"], name="voucher_code_once"),
            models.UniqueConstraint(
                fields=["campaign", "email"], condition=~Q(email=""), name="one_voucher_a_person_and_campaign"
            ),
            models.CheckConstraint(condition=Q(left_cents__gte=0), name="voucher_never_overdrawn"),
            models.CheckConstraint(condition=Q(left_cents__lte=F("value_cents")), name="voucher_never_overfilled"),
        ]

    def __str__(self) -> str:
        return f"{self.code[:4]}-{self.code[4:]}"

    @property
    def terms(self) -> Terms:
        """What the pricing functions read, from a voucher found by ``called``."""
        campaign = self.campaign
        return Terms(
            left=self.left_cents,
            first_day=campaign.first_day,
            last_day=campaign.last_day,
            minimum=campaign.minimum_cents,
            shops=frozenset(shop.pk for shop in campaign.shops.all()),
        )


class VoucherUse(TownOwned):
    """Something that happened to a voucher's money, once by its ``key``; rows are never changed.

    ``used`` pays for a part (``goods_cents`` is what its goods cost then); ``released`` gives back what is not needed
    after all; ``lapsed`` is the rest of a voucher for one order; ``ended`` goes back to who pays for the campaign.
    """

    class Kind(models.TextChoices):
        USED = "used", _("used")
        RELEASED = "released", _("given back")
        LAPSED = "lapsed", _("not used in its one order")
        ENDED = "ended", _("ended")

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="voucher_uses")
    part = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="voucher_uses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    cents = models.PositiveIntegerField()
    goods_cents = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    key = models.CharField(max_length=120)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["town", "key"], name="voucher_use_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="voucher_use_moves_something"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cents}"
