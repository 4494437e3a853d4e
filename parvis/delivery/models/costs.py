"""What a town's bikes cost, by rates that hold from a day on."""

from datetime import date
from typing import Self

from django.db import models

from parvis.delivery.costs import Rates
from parvis.towns.models import Town, TownOwned

STANDARD = Rates()


class RunningCostsQuerySet(models.QuerySet["RunningCosts"]):
    """Questions about the rates of a town."""

    def of(self, town: Town) -> Self:
        """All that were set, oldest first."""
        return self.filter(town=town).order_by("starts_on")


class RunningCosts(TownOwned):
    """Rates in cents from a day on; days before keep the rates that held then."""

    starts_on = models.DateField()
    rider_hour_cents = models.PositiveIntegerField(default=STANDARD.rider_hour)
    hub_hour_cents = models.PositiveIntegerField(default=STANDARD.hub_hour)
    hub_minutes = models.PositiveSmallIntegerField(default=STANDARD.hub_minutes)
    bike_day_cents = models.PositiveIntegerField(default=STANDARD.bike_day)
    bike_km_cents = models.PositiveIntegerField(default=STANDARD.bike_km)

    objects = RunningCostsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "running costs"
        constraints = [models.UniqueConstraint(fields=["town", "starts_on"], name="running_costs_once")]

    def __str__(self) -> str:
        return f"{self.town} {self.starts_on}"

    @property
    def rates(self) -> Rates:
        """As the calculation wants them."""
        return Rates(
            rider_hour=self.rider_hour_cents,
            hub_hour=self.hub_hour_cents,
            hub_minutes=self.hub_minutes,
            bike_day=self.bike_day_cents,
            bike_km=self.bike_km_cents,
        )


def rates_on(rows: "list[RunningCosts]", day: date) -> Rates:
    """The rates of a day among a town's rows, oldest first; the standard ones before the first."""
    held = [row for row in rows if row.starts_on <= day]
    return held[-1].rates if held else STANDARD
