"""Orders, their parts (one for each shop), and what happened to each part."""

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.ids import secret_token
from parvis.delivery.models import Delivery, DeliveryEvent
from parvis.market.models.rules import Cycle
from parvis.market.models.shops import Modality, Shop
from parvis.market.pricing import Priced, Total, paid_now, total_of
from parvis.market.states import PartState, part_state
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned

if TYPE_CHECKING:
    from parvis.market.models.vouchers import VoucherUse


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions about many orders."""

    def told(self) -> Self:
        """Orders that their shops have been told of: one that waits for its payment, or was never paid, is none."""
        return self.filter(Exists(PartEvent.objects.filter(part__order=OuterRef("pk"), kind=PartEvent.Kind.PLACED)))

    def with_story(self) -> Self:
        """Parts, lines, events and the delivery's own story, in a fixed number of queries."""
        parts = Part.objects.select_related("shop__place", "shop__organisation").defer(
            "shop__description", "shop__place__description", "shop__place__search"
        )
        return self.select_related("delivery__window").prefetch_related(
            Prefetch("parts", parts),
            "parts__lines",
            "parts__events",
            "parts__voucher_uses__voucher__campaign",
            "parts__withdrawals__events",
            "parts__withdrawals__lines__line",
            "delivery__bags__events",
            "delivery__events",
            "delivery__crates",
        )


class Order(TownOwned):
    """What one buyer ordered at one moment, from however many shops."""

    class IfMissing(models.TextChoices):
        REPLACE = "replace", _("Replace it by something alike, never dearer")
        LEAVE = "leave", _("Leave it out, I do not pay for it")
        CALL = "call", _("Call me")

    code = models.CharField(max_length=8)
    secret = models.CharField(max_length=32, default=secret_token, editable=False)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="orders")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = models.CharField(max_length=30, blank=True)
    language = models.CharField(max_length=2, default="fr")
    address = models.CharField(max_length=240, blank=True)
    note = models.CharField(max_length=300, blank=True)
    if_missing = models.CharField(max_length=8, choices=IfMissing.choices, default="leave")
    placed_at = models.DateTimeField()
    delivery = models.OneToOneField(Delivery, null=True, on_delete=models.PROTECT, related_name="order")
    bike_fee_cents = models.PositiveIntegerField(default=0)
    bike_fee_vat_bp = models.PositiveIntegerField(default=2000)
    bike_shops_cents = models.PositiveIntegerField(default=0, help_text="what its shops bear of the bikes together")
    key = models.CharField(max_length=64, help_text="idempotency key of the checkout form")

    objects = OrderQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(fields=["town", "code"], name="order_code_once"),
            models.UniqueConstraint(fields=["town", "key"], name="order_key_once"),
        ]
        indexes = [
            models.Index(fields=["town", "-placed_at"], name="order_newest"),
            models.Index(fields=["person", "-placed_at"], name="order_of_person"),
        ]

    def __str__(self) -> str:
        return self.code


class PartQuerySet(models.QuerySet["Part"]):
    """Questions about many parts."""

    def told(self) -> Self:
        """Parts that their shops have been told of: one that waits for its payment is none of them."""
        placed = PartEvent.objects.filter(part=OuterRef("pk"), kind=PartEvent.Kind.PLACED)
        return self.filter(Exists(placed))

    def of_shop(self, shop: Shop) -> Self:
        """One shop's parts with lines and story, most urgent first."""
        return (
            self.told()
            .filter(shop=shop)
            .select_related("order__delivery__window__hub", "cycle")
            .prefetch_related(
                "lines", "events", "voucher_uses", "order__delivery__bags__events", "order__delivery__events"
            )
            .order_by("due_at", "placed_at")
        )

    def placed_between(self, town: Town, start: datetime, end: datetime) -> Self:
        """A town's parts placed in [start, end)."""
        return self.told().filter(town=town, placed_at__gte=start, placed_at__lt=end)


class Part(TownOwned):
    """What one shop prepares of an order; accepted, refused and handed over by itself."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="parts")
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="parts")
    kind = models.CharField(max_length=8, choices=Modality.Kind.choices)
    fee_cents = models.PositiveIntegerField(default=0)
    fee_vat_bp = models.PositiveIntegerField(default=2000)
    commission_bp = models.PositiveIntegerField(default=0, help_text="the town's, as agreed when it was ordered")
    commission_vat_bp = models.PositiveIntegerField(default=0)
    online = models.BooleanField(default=False, help_text="paid through the provider before the shop sees it")
    placed_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="when the goods must be ready (for bikes: at the hub)")
    work_at = models.DateTimeField(null=True, help_text="the window of the shop's capacity in which it is prepared")
    work = models.PositiveIntegerField(default=1, help_text="points of work")
    cycle = models.ForeignKey(Cycle, null=True, on_delete=models.SET_NULL, related_name="parts")
    turn_day = models.DateField(null=True, help_text="the day of collection of its cycle")
    until = models.DateTimeField(null=True, help_text="when collecting ends, where that was promised")
    collected_at = models.CharField(max_length=160, blank=True, help_text="where, if not at the shop")

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["order", "shop"], name="part_once")]
        indexes = [
            models.Index(fields=["shop", "-due_at"], name="part_of_shop"),
            models.Index(fields=["town", "placed_at"], name="part_by_day"),
            models.Index(fields=["shop", "work_at"], name="part_at_work", condition=Q(work_at__isnull=False)),
            models.Index(fields=["cycle", "turn_day"], name="part_of_turn", condition=Q(cycle__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.order} · {self.shop}"

    @property
    def state(self) -> PartState:
        """Where the part stands, from its events and those of its bag."""
        delivery = self.order.delivery if self.kind == Modality.Kind.BIKE else None
        bags = [] if delivery is None else [b for b in delivery.bags.all() if b.sender_ref == str(self.pk)]
        ended: list[DeliveryEvent] = [] if delivery is None else list(delivery.events.all())
        return part_state(self.events.all(), [event for bag in bags for event in bag.events.all()], ended)

    def last(self, kind: str) -> "PartEvent | None":
        """The last event of a kind, from those already loaded."""
        return next((event for event in reversed(self.events.all()) if event.kind == kind), None)

    def priced(self) -> list[Priced]:
        """The lines as the pricing functions read them: what was prepared, or ordered until it is."""
        return [Priced(line.cents, line.vat_bp) for line in self.lines.all()]

    @property
    def deposits(self) -> int:
        """The deposits on the bottles and jars of its lines."""
        return sum(line.deposit_total for line in self.lines.all())

    @property
    def most_cents(self) -> int:
        """The most that this part can cost: everything there, and as heavy as the tolerance allows."""
        return self.fee_cents + sum(line.most_cents for line in self.lines.all())

    @property
    def total(self) -> Total:
        """Goods, deposits and this part's own fee; nothing at all once refused or cancelled."""
        if self.given_up:
            return total_of([], [])
        fees = [Priced(self.fee_cents, self.fee_vat_bp)] if self.fee_cents else []
        return total_of(self.priced(), fees, self.deposits)

    def uses(self) -> "list[VoucherUse]":
        """What vouchers were to pay of this part when it was ordered."""
        return [use for use in self.voucher_uses.all() if use.kind == "used"]

    @property
    def given_up(self) -> bool:
        """Refused or cancelled: nothing of it is sold."""
        return self.state in {PartState.REFUSED, PartState.CANCELLED}

    @property
    def returned_goods(self) -> int:
        """What the goods cost that were sent back and paid back, in cents; without deposits and fees.

        Nothing once the part is given up: the whole of it is taken back then.
        """
        back = self._sent_back()
        return sum(line.share(back.get(line.pk, 0)) for line in self.lines.all()) if back and not self.given_up else 0

    @property
    def returned_cents(self) -> int:
        """What its shop has paid back for things sent back: goods, deposits and its own fee, whoever had paid them."""
        ends = [event for case in self.withdrawals.all() for event in case.events.all() if event.kind == "refunded"]
        return sum(event.cents - event.fee_cents for event in ends) if ends and not self.given_up else 0

    @property
    def kept_goods(self) -> list[Priced]:
        """The goods that the buyer keeps, each line as it was sold less what was sent back; nothing once given up."""
        if self.given_up:
            return []
        back = self._sent_back()
        return [Priced(line.cents - line.share(back.get(line.pk, 0)), line.vat_bp) for line in self.lines.all()]

    def _sent_back(self) -> dict[UUID, int]:
        """How many of each line were sent back and paid back."""
        back: dict[UUID, int] = {}
        for case in self.withdrawals.all():
            if any(event.kind == "refunded" for event in case.events.all()):
                for row in case.lines.all():
                    back[row.line_id] = back.get(row.line_id, 0) + row.quantity
        return back

    def vouchers_pay(self, *, less: int = 0) -> "list[tuple[VoucherUse, int]]":
        """Each use of a voucher for this part with what it pays as things stand, in cents.

        ``less``: goods of so many cents are about to be paid back.
        """
        uses = self.uses()
        if not uses:
            return []
        goods_now = self.total.goods - self.returned_goods - less
        pays = paid_now([use.cents for use in uses], goods_then=uses[0].goods_cents, goods_now=goods_now)
        return list(zip(uses, pays, strict=True))

    @property
    def voucher_cents(self) -> int:
        """What vouchers pay of this part now."""
        return sum(cents for _use, cents in self.vouchers_pay())


class PartEvent(TownOwned):
    """Something that happened to a part, by whom."""

    class Kind(models.TextChoices):
        RESERVED = "reserved", _("waits for the payment")
        PLACED = "placed", _("placed")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        READY = "ready", _("ready")
        SENT = "sent", _("sent")
        DONE = "done", _("handed over")
        CANCELLED = "cancelled", _("cancelled")

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    key = models.CharField(max_length=36, blank=True, help_text="of the tap, where a phone gave one")
    tapped_at = models.DateTimeField(
        null=True, blank=True, help_text="when the phone's own clock saw it: without a network, long before"
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["part", "at"], name="part_story"),
            # a day of a town, however many years it has
            models.Index(fields=["town", "at"], include=["kind", "part"], name="part_events_by_day"),
        ]
        constraints = [models.UniqueConstraint(fields=["part", "kind"], name="part_event_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"
