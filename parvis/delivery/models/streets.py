"""What the town and its riders know of the streets that no map says: where nobody passes, how fast one really rides."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.dates import WEEKDAYS

from parvis.core.geo import Point
from parvis.core.time import day_bounds, moment
from parvis.delivery.kinds import Kind
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

    ``ring`` are the corners as [longitude, latitude]; the last is joined to the first. ``weekdays`` (0 is Monday) and
    the town's time of day say when within that: empty means on every day, and all day. Hours that end before they
    begin go on into the next day.
    """

    name = models.CharField(max_length=120)
    ring = models.JSONField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True, help_text="empty: until somebody opens it")
    weekdays = models.JSONField(default=list)
    from_time = models.TimeField(null=True, blank=True)
    to_time = models.TimeField(null=True, blank=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()

    objects = RoadClosureQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="road_closure_in_order"
            ),
            models.CheckConstraint(
                condition=Q(from_time=None, to_time=None) | Q(from_time__isnull=False, to_time__isnull=False),
                name="road_closure_has_both_hours",
            ),
        ]
        indexes = [models.Index(fields=["town", "ends_at"], name="road_closure_of_town")]

    def __str__(self) -> str:
        return self.name

    @property
    def points(self) -> list[Point]:
        """Its corners."""
        return [Point(lon, lat) for lon, lat in self.ring]

    @property
    def by_hours(self) -> bool:
        """Whether bikes ride through at some hours of its days."""
        return self.from_time is not None

    @property
    def days_in_words(self) -> str:
        """The names of its days of the week, from Monday on."""
        return ", ".join(str(WEEKDAYS[day]) for day in self.weekdays)

    def spells(self, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
        """When it is closed on a day of the town, from moment to moment in UTC: twice, where nights are."""
        start, end = day_bounds(day, zone)
        found = []
        for begun in (day - timedelta(days=1), day):
            if self.weekdays and begun.weekday() not in self.weekdays:
                continue
            first, last = self._hours(begun, zone)
            first, last = max(first, start, self.starts_at), min(last, end, self.ends_at or end)
            if first < last:
                found.append((first, last))
        return found

    def _hours(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        if self.from_time is None or self.to_time is None:
            return day_bounds(day, zone)
        over = day + timedelta(days=1) if self.to_time <= self.from_time else day
        return moment(day, self.from_time, zone), moment(over, self.to_time, zone)


class Pace(TownOwned):
    """What the rounds of a hub taught: how long riding takes against the map, and handing over at a door."""

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="paces")
    learnt_at = models.DateTimeField()
    legs = models.PositiveIntegerField(help_text="ways from door to door that it was learnt from")
    percent = models.PositiveSmallIntegerField(help_text="of the time that the map says")
    door_seconds = models.PositiveSmallIntegerField()
    kinds = models.JSONField(default=list, help_text="[kind, percent, ways] of each kind that rode")

    class Meta:
        ordering = ["-learnt_at"]
        indexes = [models.Index(fields=["hub", "-learnt_at"], name="pace_latest")]

    def __str__(self) -> str:
        return f"{self.percent} % ({self.legs})"

    @property
    def told_kinds(self) -> list[tuple[str, int, int]]:
        """What each kind is called, its percent and from how many ways, where more than one rode."""
        return [(str(Kind(kind).label), percent, legs) for kind, percent, legs in self.kinds if len(self.kinds) > 1]
