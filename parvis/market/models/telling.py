"""How somebody wants to be told that their order moves on: by text message, by their browser, and when not to ring."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.quiet import Quiet
from parvis.market.models.orders import Order
from parvis.market.models.shops import HOUR, Market
from parvis.people.models import Person
from parvis.towns.models import Town, TownOwned


class Telling(TownOwned):
    """The wishes of an account in a town, or of a guest for one order. Mails always leave; these ring.

    Without hours of their own the town's are quiet.
    """

    person = models.ForeignKey(Person, null=True, on_delete=models.CASCADE, related_name="+")
    order = models.OneToOneField(Order, null=True, on_delete=models.CASCADE, related_name="telling")
    by_sms = models.BooleanField(_("By text message"), default=False)
    phone = models.CharField(_("Mobile number"), max_length=16, blank=True, help_text="E.164")
    quiet_from = models.PositiveSmallIntegerField(_("Quiet from"), null=True, blank=True, validators=HOUR)
    quiet_until = models.PositiveSmallIntegerField(_("Quiet until"), null=True, blank=True, validators=HOUR)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "person"], condition=~Q(person=None), name="telling_once"),
            models.CheckConstraint(condition=Q(person=None) ^ Q(order=None), name="telling_of_one"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__gte=0, quiet_until__gte=0),
                name="telling_quiet_whole",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def quiet(self) -> Quiet:
        """The hours in which nothing rings, on the town's clock."""
        if self.quiet_from is None or self.quiet_until is None:
            return quiet_of(self.town)
        return Quiet(self.town.zone, self.quiet_from, self.quiet_until)


def quiet_of(town: Town) -> Quiet:
    """The quiet hours that a town has set, for whoever chose none."""
    market = Market.objects.filter(town=town).first() or Market(town=town)
    return Quiet(town.zone, market.quiet_from, market.quiet_until)


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
