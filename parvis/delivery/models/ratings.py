"""What those who waited said of it."""

from datetime import datetime
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Avg, Count, Q

from parvis.delivery.models.deliveries import Delivery
from parvis.towns.models import Town, TownOwned


class RatingQuerySet(models.QuerySet["Rating"]):
    """Questions about many ratings. None of them asks for a rider: who rides is nobody's number."""

    def since(self, town: Town, start: datetime) -> Self:
        """Those of a town from a moment on."""
        return self.filter(town=town, at__gte=start)

    def figures(self) -> tuple[int, float | None]:
        """How many, and their mean."""
        found = self.order_by().aggregate(count=Count("pk"), mean=Avg("score"))
        return found["count"], found["mean"]

    def with_words(self) -> Self:
        """Those that say something, the newest first."""
        return self.filter(~Q(comment="")).order_by("-at")


class Rating(TownOwned):
    """How a delivery went, from 1 to 5, said once by whoever waited. ``town`` is the buyer's, whoever rode."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="rating")
    score = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    comment = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    objects = RatingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="rating_from_1_to_5")]
        indexes = [models.Index(fields=["town", "at"], name="rating_by_day")]

    def __str__(self) -> str:
        return f"{self.score}/5"
