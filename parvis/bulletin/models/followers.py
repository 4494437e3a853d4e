"""Who follows what, and where they are told."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parvis.core.ids import secret_token
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town, TownOwned


class FollowerQuerySet(models.QuerySet["Follower"]):
    """Questions about many followers."""

    def hearing(self, town: Town, rhythm: str) -> "FollowerQuerySet":
        """Those who get a mail in this rhythm."""
        return self.filter(town=town, digest=rhythm)


class Follower(TownOwned):
    """Somebody who hears of news: an account, a confirmed mail address, or only a browser that may be told."""

    class Digest(models.TextChoices):
        NONE = "none", _("no mail")
        DAILY = "daily", _("every morning")
        WEEKLY = "weekly", _("every Wednesday")

    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(blank=True, help_text="confirmed by its owner; an account's own address otherwise")
    language = models.CharField(max_length=2)
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.NONE)
    told_until = models.DateTimeField(help_text="a digest holds what was shown since")
    secret = models.CharField(max_length=22, unique=True, default=secret_token, help_text="opens their page by a link")
    created_at = models.DateTimeField()

    objects = FollowerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["town", "person"], condition=Q(person__isnull=False), name="follower_once"),
            models.UniqueConstraint(
                fields=["town", "email"], condition=Q(person=None) & ~Q(email=""), name="follower_mail_once"
            ),
        ]
        indexes = [models.Index(fields=["town", "digest", "told_until"], name="follower_by_rhythm")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def address(self) -> str:
        """Where their mail goes; "" for a browser alone."""
        return self.person.email if self.person else self.email


class Follow(TownOwned):
    """One thing followed: a place, a street (folded, as ``Place.street``), or the whole town when both are empty."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="follows")
    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    street = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["follower", "place", "street"], name="follow_once", nulls_distinct=False),
            models.CheckConstraint(condition=Q(place=None) | Q(street=""), name="follow_one_thing"),
        ]
        indexes = [models.Index(fields=["town", "street", "place"], name="follow_by_thing")]

    def __str__(self) -> str:
        return f"{self.follower_id}: {self.place_id or self.street or 'town'}"


class PushSubscription(TownOwned):
    """A browser that its owner allowed us to tell; deleted when it is gone, or when they stop."""

    follower = models.ForeignKey(Follower, on_delete=models.CASCADE, related_name="browsers")
    endpoint = models.URLField(max_length=1000)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["town", "endpoint"], name="browser_once")]

    def __str__(self) -> str:
        return self.endpoint[:60]
