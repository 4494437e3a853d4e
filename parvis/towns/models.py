"""What a town is."""

import re
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.geo import Point
from parvis.core.models import UUIDModel
from parvis.core.spots import spot
from parvis.core.text import lexemes, prefix_query
from parvis.towns.street_words import spelled_out


class Town(UUIDModel):
    """A commune on this installation. Its ``slug`` is the first label of its host name."""

    class Country(models.TextChoices):
        FRANCE = "FR"
        BELGIUM = "BE"
        SWITZERLAND = "CH"

    slug = models.CharField(max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$")])
    domains = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    name = models.CharField(max_length=120)
    country = models.CharField(max_length=2, choices=Country.choices, default=Country.FRANCE)
    official_code = models.CharField(max_length=10, blank=True, help_text="INSEE, NIS or BFS code")
    languages = ArrayField(models.CharField(max_length=2), default=list)
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    currency = models.CharField(max_length=3, default="EUR")
    lon = models.FloatField()
    lat = models.FloatField()
    boundary = models.JSONField(null=True, blank=True, help_text="GeoJSON geometry, WGS 84")
    backdrop = models.JSONField(default=dict, blank=True, help_text="simplified streets and water for maps")
    sources = models.JSONField(default=list, blank=True, help_text="attributions of imported data")
    basemap = models.CharField(max_length=200, blank=True, help_text="folder of the drawn map's tiles in VAR_DIR")
    street_tiles = models.CharField(max_length=200, blank=True, help_text="folder of routing tiles in VAR_DIR")
    theme = models.CharField(max_length=40, blank=True, help_text="a file of custom properties in static/themes")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The town's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def centre(self) -> Point:
        """Where the map opens."""
        return Point(self.lon, self.lat)

    @property
    def default_language(self) -> str:
        """The first language of the town."""
        return self.languages[0] if self.languages else "fr"


class TownOwned(UUIDModel):
    """A row of a town. The column is also the shard key of an installation the size of a country."""

    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class AddressQuerySet(models.QuerySet["Address"]):
    """Questions about the doors of a town."""

    def matching(self, text: str) -> Self:
        """Addresses holding every word of ``text`` (by its beginning), house numbers in order."""
        query = prefix_query(text)
        if not query:
            return self.none()
        words = SearchQuery(query, config="simple", search_type="raw")
        return self.filter(search=words).order_by("street", "number_sort", "number")


class Address(TownOwned):
    """One door: number and street, where it stands."""

    number = models.CharField(max_length=20, blank=True)
    number_sort = models.PositiveIntegerField(default=0)
    street = models.CharField(max_length=160)
    postcode = models.CharField(max_length=12, blank=True)
    city = models.CharField(max_length=120, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()
    search = SearchVectorField(null=True)
    source = models.CharField(max_length=40, blank=True)
    source_ref = models.CharField(max_length=40, blank=True, help_text="the door's key in its source")

    objects = AddressQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["search"], name="address_search", fastupdate=False),
            GistIndex(spot(), name="address_by_spot"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["town", "street", "number", "postcode"], name="address_once"),
            models.CheckConstraint(condition=Q(lon__range=(-180, 180), lat__range=(-90, 90)), name="address_on_earth"),
        ]

    def __str__(self) -> str:
        door = f"{self.number} {self.street}".strip()
        place = f"{self.postcode} {self.city}".strip()
        return f"{door}, {place}" if place else door

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written one by one, a door is found at once; for rows in bulk: ``index`` each, ``words.learn`` for all."""
        from parvis.towns import words

        self.index()
        super().save(*args, **kwargs)
        words.learn(self.town, [self.street])

    def index(self) -> None:
        """Set what the door is found and sorted by: number, street and postcode. Its commune is the whole town's."""
        digits = re.search(r"\d+", self.number)
        self.number_sort = min(int(digits[0]), 999_999) if digits else 0
        whole = " ".join(spelled_out(self.street))
        self.search = lexemes(f"{self.number} {self.street} {whole} {self.postcode}")

    @property
    def point(self) -> Point:
        """Where the door is."""
        return Point(self.lon, self.lat)


class Word(TownOwned):
    """A word that something in the town is called by: what a mistyped word is compared with."""

    word = models.CharField(max_length=40, help_text="folded")
    uses = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "word"], name="word_once")]

    def __str__(self) -> str:
        return self.word


class Synonym(TownOwned):
    """What people of the town say, and what it is called: "véto" means "vétérinaire"."""

    word = models.CharField(_("what people type"), max_length=40)
    means = models.CharField(_("what it is called here"), max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "word"], name="synonym_once")]
        ordering = ["word"]

    def __str__(self) -> str:
        return f"{self.word} → {self.means}"
