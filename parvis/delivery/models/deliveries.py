"""What is brought to a door, in which bags and crates, and all that happened to it."""

from datetime import datetime
from typing import Self
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.words import say_labelled
from parvis.delivery.models.promises import Window
from parvis.delivery.pickups import PickUp
from parvis.delivery.skills import asked, together
from parvis.delivery.states import BagState, DeliveryState, bag_state, delivery_state
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions about many deliveries."""

    def ordered_by(self, town: Town) -> Self:
        """Those of the buyers of a town, whoever rides: its own bikes or those of a neighbour."""
        return self.filter(Q(town=town, ordered_in=None) | Q(ordered_in=town))

    def confirmed(self) -> Self:
        """Without those whose place is only held: whoever booked them has still to say that they come."""
        return self.filter(confirmed_at__isnull=False)

    def expected(self) -> Self:
        """Those that hub and riders count on: confirmed and not cancelled."""
        return self.confirmed().filter(cancelled_at=None)

    def counted(self) -> Self:
        """Those that figures count: expected, or given up only after a bike had been at their door."""
        door = DeliveryEvent.objects.filter(
            delivery=OuterRef("pk"), kind__in=DeliveryEvent.AT_DOOR, at__lte=OuterRef("cancelled_at")
        )
        return self.confirmed().filter(Q(cancelled_at=None) | Exists(door))

    def for_window(self, window: Window) -> Self:
        """Those expected in one window, with bags and events at hand."""
        return self.expected().filter(window=window).with_story()

    def with_story(self) -> Self:
        """With bags, crates and events loaded: what ``states.py`` needs, in three queries."""
        return self.prefetch_related("bags__events", "events", "crates")


class Delivery(TownOwned):
    """One handing-over at one door in one window, however many shops packed for it.

    ``town`` is the town whose hub and riders do it. ``ordered_in`` is the neighbour whose buyer waits, where two towns
    share (``models/agreements.py``); empty where it is the town's own.
    """

    class LeaveWith(models.TextChoices):
        """Who or what may have it when nobody opens."""

        NEIGHBOUR = "neighbour", _("Leave it with the neighbour")
        CONCIERGE = "concierge", _("Leave it with the concierge")
        DOOR = "door", _("Leave it at the door")

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="deliveries")
    also = models.ForeignKey(
        Window,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="a later window that suits as well, until a plan takes one of them",
    )
    ordered_in = models.ForeignKey(
        Town, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    away_metres = models.PositiveIntegerField(
        null=True, blank=True, help_text="hub to door as the crow flies, to 100 m: by it kilometres are shared"
    )
    code = models.CharField(max_length=8)
    reference = models.CharField(max_length=40, help_text="whatever the booker calls it; shown to people")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=240)
    note = models.CharField(max_length=300, blank=True)
    leave_with = models.CharField(max_length=10, choices=LeaveWith.choices, blank=True)
    leave_note = models.CharField(max_length=120, blank=True, help_text="which neighbour, which door")
    lon = models.FloatField()
    lat = models.FloatField()
    service_seconds = models.PositiveSmallIntegerField(default=180)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="until then its place is held, and nobody at the hub waits for its bags"
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="delivery_code_once")]
        indexes = [
            models.Index(fields=["window", "code"], name="delivery_by_window"),
            models.Index(fields=["ordered_in"], condition=Q(ordered_in__isnull=False), name="delivery_for_a_neighbour"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def buyers_town_id(self) -> UUID:
        """The town whose buyer waits for it."""
        return self.ordered_in_id or self.town_id

    @property
    def state(self) -> DeliveryState:
        """Where it stands; list pages load ``with_story()`` first, so that this asks nothing."""
        return delivery_state(self.events.all(), [bag.events.all() for bag in self.live_bags()])

    def live_bags(self) -> "list[Bag]":
        """The bags that are still to come, without those whose sender cancelled."""
        return [bag for bag in self.bags.all() if bag.cancelled_at is None]

    @property
    def leave_words(self) -> str:
        """``Leave it with the neighbour: Mme Roux, 2e``; nothing where it is for whoever opens."""
        said = str(self.get_leave_with_display()) if self.leave_with else ""
        return say_labelled(said, self.leave_note) if said and self.leave_note else said

    @property
    def grams(self) -> int:
        """Weight of all live bags."""
        return sum(bag.grams for bag in self.live_bags())

    @property
    def millilitres(self) -> int:
        """Volume of all live bags."""
        return sum(bag.millilitres for bag in self.live_bags())

    @property
    def needs(self) -> tuple[str, ...]:
        """What all live bags together ask of a bike."""
        return together(bag.needs for bag in self.live_bags())

    @property
    def needs_words(self) -> list[str]:
        """The same in words: ``Needs the trailer``."""
        return asked(self.needs)

    @property
    def point(self) -> Point:
        """Where the door is."""
        return Point(self.lon, self.lat)

    @property
    def hours(self) -> list[tuple[datetime, datetime]]:
        """From when to when a bike may come: its window, and the one that suits as well."""
        return [(window.starts_at, window.ends_at) for window in (self.window, self.also) if window is not None]


class BagQuerySet(models.QuerySet["Bag"]):
    """Questions about many bags."""

    def confirmed(self) -> Self:
        """Those that the hub knows: the bags of confirmed deliveries."""
        return self.filter(delivery__confirmed_at__isnull=False)


class Bag(TownOwned):
    """What one shop brings for one delivery; ``temperature`` is that of the coldest thing in it."""

    class Temperature(models.TextChoices):
        AMBIENT = "ambient", _("Not cooled")
        COOL = "cool", _("Keep cool")
        FROZEN = "frozen", _("Frozen")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="bags")
    code = models.CharField(max_length=8)
    sender = models.CharField(max_length=160, help_text="the shop's name, as the hub reads it")
    sender_phone = models.CharField(max_length=30, blank=True)
    sender_ref = models.CharField(max_length=40, db_index=True, help_text="opaque id of the booker's part")
    grams = models.PositiveIntegerField()
    millilitres = models.PositiveIntegerField()
    temperature = models.CharField(max_length=8, choices=Temperature.choices, default=Temperature.AMBIENT)
    needs = models.JSONField(default=list, help_text="what it asks of a bike (skills.Skill)")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    pickup_address = models.CharField(
        max_length=240, blank=True, help_text="where a rider may fetch it; empty where the shop brings it to the hub"
    )
    pickup_lon = models.FloatField(null=True, blank=True)
    pickup_lat = models.FloatField(null=True, blank=True)
    pickup_from = models.DateTimeField(null=True, blank=True, help_text="the shop's hours on the day of the window")
    pickup_until = models.DateTimeField(null=True, blank=True)

    objects = BagQuerySet.as_manager()

    class Meta:
        ordering = ["sender", "code"]
        constraints = [models.UniqueConstraint(fields=["town", "code"], name="bag_code_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def state(self) -> BagState:
        """Where the bag is, from its events."""
        return bag_state(self.events.all())

    @property
    def pickup(self) -> PickUp | None:
        """Where and when a rider may fetch it at its shop; None where the shop does not hand over to riders."""
        if self.pickup_lon is None or self.pickup_lat is None or not self.pickup_from or not self.pickup_until:
            return None
        point = Point(self.pickup_lon, self.pickup_lat)
        return PickUp(self.pickup_address, point, self.pickup_from, self.pickup_until)

    def offer(self, pickup: PickUp | None) -> None:
        """Set where a rider may fetch it; the row is saved by whoever calls."""
        self.pickup_address = pickup.address if pickup else ""
        self.pickup_lon, self.pickup_lat = (pickup.point.lon, pickup.point.lat) if pickup else (None, None)
        self.pickup_from, self.pickup_until = (pickup.opens_at, pickup.closes_at) if pickup else (None, None)

    @property
    def needs_words(self) -> list[str]:
        """What it asks of a bike, in words: ``Keep upright``."""
        return asked(self.needs)


class Crate(TownOwned):
    """A box in which the bags of one delivery travel."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="crates")
    number = models.PositiveSmallIntegerField(help_text="the number painted on the box")
    packed_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["town", "number"], condition=Q(released_at=None), name="crate_in_one_place")
        ]

    def __str__(self) -> str:
        return str(self.number)


class BagEvent(TownOwned):
    """Something that happened to a bag: the chain of custody."""

    class Kind(models.TextChoices):
        READY = "ready"  # the shop says it can be fetched or brought
        AT_HUB = "at_hub"  # scanned in
        PACKED = "packed"  # in a crate
        STOWED = "stowed"  # put on a bike that has not left yet
        LOADED = "loaded"  # left on a bike
        DELIVERED = "delivered"
        RETURNED = "returned"  # back at the hub after a failed attempt or a broken bike
        MISSING = "missing"  # said to be missing by the hub: it never came
        LOST = "lost"  # somebody held it, and it cannot be found
        CANCELLED = "cancelled"

    bag = models.ForeignKey(Bag, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["bag", "at"], name="bag_event_story")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"


class DeliveryEvent(TownOwned):
    """Something that happened to a delivery as a whole."""

    class Kind(models.TextChoices):
        PLANNED = "planned"
        DEPARTED = "departed"
        TRIED = "tried"  # nobody could take it; the rider tries again on the same round
        DELIVERED = "delivered"
        FAILED = "failed"
        REBOOKED = "rebooked"  # promised again, in another window
        ASKED = "asked"  # a shop asks its buyer for another time; the promise stands as it is
        KEPT = "kept"  # the buyer was asked, and keeps the time
        LEFT_BEHIND = "left_behind"  # its bike left without it, the hub or (``at_shop``) the shop; ``reason`` says why
        CANCELLED = "cancelled"

    AT_DOOR = (Kind.DELIVERED, Kind.FAILED)
    """The endings of which a bike was at the door."""

    class WhyFailed(models.TextChoices):
        """What ``detail["reason"]`` of a failed attempt says; words of somebody's own stand there as they are."""

        NOBODY = "nobody", _("Nobody at home")
        ADDRESS = "address", _("Wrong address")
        REFUSED = "refused", _("The goods were refused")
        DAMAGED = "damaged", _("The goods are damaged")
        LOST = "lost", _("The goods are lost")
        OTHER = "other", _("Another reason")

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    detail = models.JSONField(default=dict)
    photo = models.ImageField(upload_to="proof/%Y/%m", blank=True)
    key = models.CharField(  # noqa: DJ001 - null, because many events have none and the key is unique
        max_length=60, unique=True, null=True, help_text="idempotency key of the sender"
    )

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["delivery", "at"], name="delivery_event_story")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M}"

    @property
    def reason(self) -> str:
        """Why an attempt did not work, in words of the active language; "" for other events."""
        known = dict(self.WhyFailed.choices)
        code, note = self.detail.get("reason", ""), self.detail.get("note", "")
        if code == self.WhyFailed.OTHER and note:
            return str(note)
        words = str(known.get(code, code))
        return f"{words}. {note}" if note else words
