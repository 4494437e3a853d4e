"""What two towns have agreed: the riders of one, the host, also ride for the buyers of the other, the guest."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.time import day_of
from parvis.delivery.models.fleet import Hub
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned


class Standing(StrEnum):
    """Where an agreement stands on a day."""

    PROPOSED = "proposed"
    CLOSED = "closed"  # refused or taken back: never signed
    AHEAD = "ahead"
    IN_FORCE = "in_force"
    OVER = "over"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Questions about the agreements of a town."""

    def of(self, town: Town) -> Self:
        """Those in which it is host or guest, the newest first."""
        found = self.filter(Q(town=town) | Q(guest=town)).select_related("town", "guest")
        return found.defer("town__backdrop", "guest__backdrop").order_by("-proposed_at", "-pk")

    def signed(self) -> Self:
        """By both towns: of others nothing comes."""
        return self.filter(signed_at__isnull=False)

    def not_over(self, day: date) -> Self:
        """Those that hold on ``day`` or later."""
        return self.exclude(ends_on__lt=day).exclude(notice_ends_on__lt=day)

    def between(self, first: date, last: date) -> Self:
        """Those signed that hold on one of these days at least."""
        return self.signed().not_over(first).filter(starts_on__lte=last)


class Agreement(TownOwned):
    """Its terms are written once: what was proposed is what is signed. ``town`` is the host, who rides.

    Where the guest proposes, the host names the hubs as it signs: the guest does not know them.
    """

    class Rule(models.TextChoices):
        """How the costs of a shared day are split."""

        DROPS = "drops", _("by the doors served for each town")
        METRES = "metres", _("by the kilometres ridden for each town")
        PERCENT = "percent", _("by a fixed per cent")

    guest = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160, help_text="title or reference, as the councils call it")
    voted_on = models.DateField()
    text = models.TextField(blank=True)
    paper = models.FileField(upload_to="agreements/", blank=True, help_text="the signed text; shown to both towns only")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="the last day; empty: until one town gives notice")
    notice_days = models.PositiveSmallIntegerField(default=90)
    rule = models.CharField(max_length=8, choices=Rule.choices)
    guest_percent = models.PositiveSmallIntegerField(null=True, blank=True)
    from_guest = models.BooleanField(default=False, help_text="the guest wrote the terms; the host signs them")
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True, help_text="refused by one town or taken back by the other")
    closed_from = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="+")
    notice_at = models.DateTimeField(null=True, blank=True)
    notice_from = models.ForeignKey(Town, null=True, on_delete=models.PROTECT, related_name="+")
    notice_ends_on = models.DateField(null=True, blank=True, help_text="the last day, by notice")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(town=F("guest")), name="agreement_of_two"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="agreement_in_order"
            ),
            models.CheckConstraint(
                condition=~Q(rule="percent") | Q(guest_percent__gte=0, guest_percent__lte=100),
                name="agreement_percent",
            ),
            models.CheckConstraint(condition=Q(signed_at=None) | Q(closed_at=None), name="agreement_signed_or_closed"),
        ]
        indexes = [
            models.Index(fields=["guest", "starts_on"], name="agreement_of_guest"),
            models.Index(fields=["town", "starts_on"], name="agreement_of_host"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_day(self) -> date | None:
        """The last day on which it holds, by its term or by notice; None while nobody has set one."""
        return min((day for day in (self.ends_on, self.notice_ends_on) if day is not None), default=None)

    def standing(self, today: date) -> Standing:
        """Where it stands on a day of the towns."""
        if self.closed_at is not None:
            return Standing.CLOSED
        if self.signed_at is None:
            return Standing.PROPOSED
        if self.last_day is not None and today > self.last_day:
            return Standing.OVER
        return Standing.AHEAD if today < self.starts_on else Standing.IN_FORCE

    @property
    def first_day(self) -> date:
        """The first day on which something is shared: never before both have signed, whatever the terms say."""
        return max(self.starts_on, day_of(self.signed_at, self.town.zone)) if self.signed_at else self.starts_on

    def holds_on(self, day: date) -> bool:
        """Whether both have signed, and the day is one of its days."""
        return self.signed_at is not None and self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def overlaps(self, other: "Agreement") -> bool:
        """Whether they have a day in common, signed or not."""
        begins = max(self.starts_on, other.starts_on)
        return all(one.last_day is None or begins <= one.last_day for one in (self, other))

    def first_notice(self, today: date) -> date:
        """The soonest last day that may be said on a day."""
        return today + timedelta(days=self.notice_days)

    @property
    def proposer(self) -> Town:
        """The town that wrote the terms, and signed them by sending."""
        return self.guest if self.from_guest else self.town

    @property
    def signer(self) -> Town:
        """The town that signs what the other has proposed, or refuses."""
        return self.other(self.proposer)

    def other(self, town: Town) -> Town:
        """The other of the two."""
        return self.guest if town.pk == self.town_id else self.town


class SharedHubQuerySet(models.QuerySet["SharedHub"]):
    """Questions about the hubs that are open to others."""

    def open_to(self, guest: Town, day: date) -> Self:
        """Those of neighbours that ride for a town on ``day`` or later."""
        agreements = Agreement.objects.signed().not_over(day).filter(guest=guest)
        return self.filter(agreement__in=agreements).select_related("agreement").order_by("pk")

    def between(self, first: date, last: date) -> Self:
        """Those of agreements that hold on one of these days at least."""
        return self.filter(agreement__in=Agreement.objects.between(first, last)).select_related("agreement")


class SharedHub(TownOwned):
    """A hub of the host that an agreement opens to the guest."""

    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="shared_hubs")
    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="shared_hubs")

    objects = SharedHubQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "hub"], name="shared_hub_once")]

    def __str__(self) -> str:
        return f"{self.hub} · {self.agreement}"


class SharedMonth(TownOwned):
    """The statement of a month as it was issued: what bills and late news change afterwards does not change it."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="months")
    first_day = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    lines = models.JSONField(help_text="a list for each day and hub: see ``shared_months.py``")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "first_day"], name="shared_month_once")]

    def __str__(self) -> str:
        return f"{self.agreement} {self.first_day:%Y-%m}"
