"""Who asked to join, and each call that followed."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town, TownOwned


class PreregistrationQuerySet(models.QuerySet["Preregistration"]):
    """Questions about who asked."""

    def with_story(self) -> Self:
        """With their calls and what they are about: what a list needs, in one more query."""
        return self.select_related("town", "place", "opening__shop").prefetch_related("events__by")

    def waiting(self, town: Town) -> Self:
        """Those of one town whose story has no end yet."""
        ended = CallEvent.objects.filter(town=town, kind__in=CallEvent.ENDS)
        return self.filter(town=town).exclude(pk__in=ended.values("preregistration"))


class Preregistration(TownOwned):
    """A shop would like to join. Where it stands is computed from its events."""

    shop_name = models.CharField(_("Name of the shop"), max_length=120, blank=True)
    registration_number = models.CharField(_("Registration number"), max_length=20, blank=True)
    phone = models.CharField(_("Telephone"), max_length=20, blank=True, help_text="E.164")
    email = models.EmailField(_("E-mail"), blank=True)
    contact = models.CharField(_("Whom to ask for"), max_length=120, blank=True)
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=2, blank=True)
    sender = models.CharField(max_length=32, blank=True, help_text="the day's keyed digest of the network address")
    at = models.DateTimeField()

    objects = PreregistrationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["town", "at"], name="prereg_by_town"),
            models.Index(fields=["town", "sender", "at"], name="prereg_by_sender"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(shop_name="") | ~Q(registration_number=""), name="prereg_named"),
            models.CheckConstraint(condition=~Q(phone="") | ~Q(email=""), name="prereg_reachable"),
        ]

    def __str__(self) -> str:
        return self.shop_name or self.registration_number


class CallEvent(TownOwned):
    """One step of a pre-registration; never changed."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked to join")
        AGAIN = "again", _("Asked once more")
        ENTRY = "entry", _("Chose the entry of the directory")
        TAKEN = "taken", _("Taken by an agent")
        RELEASED = "released", _("Given back")
        REACHED = "reached", _("Reached")
        NOT_REACHED = "missed", _("Not reached")
        LATER = "later", _("To be called again")
        CONFIRMED = "confirmed", _("Takes part")
        NOT_INTERESTED = "no", _("Not interested")
        DUPLICATE = "twice", _("Asked twice")

    ENDS = (Kind.CONFIRMED, Kind.NOT_INTERESTED, Kind.DUPLICATE)

    preregistration = models.ForeignKey(Preregistration, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    next_at = models.DateTimeField(null=True, blank=True, help_text="when the shop wants to be called")
    note = models.CharField(max_length=600, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["preregistration"], condition=Q(kind__in=["confirmed", "no", "twice"]), name="prereg_ends_once"
            )
        ]
        indexes = [models.Index(fields=["town", "kind", "at"], name="call_event_by_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
