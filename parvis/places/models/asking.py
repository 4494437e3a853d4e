"""What residents tell the town about an entry, and how a shop wants to be asked whether its entry is still right."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.people.models import Person
from parvis.places.models.place import Place
from parvis.towns.models import Town, TownOwned


class ReportQuerySet(models.QuerySet["Report"]):
    """Questions about what residents told."""

    def waiting(self, town: Town) -> "ReportQuerySet":
        """Reports of one town that nobody has settled, oldest first."""
        return self.filter(town=town, settled_at=None).order_by("at", "pk")


class Report(TownOwned):
    """A resident says that something is wrong with an entry. Settled once, by an agent."""

    class Kind(models.TextChoices):
        CLOSED = "closed", _("It has closed for good")
        HOURS = "hours", _("The opening hours")
        ADDRESS = "address", _("The address or the spot on the map")
        PHONE = "phone", _("The telephone number")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", _("corrected")
        RIGHT = "right", _("right as it stood")
        GONE = "gone", _("closed for good")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="reports")
    kind = models.CharField(_("What is wrong?"), max_length=8, choices=Kind.choices)
    words = models.CharField(_("In your words"), max_length=600, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=2, blank=True)
    sender = models.CharField(max_length=32, blank=True, help_text="the day's keyed digest of the network address")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    answer = models.CharField(_("answer"), max_length=600, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["town", "at"], condition=Q(settled_at=None), name="report_waiting"),
            models.Index(fields=["town", "sender", "at"], name="report_by_sender"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.place_id}"


class ReminderWish(TownOwned):
    """How the people of a shop want to be asked each month; without a row, by mail."""

    place = models.OneToOneField(Place, on_delete=models.CASCADE, related_name="reminder_wish")
    by_mail = models.BooleanField(_("By mail"), default=True)
    by_sms = models.BooleanField(_("By text message"), default=False)
    phone = models.CharField(_("Mobile number"), max_length=16, blank=True, help_text="E.164")

    def __str__(self) -> str:
        return f"{self.place_id}"
