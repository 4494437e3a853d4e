"""Places, the days they are closed, and the stretches in which they are open."""

from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.spots import spot
from parvis.core.text import lexemes, prefix_query, street_of
from parvis.people.models import Organisation
from parvis.places import hours
from parvis.places.categories import CATEGORIES, Category
from parvis.towns.models import Town, TownOwned


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions about many places."""

    def of(self, town: Town) -> "PlaceQuerySet":
        """The places of one town that the directory shows."""
        return self.filter(town=town, gone_on=None)

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

    class Checker(models.TextChoices):
        """Who said last that the entry is right."""

        SHOP = "shop", _("the shop")
        TOWN = "town", _("the town")
        SOURCE = "source", _("the source of the data")

    slug = models.SlugField(max_length=120)
    name = models.CharField(_("name"), max_length=160)
    category = models.CharField(max_length=40, help_text="a key of parvis.places.categories.CATEGORIES")
    description = models.TextField(_("description"), blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    street = models.CharField(max_length=160, blank=True, help_text="the street of the address, folded")
    lon = models.FloatField()
    lat = models.FloatField()
    opening_hours = models.CharField(_("opening hours"), max_length=500, blank=True, help_text="OSM syntax")
    hours_read = models.BooleanField(default=False, help_text="the hours are understood, not only kept")
    hours_text = models.TextField(blank=True, help_text="the source's own words, where no rule says all of them")
    phone = models.CharField(_("telephone"), max_length=60, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)
    wheelchair = models.CharField(max_length=10, blank=True, help_text="yes, limited or no")
    services = ArrayField(
        models.CharField(max_length=24), default=list, blank=True, help_text="keys of parvis.places.services.SERVICES"
    )
    delivers_within_m = models.PositiveIntegerField(
        null=True, blank=True, help_text="how far it delivers by itself; empty: the whole town"
    )
    details = models.JSONField(default=dict, blank=True, help_text="keys of parvis.places.details.DETAILS")
    picture = models.ImageField(_("picture"), upload_to="places/", blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="places"
    )
    source = models.CharField(max_length=120, blank=True)
    source_ref = models.CharField(max_length=80, blank=True)
    source_date = models.DateField(null=True, blank=True)
    received = models.JSONField(
        default=dict, blank=True, help_text="what the source said last: the base of the three-way merge"
    )
    invented = models.BooleanField(default=False, help_text="made up for a demonstration, and says so")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=6, choices=Checker.choices, blank=True)
    gone_on = models.DateField(null=True, blank=True, help_text="closed for good: kept, shown nowhere")
    spans_until = models.DateTimeField(null=True, blank=True, help_text="its OpenSpan rows are complete until then")
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
            GinIndex(fields=["services"], name="place_by_service", fastupdate=False),
            GistIndex(spot(), name="place_by_spot"),
            models.Index(fields=["town", "category", "name"], name="place_by_category"),
            models.Index(fields=["town", "street"], name="place_by_street"),
            models.Index(fields=["town", "checked_at"], name="place_by_check"),
            models.Index(fields=["spans_until"], condition=Q(hours_read=True), name="place_spans_due"),
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
        self.street = street_of(self.address)
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


class OpenSpan(models.Model):
    """A stretch in which a place is open: its hours, holidays and closures worked out ahead of time.

    Derived: ``parvis.places.spans`` writes it whenever the hours change, and every night for the days to come.
    Nothing else is written about a row, so it has no key of its own.
    """

    pk = models.CompositePrimaryKey("place_id", "starts_at")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="spans", db_index=False)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["town", "ends_at", "starts_at"], name="open_span_by_end")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="open_span_in_order")]

    def __str__(self) -> str:
        return f"{self.starts_at} – {self.ends_at}"
