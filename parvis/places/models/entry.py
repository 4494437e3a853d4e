"""What happened to an entry: changes that can be undone, checks, claims, and the letters that asked."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.people.models import Person
from parvis.places.models.place import Place
from parvis.towns.models import TownOwned


class Change(TownOwned):
    """One change of an entry: the values before and after, only of the fields that moved. Never edited."""

    class Origin(models.TextChoices):
        SHOP = "shop", _("the shop")
        TOWN = "town", _("the town")
        SOURCE = "source", _("an import")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="changes")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    origin = models.CharField(max_length=6, choices=Origin.choices)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["place", "-at"], name="change_by_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.at}"


class Check(TownOwned):
    """Somebody looked at an entry and said that it is right."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    checker = models.CharField(max_length=6, choices=Place.Checker.choices)
    way = models.CharField(max_length=12, help_text="page, mail, sms or change")

    class Meta:
        indexes = [models.Index(fields=["place", "-at"], name="check_by_place")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.at}"


class Claim(TownOwned):
    """Somebody says that an entry is their shop's. Where it stands is computed from its events."""

    class Way(models.TextChoices):
        LETTER = "letter", _("a letter to the shop")
        PHONE = "phone", _("a call to the shop")
        NUMBER = "number", _("the registration number")

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="claims")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    business = models.CharField(_("name of the business"), max_length=160)
    registration_number = models.CharField(_("registration number"), max_length=20, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    code = models.CharField(max_length=128, blank=True, help_text="the secret of the letter or the call, hashed")

    class Meta:
        indexes = [models.Index(fields=["town", "place"], name="claim_by_place")]

    def __str__(self) -> str:
        return f"{self.business}: {self.place_id}"


class ClaimEvent(TownOwned):
    """One step of a claim; never changed."""

    class Kind(models.TextChoices):
        ASKED = "asked"
        SENT = "sent"  # the letter is printed or the call made; the code runs from here
        WRONG = "wrong"  # a wrong code
        PROVED = "proved"  # the right code, but an agent must settle who speaks for the place
        CONFIRMED = "confirmed"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(kind__in=["confirmed", "refused", "withdrawn"]),
                name="claim_ends_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"


class Reminder(TownOwned):
    """The month's question "still right?" to one shop, and when it was answered."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="reminders")
    month = models.DateField(help_text="the first day of the month asked about")
    channel = models.CharField(max_length=4, help_text="mail or sms")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "month", "channel"], name="reminder_once")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.month}"
