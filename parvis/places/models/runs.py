"""Imports: what was brought, what it would change, and what an agent must settle."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from parvis.people.models import Person
from parvis.places.models.place import Place
from parvis.towns.models import TownOwned

STALE = timedelta(minutes=10)  # a worker that says nothing for so long was stopped


class ImportRun(TownOwned):
    """One file brought to the directory: read, shown, then applied or left."""

    class Kind(models.TextChoices):
        OSM = "osm", _("OpenStreetMap extract")
        TABLE = "table", _("table (CSV, Excel, GeoJSON)")
        PORTAL = "portal", _("old portal export")

    kind = models.CharField(max_length=8, choices=Kind.choices)
    source = models.CharField(max_length=120, help_text="whose data it is, as places name it")
    file_name = models.CharField(max_length=200)
    file = models.FileField(upload_to="imports/", blank=True, help_text="kept until applied; never served")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file")
    dated = models.DateField(null=True, blank=True, help_text="the day of the data")
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    options = models.JSONField(default=dict, help_text="columns, what to do with places that are missing")
    created_at = models.DateTimeField()
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(null=True, blank=True)
    report = models.JSONField(default=dict, help_text="counts, the difference, an error per row")
    applied_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["town", "-created_at"], name="import_run_newest")]

    def __str__(self) -> str:
        return f"{self.file_name} {self.created_at}"

    @property
    def state(self) -> str:
        """Where it stands: ``reading``, ``failed``, ``shown``, ``applying`` or ``applied``."""
        if self.applied_at:
            return "applied"
        if self.failed_at:
            return "failed"
        if not self.report:
            return "reading"
        return "applying" if self.is_being_written else "shown"

    @property
    def is_being_written(self) -> bool:
        """Whether a worker was asked to write it, and not so long ago that it must have been stopped."""
        asked = self.options.get("applying")
        return bool(asked) and timezone.now() - datetime.fromisoformat(asked) <= STALE


class Conflict(TownOwned):
    """A field that both the source and the town changed: ours stands until somebody settles it."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="conflicts")
    run = models.ForeignKey(ImportRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="conflicts")
    field = models.CharField(max_length=40)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    took_theirs = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "field"], condition=Q(settled_at=None), name="one_open_conflict")
        ]

    def __str__(self) -> str:
        return f"{self.place_id}.{self.field}"
