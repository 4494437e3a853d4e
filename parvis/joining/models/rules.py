"""What a town decides about joining: how soon it calls, and how a shop opens."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from parvis.towns.models import Town, TownOwned


class Rules(TownOwned):
    """The rules of one town; without a row, those written here."""

    call_within_days = models.PositiveSmallIntegerField(
        _("Working days until the first call"), default=2, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town"], name="one_joining_a_town")]
        verbose_name_plural = "rules"

    def __str__(self) -> str:
        return f"{self.town}"


def rules_of(town: Town) -> Rules:
    """The town's rules; reading them writes nothing."""
    return Rules.objects.filter(town=town).first() or Rules(town=town)
