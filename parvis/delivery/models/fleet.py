"""Who rides from where: the hub, its bikes, riders on shift."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class Hub(TownOwned):
    """The town's depot, where goods of one buyer are brought together."""

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=240)
    lon = models.FloatField()
    lat = models.FloatField()
    cold_minutes = models.PositiveSmallIntegerField(
        default=120, help_text="how long a cold box keeps what is in it cold, from the hub to the door"
    )
    cold_from = models.PositiveSmallIntegerField(
        default=500, help_text="crates that bear this number or a higher one keep cold"
    )
    pace_percent = models.PositiveSmallIntegerField(
        default=100, help_text="riding time against the map's, learnt from the rounds that were ridden"
    )

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
    cold_crates = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="of its crates, so many keep cold; empty: all of them may"
    )
    speed_percent = models.PositiveSmallIntegerField(default=100, help_text="against the street's bicycle speed")
    range_metres = models.PositiveIntegerField(null=True, blank=True)
    charge_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="from empty to full at the hub; empty: not before the next day"
    )
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
    break_starts_at = models.DateTimeField(null=True, blank=True)
    break_minutes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="shift_in_order")]
        indexes = [models.Index(fields=["town", "starts_at"], name="shift_by_day")]

    def __str__(self) -> str:
        return f"{self.bike} · {self.rider}"

    @property
    def break_ends_at(self) -> datetime | None:
        """When the break is over; None where there is none."""
        return self.break_starts_at and self.break_starts_at + timedelta(minutes=self.break_minutes)
