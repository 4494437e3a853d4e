"""How somebody wants to be told that their order moves on: by text message, by their browser, and when not to ring."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.quiet import Quiet
from parvis.market.models.orders import Order
from parvis.people.models import Person
from parvis.towns.models import TownOwned

HOUR = [MaxValueValidator(23)]


class Telling(TownOwned):
    """The wishes of an account in a town, or of a guest for one order. Mails always leave; these ring."""

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    order = models.OneToOneField(Order, null=True, on_delete=models.CASCADE, related_name="telling")
    by_sms = models.BooleanField(_("By text message"), default=False)
    phone = models.CharField(_("Mobile number"), max_length=16, blank=True, help_text="E.164")
    quiet_from = models.PositiveSmallIntegerField(_("Quiet from"), default=21, validators=HOUR)
    quiet_until = models.PositiveSmallIntegerField(_("Quiet until"), default=8, validators=HOUR)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "person"], condition=~Q(person=None), name="telling_once"),
            models.CheckConstraint(condition=Q(person=None) ^ Q(order=None), name="telling_of_one"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def quiet(self) -> Quiet:
        """The hours in which nothing rings, on the town's clock."""
        return Quiet(self.town.zone, self.quiet_from, self.quiet_until)


class TellingBrowser(TownOwned):
    """A browser that its owner allowed to ring; deleted when it is gone."""

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="browsers")
    endpoint = models.URLField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["telling", "endpoint"], name="telling_browser_once")]

    def __str__(self) -> str:
        return self.endpoint[:60]
