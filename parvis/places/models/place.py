"""Places, and the days they are closed."""

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.spots import spot
from parvis.core.text import street_of
from parvis.people.models import Organisation
from parvis.places import hours, naming
from parvis.places.categories import CATEGORIES, Category
from parvis.places.models.questions import PlaceQuerySet
from parvis.towns import words
from parvis.towns.models import TownOwned

TOLD_AHEAD = timedelta(days=7)  # rows that reach less far are not asked for what comes next


class Place(TownOwned):
    """A shop, a market, a park: one row that every page, map and export reads."""

    class Checker(models.TextChoices):
        """Who said last that the entry is right."""

        SHOP = "shop", _("the shop")
        TOWN = "town", _("the town")
        SOURCE = "source", _("the source of the data")

    slug = models.SlugField(max_length=120, db_index=False)  # found with its town, by place_slug_once
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

    # Not columns: what a question of ``PlaceQuerySet`` adds.
    open_until: datetime | None  # with_next_opening
    opens_at: datetime | None  # with_next_opening
    distance_m: float  # nearest

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
            models.Index(  # holds all that a pin on the map needs: the rows themselves are wide
                fields=["town", "lon", "lat"],
                include=["id", "category"],
                condition=Q(gone_on=None),
                name="place_in_window",
            ),
            models.Index(fields=["town", "category", "name"], name="place_by_category"),
            models.Index(fields=["town", "name"], condition=Q(gone_on=None), name="place_by_name"),
            models.Index(fields=["town", "street"], name="place_by_street"),
            models.Index(fields=["town", "checked_at"], name="place_by_check"),
            models.Index(
                "town",
                F("spans_until").asc(nulls_first=True),
                condition=Q(hours_read=True, gone_on=None),
                name="place_hours_behind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written one by one, a place is found at once; for rows in bulk: ``index`` each, ``words.learn`` for all."""
        self.index()
        super().save(*args, **kwargs)
        words.learn(self.town, naming.names(self))

    def index(self) -> None:
        """Set what the place is found by: its name, what it is in the town's languages, where it stands."""
        self.street = street_of(self.address)
        self.search = naming.search_vector(self)

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

    def standing(self, at: datetime) -> hours.OpenStatus:
        """``status`` without its reason, from the rows that ``with_next_opening(at)`` looked up for the same moment.

        Where they cannot tell (hours that are not certain, an opening further ahead, rows out of date), by the rules.
        """
        if not self._is_told_by_rows(at):
            return self.status(at)
        if self.open_until is not None:
            assert self.spans_until is not None
            return hours.OpenStatus(True, self.open_until if self.open_until < self.spans_until else None)
        return hours.OpenStatus(False, self.opens_at)

    def _is_told_by_rows(self, at: datetime) -> bool:
        if not hasattr(self, "opens_at") or not self.hours_read:
            return False
        if self.spans_until is None or self.spans_until < at + TOLD_AHEAD:
            return False
        if self.open_until is None and self.opens_at is None:
            return False
        return '"' not in self.opening_hours and "unknown" not in self.opening_hours

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
