"""Places and the days they are closed."""

from datetime import date

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.people.models import Organisation
from parvis.towns.models import Town, TownOwned


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions about many places."""

    def of(self, town: Town) -> "PlaceQuerySet":
        """The places of one town."""
        return self.filter(town=town)


class Place(TownOwned):
    """A shop, a market, a park: one row that every page, map and export reads."""

    slug = models.SlugField(max_length=120)
    name = models.CharField(max_length=160)
    category = models.CharField(max_length=40, help_text="a key of parvis.places.categories.CATEGORIES")
    description = models.TextField(blank=True)
    address = models.CharField(max_length=240, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    opening_hours = models.CharField(_("opening hours"), max_length=500, blank=True, help_text="OSM syntax")
    hours_read = models.BooleanField(default=False, help_text="the hours are understood, not only kept")
    phone = models.CharField(max_length=60, blank=True)
    website = models.URLField(max_length=300, blank=True)
    wheelchair = models.CharField(max_length=10, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="places"
    )
    source = models.CharField(max_length=120, blank=True)
    source_ref = models.CharField(max_length=80, blank=True)
    source_date = models.DateField(null=True, blank=True)
    invented = models.BooleanField(default=False, help_text="made up for a demonstration, and says so")
    checked_at = models.DateTimeField(null=True, blank=True)
    search = SearchVectorField(null=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "slug"], name="place_slug_once"),
            models.UniqueConstraint(
                fields=["town", "source", "source_ref"], condition=~Q(source_ref=""), name="place_source_once"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="place_search"),
            models.Index(fields=["town", "category", "name"], name="place_by_category"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.lon, self.lat)


class Closure(TownOwned):
    """Days on which a place is closed whatever its hours say; both days included."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="closures")
    first_day = models.DateField(_("first day closed"))
    last_day = models.DateField(_("last day closed"))
    reason = models.CharField(_("what customers read"), max_length=120, blank=True)

    class Meta:
        ordering = ["first_day"]
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="closure_in_order")]

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"

    def covers(self, day: date) -> bool:
        """Whether the place is closed on ``day`` because of this row."""
        return self.first_day <= day <= self.last_day
