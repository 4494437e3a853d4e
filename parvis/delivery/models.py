"""What the delivery room keeps. ``Delivery`` and ``Bag`` have no state column: see ``states.py``."""

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.delivery.states import BagState, DeliveryState, bag_state, delivery_state
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned


class Hub(TownOwned):
    """The town's depot, where goods of one buyer are brought together."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=240)
    lon = models.FloatField()
    lat = models.FloatField()

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.lon, self.lat)


class Bike(TownOwned):
    """A cargo bike of the hub."""

    class Drive(models.TextChoices):
        ELECTRIC = "electric", _("electric")
        HYDROGEN = "hydrogen", _("hydrogen")
        MUSCLE = "muscle", _("pedals only")

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="bikes")
    name = models.CharField(max_length=60)
    drive = models.CharField(max_length=10, choices=Drive.choices, default=Drive.ELECTRIC)
    max_grams = models.PositiveIntegerField(default=80_000)
    max_millilitres = models.PositiveIntegerField(default=240_000)
    max_crates = models.PositiveSmallIntegerField(default=12)
    speed_percent = models.PositiveSmallIntegerField(default=100, help_text="against the street's bicycle speed")
    range_metres = models.PositiveIntegerField(null=True, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hub", "name"], name="bike_name_once")]

    def __str__(self) -> str:
        return self.name


class Shift(TownOwned):
    """A rider on a bike from one moment to another."""

    bike = models.ForeignKey(Bike, on_delete=models.PROTECT, related_name="shifts")
    rider = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_in_order")]
        indexes = [models.Index(fields=["town", "starts_at"], name="shift_by_day")]

    def __str__(self) -> str:
        return f"{self.bike} · {self.rider}"


class WindowQuerySet(models.QuerySet["Window"]):
    """Questions about what may still be promised."""

    def open_at(self, town: Town, at: datetime) -> Self:
        """Windows of a town that still take bookings at ``at``, soonest first, with ``booked`` counted."""
        return (
            self.filter(town=town, closes_at__gt=at)
            .annotate(booked=models.Count("deliveries", filter=Q(deliveries__cancelled_at=None)))
            .filter(booked__lt=F("capacity"))
            .order_by("starts_at")
        )


class Window(TownOwned):
    """A stretch of time in which bikes hand over: the promise. ``capacity`` is what the fleet can serve."""

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="last moment to book")
    goods_due_at = models.DateTimeField(help_text="when shops must have dropped their bags")
    capacity = models.PositiveSmallIntegerField(default=60)

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "starts_at"], name="window_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), closes_at__lte=F("starts_at")), name="window_in_order"
            ),
        ]
        indexes = [models.Index(fields=["town", "starts_at"], name="window_by_day")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Questions about many deliveries."""

    def confirmed(self) -> Self:
        """Without those whose place is only held: whoever booked them has still to say that they come."""
        return self.filter(confirmed_at__isnull=False)

    def expected(self) -> Self:
        """Those that hub and riders count on: confirmed and not cancelled."""
        return self.confirmed().filter(cancelled_at=None)

    def for_window(self, window: Window) -> Self:
        """Those expected in one window, with bags and events at hand."""
        return self.expected().filter(window=window).with_story()

    def with_story(self) -> Self:
        """With bags, crates and events loaded: what ``states.py`` needs, in three queries."""
        return self.prefetch_related("bags__events", "events", "crates")


class Delivery(TownOwned):
    """One handing-over at one door in one window, however many shops packed for it."""

    window = models.ForeignKey(Window, on_delete=models.PROTECT, related_name="deliveries")
    code = models.CharField(max_length=8)
    reference = models.CharField(max_length=40, help_text="whatever the booker calls it; shown to people")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=240)
    note = models.CharField(max_length=300, blank=True)
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
        indexes = [models.Index(fields=["window", "code"], name="delivery_by_window")]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @property
    def state(self) -> DeliveryState:
        """Where it stands; list pages load ``with_story()`` first, so that this asks nothing."""
        return delivery_state(self.events.all(), [bag.events.all() for bag in self.live_bags()])

    def live_bags(self) -> "list[Bag]":
        """The bags that are still to come, without those whose sender cancelled."""
        return [bag for bag in self.bags.all() if bag.cancelled_at is None]

    @property
    def grams(self) -> int:
        """Weight of all live bags."""
        return sum(bag.grams for bag in self.live_bags())

    @property
    def millilitres(self) -> int:
        """Volume of all live bags."""
        return sum(bag.millilitres for bag in self.live_bags())

    @property
    def point(self) -> Point:
        """Where the door is."""
        return Point(self.lon, self.lat)


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
    cancelled_at = models.DateTimeField(null=True, blank=True)

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
        LOADED = "loaded"  # left on a bike
        DELIVERED = "delivered"
        RETURNED = "returned"  # back at the hub after a failed attempt or a broken bike
        MISSING = "missing"  # said to be missing by the hub
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
        DELIVERED = "delivered"
        FAILED = "failed"
        REBOOKED = "rebooked"  # promised again, in another window
        CANCELLED = "cancelled"

    class WhyFailed(models.TextChoices):
        """What ``detail["reason"]`` of a failed attempt says; words of somebody's own stand there as they are."""

        NOBODY = "nobody", _("Nobody at home")
        ADDRESS = "address", _("Wrong address")
        REFUSED = "refused", _("The goods were refused")
        DAMAGED = "damaged", _("The goods are damaged")
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
        """Why an attempt failed, in words of the active language; "" for other events."""
        known = dict(self.WhyFailed.choices)
        code, note = self.detail.get("reason", ""), self.detail.get("note", "")
        if code == self.WhyFailed.OTHER and note:
            return str(note)
        words = str(known.get(code, code))
        return f"{words}. {note}" if note else words


class Plan(TownOwned):
    """One answer to "who rides where": a problem, its solution, who published it. Kept for audit."""

    class State(models.TextChoices):
        COMPUTING = "computing"
        DRAFT = "draft"
        PUBLISHED = "published"
        SUPERSEDED = "superseded"
        FAILED = "failed"

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="plans")
    day = models.DateField()
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.COMPUTING)
    seed = models.PositiveIntegerField(default=1)
    problem = models.JSONField(default=dict)
    solution = models.JSONField(default=dict)
    message = models.CharField(max_length=300, blank=True)
    streets = models.CharField(max_length=12, default="straight", help_text="valhalla or straight")
    planning_seconds = models.FloatField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hub", "day", "version"], name="plan_version_once"),
            models.UniqueConstraint(fields=["hub", "day"], condition=Q(state="published"), name="one_published_plan"),
        ]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"{self.day} v{self.version}"


class DayTours(TownOwned):
    """The proof that what is promised for a day can be ridden: each shift's trips, with the ways between their stops.

    Nobody rides by it: plans are made anew, and better. It only ever says yes or no to one more promise.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="day_tours")
    day = models.DateField()
    changed_at = models.DateTimeField(null=True, help_text="when something was promised last")
    tidied_at = models.DateTimeField(null=True, help_text="when the planner last looked for better tours")
    tours = models.JSONField(
        default=dict, help_text="trips by shift: ids of deliveries, seconds and metres of each way"
    )

    class Meta:
        verbose_name_plural = "day tours"
        constraints = [models.UniqueConstraint(fields=["hub", "day"], name="day_tours_once")]

    def __str__(self) -> str:
        return f"{self.day}"


class RoundQuerySet(models.QuerySet["Round"]):
    """Questions about many rounds."""

    def of_rider(self, rider: Any, day: date) -> Self:
        """Published rounds of one rider on a day, in order, with stops and what is delivered."""
        return (
            self.filter(rider=rider, plan__day=day, plan__state=Plan.State.PUBLISHED)
            .select_related("bike", "plan")
            .prefetch_related("stops__delivery__bags__events", "stops__delivery__events", "stops__delivery__crates")
            .order_by("departs_at")
        )


class Round(TownOwned):
    """One trip of one bike: out of the hub, to its stops, and back."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="rounds")
    bike = models.ForeignKey(Bike, on_delete=models.PROTECT, related_name="rounds")
    rider = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    departs_at = models.DateTimeField()
    returns_at = models.DateTimeField()
    metres = models.PositiveIntegerField()
    grams = models.PositiveIntegerField()
    millilitres = models.PositiveIntegerField()
    geometry = models.JSONField(null=True, help_text="GeoJSON LineString along streets")
    locked = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True, blank=True)
    back_at = models.DateTimeField(null=True, blank=True)

    objects = RoundQuerySet.as_manager()

    class Meta:
        ordering = ["departs_at", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="round_number_once")]

    def __str__(self) -> str:
        return f"{self.bike} · {self.number}"


class Stop(TownOwned):
    """One door on a round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="stops")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="stops")
    position = models.PositiveSmallIntegerField()
    arrive_at = models.DateTimeField()
    leave_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="stop_position_once"),
            models.UniqueConstraint(fields=["round", "delivery"], name="stop_once_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.delivery}"
