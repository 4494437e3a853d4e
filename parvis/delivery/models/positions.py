"""Where a rider was seen last, if they agreed: one row, never a trace."""

from datetime import datetime, timedelta

from django.db import models

from parvis.core.geo import Point
from parvis.delivery.models.plans import Round
from parvis.people.models import Person
from parvis.towns.models import TownOwned

FRESH = timedelta(minutes=5)  # an older position says nothing that is still true


class RiderPosition(TownOwned):
    """That a rider agreed, for one day, to be seen by those who wait; and where they were seen last.

    The place is known to about fifty metres. Each new one takes the place of the one before; none is kept when the
    bike is back at the hub, and the row goes with the day.
    """

    rider = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(help_text="the town's day for which they agreed")
    agreed_at = models.DateTimeField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    at = models.DateTimeField(null=True, help_text="when they were seen there")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "rider"], name="position_of_a_rider_once")]
        indexes = [models.Index(fields=["day"], name="position_by_day")]

    def __str__(self) -> str:
        return f"{self.rider}, {self.day}"

    @property
    def point(self) -> Point | None:
        """Where, or None while nothing is known."""
        return None if self.lon is None or self.lat is None else Point(self.lon, self.lat)

    @classmethod
    def of_round(cls, round_: Round, at: datetime) -> "RiderPosition | None":
        """Where the rider of a round on the road is, for whoever waits at one of its doors; None if nothing is known.

        It counts for the day of its plan, also past midnight. A place from before the round left, or older than five
        minutes, is none.
        """
        if round_.rider_id is None or round_.left_at is None or round_.back_at is not None:
            return None
        since = max(round_.left_at, at - FRESH)
        same_day = cls.objects.filter(town=round_.town_id, rider=round_.rider_id, day=round_.plan.day)
        return same_day.filter(at__gte=since).first()
