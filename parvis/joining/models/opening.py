"""A shop on its way to open: what was done for it, and the invitation of the person who runs it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.joining.models.calls import Preregistration
from parvis.market.models import Shop
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned


class OpeningQuerySet(models.QuerySet["Opening"]):
    """Questions about shops on their way."""

    def with_story(self) -> Self:
        """With the shop, what was done and who was invited."""
        shop = self.select_related("town", "shop__organisation", "shop__place", "preregistration")
        return shop.prefetch_related("steps__by", "invitations")

    def under_way(self, town: Town) -> Self:
        """Those of one town that have not opened yet."""
        opened = StepEvent.objects.filter(town=town, kind=StepEvent.Kind.OPENED)
        return self.filter(town=town).exclude(pk__in=opened.values("opening"))


class Opening(TownOwned):
    """One shop between the town's yes and its first day. What is done is computed from its steps and from its data."""

    shop = models.OneToOneField(Shop, on_delete=models.CASCADE, related_name="opening")
    preregistration = models.OneToOneField(
        Preregistration, null=True, blank=True, on_delete=models.SET_NULL, related_name="opening"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = OpeningQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["town", "at"], name="opening_by_town")]

    def __str__(self) -> str:
        return self.shop.name


class StepEvent(TownOwned):
    """Somebody did, undid or waived an item, or opened the shop; never changed."""

    class Kind(models.TextChoices):
        DONE = "done", _("done")
        UNDONE = "undone", _("taken back")
        WAIVED = "waived", _("waived")
        OPENED = "opened", _("opened")

    class Way(models.TextChoices):
        MERCHANT = "merchant", _("by the shop")
        AGENT = "agent", _("by the town")
        ITSELF = "itself", _("by itself")

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=30, blank=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    way = models.CharField(max_length=8, choices=Way.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=240, blank=True)
    version = models.CharField(max_length=20, blank=True, help_text="which terms were accepted")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["opening"], condition=Q(kind="opened"), name="shop_opens_once"),
            models.CheckConstraint(condition=~Q(kind="waived") | ~Q(note=""), name="waived_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Invitation(TownOwned):
    """A link with a secret, for one person and one shop. Of its secret only a digest is kept."""

    opening = models.ForeignKey(Opening, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True, help_text="a later invitation took its place")
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["opening"], condition=Q(replaced_at=None, used_at=None), name="one_living_invitation"
            )
        ]

    def __str__(self) -> str:
        return f"{self.opening_id} {self.sent_at}"
