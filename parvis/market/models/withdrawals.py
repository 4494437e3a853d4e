"""A buyer who withdraws from what they bought: what they said, and what the shop did about it."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.market.models.lines import Line
from parvis.market.models.orders import Part
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class Withdrawal(TownOwned):
    """One statement of withdrawal from one shop's part (directive 2011/83/EU, articles 11 and 11a)."""

    class State(StrEnum):
        """Where the case stands, from its events."""

        ASKED = "asked"
        RECEIVED = "received"
        REFUNDED = "refunded"
        REFUSED = "refused"

    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="withdrawals")
    name = models.CharField(max_length=120)
    email = models.EmailField(help_text="where its receipt was acknowledged")
    words = models.CharField(max_length=300, blank=True, help_text="what the buyer added; no reason is needed")
    asked_at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="idempotency key of the form")

    class Meta:
        ordering = ["asked_at"]
        constraints = [models.UniqueConstraint(fields=["town", "key"], name="withdrawal_key_once")]

    def __str__(self) -> str:
        return f"{self.part} {self.asked_at:%Y-%m-%d}"

    @property
    def state(self) -> State:
        """The end if there is one, else whether the goods are back."""
        kinds = {event.kind for event in self.events.all()}
        for state in (self.State.REFUNDED, self.State.REFUSED, self.State.RECEIVED):
            if state.value in kinds:
                return state
        return self.State.ASKED

    @property
    def is_open(self) -> bool:
        """The shop has still something to do."""
        return self.state in {self.State.ASKED, self.State.RECEIVED}

    def last(self, kind: str) -> "WithdrawalEvent | None":
        """The event of a kind, from those already loaded."""
        return next((event for event in self.events.all() if event.kind == kind), None)


class WithdrawalLine(TownOwned):
    """So many of one line go back."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="+")
    quantity = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "line"], name="withdrawal_line_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="withdrawal_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"


class WithdrawalEvent(TownOwned):
    """Something that happened to a case, by whom. Never changed; one end only."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("asked")
        RECEIVED = "received", _("goods back")
        REFUNDED = "refunded", _("refunded")
        REFUSED = "refused", _("refused")

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    cents = models.PositiveIntegerField(default=0, help_text="what was refunded, the bikes' fee included")
    fee_cents = models.PositiveIntegerField(default=0, help_text="of which the bikes' fee")

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["withdrawal", "kind"], name="withdrawal_event_once"),
            models.UniqueConstraint(
                fields=["withdrawal"], condition=Q(kind__in=["refunded", "refused"]), name="withdrawal_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
