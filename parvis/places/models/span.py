"""The stretches in which places are open, one row each: what "open now" is asked of."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q

from parvis.towns.models import Town

# No row lasts longer: a stretch of more than 24 hours is kept in pieces, cut at midnights, and one day a year has 25.
# So whatever is open at a moment began less than this before it, and an index on the start finds it.
LONGEST = timedelta(hours=25)


class OpenSpanQuerySet(models.QuerySet["OpenSpan"]):
    """Questions about moments; each is answered from an index."""

    def around(self, at: datetime) -> Self:
        """Those that hold the moment ``at``: open from the first moment on, closed from the last."""
        return self.filter(starts_at__lte=at, starts_at__gt=at - LONGEST, ends_at__gt=at)

    def during(self, start: datetime, end: datetime) -> Self:
        """Those of which at least a moment lies between ``start`` and ``end``."""
        return self.filter(starts_at__lt=end, starts_at__gt=start - LONGEST, ends_at__gt=start)


class OpenSpan(models.Model):
    """A stretch in which a place is open: its hours, holidays and closures worked out ahead of time.

    Derived: ``parvis.places.spans`` writes it whenever the hours change, and every night for the days to come.
    Nothing else is written about a row, so it has no key of its own. Stretches of a place never overlap.
    Its two keys are not checked by the database: a town has millions of these rows, checking would take two thirds of
    the time of writing them, and whoever writes them holds the place.
    """

    pk = models.CompositePrimaryKey("place_id", "starts_at")
    town = models.ForeignKey(Town, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    place = models.ForeignKey(
        "places.Place", on_delete=models.CASCADE, related_name="spans", db_index=False, db_constraint=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = OpenSpanQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["town", "starts_at", "ends_at"], name="open_span_by_start")]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="open_span_in_order")]

    def __str__(self) -> str:
        return f"{self.starts_at} – {self.ends_at}"
