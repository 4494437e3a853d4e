"""What may still be promised: windows, and the tours that prove what was."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from parvis.core.time import day_bounds, day_of
from parvis.delivery.models.agreements import SharedHub
from parvis.delivery.models.fleet import Hub
from parvis.towns.models import Town, TownOwned

ONE_DAY = timedelta(days=1)


NIGHT_ENDS = time(8)
"""Until when the riders of an evening may be at work: no window of a night begins later."""


def of_days(first: date, last: date | None, zone: ZoneInfo, prefix: str = "") -> Q:
    """Windows of some days of work in ``zone`` (both included), those of the night after the last one too.

    Without a ``last`` day there is no end. ``prefix`` leads to the window: ``window__``.
    """

    def begins(later: timedelta, *, night: bool) -> Q:
        values = {"night": night, "starts_at__gte": day_bounds(first + later, zone)[0]}
        if last is not None:
            values["starts_at__lt"] = day_bounds(last + later, zone)[1]
        return Q(**{f"{prefix}{name}": value for name, value in values.items()})

    return begins(timedelta(), night=False) | begins(ONE_DAY, night=True)


def moments_of(town: Town, shared: Iterable[SharedHub]) -> Q:
    """The windows of these hubs on the days of their agreements. The towns have one time zone."""
    found = Q()
    for one in shared:
        days = of_days(one.agreement.starts_on, one.agreement.last_day, town.zone)
        found |= Q(town=one.town_id, hub=one.hub_id) & days
    return found


class WindowQuerySet(models.QuerySet["Window"]):
    """Questions about what may still be promised."""

    def promised_to(self, town: Town, at: datetime) -> Self:
        """Windows in which its buyers may be served: its own, and those of neighbours' hubs on days of an agreement
        that both have signed. Asks for the agreements at once: one query.
        """
        shared = moments_of(town, SharedHub.objects.open_to(town, day_of(at, town.zone)))
        return self.filter(Q(town=town) | shared)

    def open_at(self, town: Town, at: datetime) -> Self:
        """Windows of a town, and those that neighbours share with it, that still take bookings at ``at``, soonest
        first, with ``booked`` counted: of the buyers of all towns together.
        """
        return (
            self.promised_to(town, at)
            .filter(closes_at__gt=at)
            .annotate(booked=models.Count("deliveries", filter=Q(deliveries__cancelled_at=None)))
            .filter(booked__lt=F("capacity"))
            .order_by("starts_at")
        )


class Window(TownOwned):
    """A stretch of time in which bikes hand over: the promise. ``capacity`` is what the fleet can serve."""

    hub = models.ForeignKey(Hub, on_delete=models.PROTECT, related_name="windows")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="last moment to book")
    goods_due_at = models.DateTimeField(help_text="when shops must have dropped their bags")
    capacity = models.PositiveSmallIntegerField(default=60)
    night = models.BooleanField(
        default=False,
        help_text="begins after midnight, with riders whose shift began on the day before: it is of that day",
    )

    objects = WindowQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["hub", "starts_at"], name="window_once"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at"), closes_at__lte=F("starts_at")), name="window_in_order"
            ),
        ]
        indexes = [models.Index(fields=["town", "starts_at"], name="window_by_day")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    def day_in(self, zone: ZoneInfo) -> date:
        """The day of work that it belongs to: whose shifts, plan and tours bring it."""
        return day_of(self.starts_at, zone) - (ONE_DAY if self.night else timedelta())


class DayTours(TownOwned):
    """The proof that what is promised for a day can be ridden: each shift's trips, with the ways between their stops.

    Nobody rides by it: plans are made anew, and better. It only ever says yes or no to one more promise.
    """

    hub = models.ForeignKey(Hub, on_delete=models.CASCADE, related_name="day_tours")
    day = models.DateField()
    changed_at = models.DateTimeField(null=True, help_text="when something was promised last")
    tidied_at = models.DateTimeField(null=True, help_text="when the planner last looked for better tours")
    conditions = models.CharField(max_length=12, blank=True, help_text="closures and pace its ways were found with")
    tours = models.JSONField(
        default=dict, help_text="trips by shift: ids of deliveries, seconds and metres of each way"
    )

    class Meta:
        verbose_name_plural = "day tours"
        constraints = [models.UniqueConstraint(fields=["hub", "day"], name="day_tours_once")]

    def __str__(self) -> str:
        return f"{self.day}"
