"""What the town and its riders know of the streets that no map says: where nobody passes, how fast one really rides."""

from django.db import models
from django.db.models import F, Q

from parvis.core.geo import Point
from parvis.delivery.models.fleet import Hub
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class RoadClosureQuerySet(models.QuerySet["RoadClosure"]):
    """Questions about many closures."""

    def between(self, first: object, last: object) -> "RoadClosureQuerySet":
        """Those in force at some moment from ``first`` until ``last``."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=first), starts_at__lt=last)


class RoadClosure(TownOwned):
    """An area that no bike rides through from one moment to another: works, a market, a demonstration.

    ``ring`` are the corners as [longitude, latitude]; the last is joined to the first.
    """

    name = models.CharField(max_length=120)
    ring = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="empty: until somebody opens it")
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    objects = RoadClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="road_closure_in_order"
            )
        ]
        indexes = [models.Index(fields=["town", "ends_at"], name="road_closure_of_town")]

    def __str__(self) -> str:
        return self.name

    @property
    def points(self) -> list[Point]:
        """Its corners."""
        return [Point(lon, lat) for lon, lat in self.ring]


class Pace(TownOwned):
    """What the rounds of a hub taught: how long riding takes against the map, and handing over at a door."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="paces")
    learnt_at = models.DateTimeField()
    legs = models.PositiveIntegerField(help_text="ways from door to door that it was learnt from")
    percent = models.PositiveSmallIntegerField(help_text="of the time that the map says")
    door_seconds = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["-learnt_at"]
        indexes = [models.Index(fields=["hub", "-learnt_at"], name="pace_latest")]

    def __str__(self) -> str:
        return f"{self.percent} % ({self.legs})"
