"""What a rider tapped and could not be used: the rider reads why, and so does the dispatcher."""

from django.db import models

from parvis.delivery.models.deliveries import Delivery
from parvis.delivery.models.plans import Round
from parvis.people.models import Person
from parvis.towns.models import TownOwned


class RefusedTap(TownOwned):
    """One refusal, until the dispatcher has read it or the door has ended otherwise. ``key`` is that of the tap: what a
    phone sends twice is told once.
    """

    rider = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="refused_taps")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="+")
    said = models.CharField(max_length=300, help_text="the refusal in the rider's language")
    at = models.DateTimeField()
    key = models.CharField(max_length=60, unique=True, null=True)  # noqa: DJ001 - null, because it is unique
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.rider}, {self.at:%H:%M}"
