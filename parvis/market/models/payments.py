"""Online payments: what was asked of a buyer, what happened to it, each call to the provider, each piece of its news.

A payment has no stored state: ``payment_state`` reads it from the events, which come from what the provider says.
Nothing of a card or a bank account is kept, and of the provider's news only which object it is about.
"""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q

from parvis.market.models.orders import Order, Part
from parvis.market.paying.next_steps import Verb
from parvis.market.paying.states import Paid, PaymentState, paid, payment_state
from parvis.people.models import Organisation
from parvis.towns.models import TownOwned


class Provider(models.TextChoices):
    """Who keeps the hosted payment page; ``parvis.market.clients`` speaks to each."""

    STRIPE = "stripe", "Stripe"
    MOLLIE = "mollie", "Mollie"


class MerchantAccount(TownOwned):
    """Where an organisation is paid at the provider: the number of its connected account, and whether it is ready."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    provider = models.CharField(max_length=10, choices=Provider.choices)
    reference = models.CharField(max_length=80)
    charges_enabled = models.BooleanField(default=False, help_text="the provider has checked who they are")
    checked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "provider"], name="merchant_account_once"),
            models.UniqueConstraint(fields=["provider", "reference"], name="merchant_account_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.provider}"


class PaymentQuerySet(models.QuerySet["Payment"]):
    """Questions about payments."""

    def with_story(self) -> Self:
        """With events and calls loaded."""
        return self.prefetch_related("events", "calls")

    def due(self, at: datetime) -> Self:
        """Those that somebody must look at by now."""
        return self.filter(next_look_at__lte=at).order_by("next_look_at")


class Payment(TownOwned):
    """One attempt to pay the online parts of an order. ``amount_cents`` is the most that may be taken."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField(default=1)
    provider = models.CharField(max_length=10, choices=Provider.choices)
    amount_cents = models.PositiveIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="until then goods and places are kept while the buyer pays")
    session = models.CharField(max_length=120, blank=True, help_text="the hosted page, as the provider calls it")
    reference = models.CharField(max_length=120, blank=True, help_text="the payment, as the provider calls it")
    charge = models.CharField(max_length=120, blank=True, help_text="what transfers to merchants are taken from")
    capture_before = models.DateTimeField(null=True, help_text="when the authorisation ends, if the provider says so")
    next_look_at = models.DateTimeField(null=True, help_text="when it must be looked at again; never when all is done")

    objects = PaymentQuerySet.as_manager()

    class Meta:
        ordering = ["attempt"]
        constraints = [
            models.UniqueConstraint(fields=["order", "attempt"], name="payment_attempt_once"),
            models.UniqueConstraint(
                fields=["provider", "reference"], condition=~Q(reference=""), name="payment_reference_once"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payment_of_something"),
        ]
        indexes = [
            models.Index(fields=["next_look_at"], condition=~Q(next_look_at=None), name="payment_due"),
            models.Index(fields=["town", "-asked_at"], name="payment_newest"),
            models.Index(fields=["session"], name="payment_by_session"),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.attempt}"

    @property
    def sums(self) -> Paid:
        """What was authorised, taken, given back and disputed, in cents."""
        return paid(self.events.all())

    @property
    def state(self) -> PaymentState:
        """Where it stands, from its events."""
        return payment_state(self.events.all())

    @property
    def page_url(self) -> str:
        """The provider's page where the buyer pays; empty until it exists."""
        opened = next((call for call in self.calls.all() if call.verb == Verb.OPEN), None)
        return str(opened.result.get("url", "")) if opened else ""


class PaymentEvent(TownOwned):
    """Something that happened to a payment, said by the provider. ``key`` makes it happen once."""

    class Kind(models.TextChoices):
        ASKED = "asked"
        AUTHORISED = "authorised"
        CAPTURED = "captured"
        UNCAPTURED = "uncaptured"  # taken, as the provider said, and then not after all
        CANCELLED = "cancelled"
        FAILED = "failed"
        REFUNDED = "refunded"
        DISPUTED = "disputed"
        DISPUTE_WON = "won"

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120, help_text="which happening it is: once for each payment")
    amount_cents = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["payment", "key"], name="payment_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents}"


class ProviderCallQuerySet(models.QuerySet["ProviderCall"]):
    """Questions about many calls."""

    def forget_pages(self) -> int:
        """What was said to make payment pages (the way back holds the order's key) goes where the page is made.

        Calls that are still to be made keep it: asking again must be asking the very same. Says how many.
        """
        ended = self.filter(verb=Verb.OPEN).exclude(done_at=None, given_up_at=None)
        return ended.exclude(request={}, result={}).update(request={}, result={})


class ProviderCall(TownOwned):
    """One thing we want of the provider, written and committed before it is asked for.

    ``key`` travels with the request as its idempotency key, so asking again is asking once. The row is locked while
    the provider is spoken to.
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="calls")
    part = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="payouts")
    verb = models.CharField(max_length=10, choices=[(verb.value, verb.value) for verb in Verb])
    key = models.CharField(max_length=120, unique=True)
    amount_cents = models.PositiveIntegerField(default=0)
    request = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    reference = models.CharField(max_length=120, blank=True)
    wanted_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    objects = ProviderCallQuerySet.as_manager()

    class Meta:
        ordering = ["wanted_at", "id"]

    def __str__(self) -> str:
        return self.key

    @property
    def back(self) -> list[tuple[str, str, int]]:
        """What a refund takes back from shops in the same step: part, account and cents of each."""
        return [(part, account, cents) for part, account, cents in self.request.get("back", [])]

    @property
    def is_open(self) -> bool:
        """Still to be asked for, or asked for without an answer that we know."""
        return self.done_at is None and self.given_up_at is None


class ProviderEvent(TownOwned):
    """News that the provider brought: kept first, handled later. It is a reason to ask, never an answer."""

    provider = models.CharField(max_length=10, choices=Provider.choices)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    about = models.JSONField(default=dict, help_text="the numbers of the objects it is about, and nothing else of it")
    received_at = models.DateTimeField()
    handled_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "provider", "event_id"], name="provider_event_once"),
        ]
        indexes = [models.Index(fields=["received_at"], condition=Q(handled_at=None), name="provider_event_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"


class ProviderMovement(TownOwned):
    """A line of the provider's own account of the town's money, copied to be compared with the ledger."""

    provider = models.CharField(max_length=10, choices=Provider.choices)
    reference = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    amount_cents = models.IntegerField()
    fee_cents = models.IntegerField(default=0)
    at = models.DateTimeField()
    source = models.CharField(max_length=120, blank=True)
    payment = models.ForeignKey(Payment, null=True, on_delete=models.PROTECT, related_name="movements")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "provider", "reference"], name="provider_movement_once"),
        ]
        indexes = [models.Index(fields=["town", "-at"], name="provider_movement_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_cents:+d}"
