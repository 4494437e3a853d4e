"""Who rides where: plans, their rounds and stops."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from parvis.delivery.models.deliveries import Delivery
from parvis.delivery.models.fleet import Bike, Hub, Shift
from parvis.people.models import Person
from parvis.towns.models import TownOwned


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
    conditions = models.CharField(max_length=12, blank=True, help_text="closures and pace that its ways were made with")
    pace_percent = models.PositiveSmallIntegerField(default=100)
    kind_paces = models.JSONField(default=dict, help_text="of the kinds that have their own, by name")
    progress_percent = models.PositiveSmallIntegerField(default=0, help_text="how far the search is")
    enough_at = models.DateTimeField(null=True, help_text="somebody asked for the best plan found so far")
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


class RoundQuerySet(models.QuerySet["Round"]):
    """Questions about many rounds."""

    def of_rider(self, rider: Any, day: date, at: datetime) -> Self:
        """Published rounds of one rider on a day, in order, with stops and what is delivered.

        Those of the evening before are among them that are still on the road, or to be ridden in a shift that goes on
        at ``at``: nothing vanishes at midnight.
        """
        shift = Shift.objects.filter(
            rider=rider, bike=OuterRef("bike"), starts_at__lte=OuterRef("departs_at"), ends_at__gt=at
        )
        late = Q(plan__day=day - timedelta(days=1), back_at=None) & (Q(left_at__isnull=False) | Exists(shift))
        return (
            self.filter(Q(plan__day=day) | late, rider=rider, plan__state=Plan.State.PUBLISHED)
            .select_related("bike", "plan")
            .prefetch_related("stops__delivery__bags__events", "stops__delivery__events", "stops__delivery__crates")
            .order_by("departs_at")
        )

    def of_shift(self, shift: Shift) -> Self:
        """Those of one rider on one bike that leave while the shift lasts."""
        return self.filter(
            bike=shift.bike_id, rider=shift.rider_id, departs_at__gte=shift.starts_at, departs_at__lt=shift.ends_at
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
    option = models.CharField(max_length=40, blank=True, help_text="the way: straight from the shop, or by the hub")
    fetch_at = models.DateTimeField(null=True, blank=True, help_text="when its rider rings at the shop")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="stop_position_once"),
            models.UniqueConstraint(fields=["round", "delivery"], name="stop_once_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.delivery}"
