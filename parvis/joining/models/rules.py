"""What a town decides about joining: how soon it calls, what must be done before a shop opens, and how it opens."""

from hashlib import sha256

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.towns.models import Town, TownOwned


class Rules(TownOwned):
    """The rules of one town; without a row, those written here."""

    class Opens(models.TextChoices):
        AGENT = "agent", _("An agent opens each shop")
        ITSELF = "itself", _("A shop opens by itself as soon as all that is required is done")

    call_within_days = models.PositiveSmallIntegerField(
        _("Working days until the first call"), default=2, validators=[MinValueValidator(1), MaxValueValidator(30)]
    )
    opens = models.CharField(_("Who opens a shop"), max_length=6, choices=Opens.choices, default=Opens.AGENT)
    invitation_days = models.PositiveSmallIntegerField(
        _("Days that an invitation holds"), default=14, validators=[MinValueValidator(1), MaxValueValidator(90)]
    )
    terms = models.TextField(_("Terms that a shop accepts"), max_length=20_000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town"], name="one_joining_a_town")]
        verbose_name_plural = "rules"

    def __str__(self) -> str:
        return f"{self.town}"

    @property
    def terms_version(self) -> str:
        """Which words a shop has accepted: when the town changes them, they are accepted anew."""
        return sha256(self.terms.encode()).hexdigest()[:12] if self.terms.strip() else "standard-1"


class Requirement(TownOwned):
    """What one town makes of an item of the checklist, or an item of its own (with a label)."""

    class Standing(models.TextChoices):
        REQUIRED = "required", _("required")
        OPTIONAL = "optional", _("optional")
        OFF = "off", _("not asked")

    key = models.CharField(max_length=30)
    label = models.CharField(_("What must be done"), max_length=120, blank=True)
    standing = models.CharField(max_length=8, choices=Standing.choices, default=Standing.REQUIRED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "key"], name="requirement_once"),
            models.CheckConstraint(condition=~Q(key__startswith="own-") | ~Q(label=""), name="own_requirement_said"),
        ]
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.standing}"


def rules_of(town: Town) -> Rules:
    """The town's rules; reading them writes nothing."""
    return Rules.objects.filter(town=town).first() or Rules(town=town)
