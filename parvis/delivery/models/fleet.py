"""Who rides from where: the hub, its bikes, riders on shift."""

from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.delivery.kinds import Kind
from parvis.delivery.skills import Skill
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
    kind_paces = models.JSONField(default=dict, help_text="the same of the kinds that rode lately, by name")
    fetches = models.BooleanField(
        default=False, help_text="its riders fetch bags at shops that agree, where that beats the way by the hub"
    )
    errand_percent = models.PositiveSmallIntegerField(
        default=50, help_text="what a shop's own way to the hub counts there, in per cent of a bike's"
    )

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.lon, self.lat)

    def pace_of(self, kind: str) -> int:
        """Riding time of a kind in percent of the map's: its own, or that of the hub."""
        return int(self.kind_paces.get(kind, self.pace_percent))


def usual_skills() -> list[str]:
    """What a cargo bike can that nobody has looked at: a box with a floor keeps upright what stands in it."""
    return [Skill.UPRIGHT.value]


class Bike(TownOwned):
    """A cargo bike of the hub."""

    class Drive(models.TextChoices):
        ELECTRIC = "electric", _("electric")
        HYDROGEN = "hydrogen", _("hydrogen")
        MUSCLE = "muscle", _("pedals only")

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="bikes")
    name = models.CharField(max_length=60)
    drive = models.CharField(max_length=10, choices=Drive.choices, default=Drive.ELECTRIC)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CARGO, help_text="whose ways it takes")
    max_grams = models.PositiveIntegerField(default=80_000)
    max_millilitres = models.PositiveIntegerField(default=240_000)
    max_crates = models.PositiveSmallIntegerField(default=12)
    cold_crates = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="of its crates, so many keep cold; empty: all of them may"
    )
    speed_percent = models.PositiveSmallIntegerField(default=100, help_text="against what is usual for its kind")
    range_metres = models.PositiveIntegerField(null=True, blank=True)
    charge_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="from empty to full at the hub; empty: not before the next day"
    )
    skills = models.JSONField(default=usual_skills, help_text="what it can that not every bike can (skills.Skill)")
    broken_at = models.DateTimeField(null=True, blank=True)
    back_on = models.DateField(
        null=True, blank=True, help_text="the first day on which a broken bike is expected to ride again, if known"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hub", "name"], name="bike_name_once")]

    def __str__(self) -> str:
        return self.name

    def counts_on(self, day: date, today: date) -> bool:
        """Whether plans and promises of the town's ``day`` count on it, as things stand ``today``.

        A broken bike counts from the day on which it is expected back, for as long as that day is not over.
        """
        return self.broken_at is None or (self.back_on is not None and today <= self.back_on <= day)

    @property
    def skills_words(self) -> list[str]:
        """``Pulls the trailer``: what it can, in words."""
        return [str(skill.label) for skill in Skill if skill in self.skills]


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
