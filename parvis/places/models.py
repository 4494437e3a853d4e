"""Places and the days they are closed."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.text import lexemes, prefix_query
from parvis.people.models import Organisation
from parvis.places import hours
from parvis.places.categories import CATEGORIES, Category
from parvis.towns.models import Town, TownOwned


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions about many places."""

    def of(self, town: Town) -> "PlaceQuerySet":
        """The places of one town."""
        return self.filter(town=town)

    def matching(self, text: str) -> "PlaceQuerySet":
        """Places holding every word of ``text`` by its beginning; all of them when there is no word."""
        query = prefix_query(text)
        if not query:
            return self
        return self.filter(search=SearchQuery(query, config="simple", search_type="raw"))

    def with_closures(self) -> "PlaceQuerySet":
        """With the town and the closed days at hand: what ``status`` needs, in one more query."""
        return self.select_related("town").prefetch_related("closures")


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
            GinIndex(fields=["search"], name="place_search", fastupdate=False),
            models.Index(fields=["town", "category", "name"], name="place_by_category"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written one by one, a place is found at once; rows written in bulk call ``index`` themselves."""
        self.index()
        super().save(*args, **kwargs)

    def index(self) -> None:
        """Set what the place is found by: its name, what it is in the town's language, where it stands."""
        with translation.override(self.town.default_language):
            label = str(CATEGORIES[self.category].label) if self.category in CATEGORIES else ""
        self.search = lexemes(f"{self.name} {label} {self.category} {self.address}")

    @property
    def point(self) -> Point:
        """Where it is."""
        return Point(self.lon, self.lat)

    @property
    def kind(self) -> Category:
        """What it is, in words and with an icon."""
        return CATEGORIES.get(self.category, CATEGORIES["other"])

    def closed_days(self) -> list[hours.ClosedDays]:
        """Its closures as ``hours`` takes them; list pages load them with ``with_closures()``."""
        return [(c.first_day, c.last_day, c.reason) for c in self.closures.all()]

    def status(self, at: datetime) -> hours.OpenStatus:
        """Whether it is open at ``at``."""
        town = self.town
        return hours.status(self.opening_hours, self.closed_days(), at, town.zone, town.country, self.point)

    def week(self, first_day: date) -> list[hours.DayHours]:
        """Its hours on seven days."""
        town = self.town
        closed = self.closed_days()
        return hours.week_table(self.opening_hours, first_day, closed, town.zone, town.country, self.point)


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
