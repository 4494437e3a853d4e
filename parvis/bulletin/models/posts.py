"""A post, what happened to it, and the town's rule about looking first."""

import re
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import models
from django.db.models import F, Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from parvis.bulletin.standing import Standing, standing_of
from parvis.people.models import Person
from parvis.places.models import Place
from parvis.towns.models import Town, TownOwned

LONGEST = 500  # letters of a post
HEADLINE = 90  # letters of a first sentence that stands as a title
_SENTENCE = re.compile(rf"(.{{8,{HEADLINE}}}?(?:[.!?…](?=\s+[A-ZÀ-ÖØ-Þ«“\"0-9]|\s*$)|(?=\n)))")
SOON = timedelta(days=14)  # what "now and soon" means


class Newsroom(models.Model):
    """How a town looks after its feed; a town without a row has the usual rule (``parvis.bulletin.rules``)."""

    town = models.OneToOneField(Town, primary_key=True, on_delete=models.CASCADE, related_name="newsroom")
    looks_first = models.BooleanField(default=False, help_text="every post of a shop waits for an agent")

    def __str__(self) -> str:
        return str(self.town)


class PostQuerySet(models.QuerySet["Post"]):
    """Questions about many posts. What is shown, and since when, is in ``shown_at``."""

    def shown(self, town: Town) -> "PostQuerySet":
        """What anybody may read, newest first; news of a place that is gone goes with it."""
        alive = Q(place=None) | Q(place__gone_on=None)
        return self.filter(alive, town=town, shown_at__isnull=False).order_by("-shown_at", "-pk")

    def current(self, today: date) -> "PostQuerySet":
        """What is on now or within two weeks, by its own dates; the soonest first."""
        last = F("ends_on")
        ends = Q(ends_on__gte=today) | Q(ends_on=None, starts_on__gte=today)
        return self.filter(ends, Q(starts_on=None) | Q(starts_on__lte=today + SOON)).order_by("starts_on", last, "-pk")

    def waiting(self, town: Town) -> "PostQuerySet":
        """What an agent has to look at, longest first."""
        return self.filter(town=town, waits_since__isnull=False).order_by("waits_since", "pk")

    def for_cards(self) -> "PostQuerySet":
        """With the place at hand."""
        return self.select_related("place")


class Post(TownOwned):
    """News in at most five hundred letters, of a place or (without one) of the town itself."""

    place = models.ForeignKey(Place, null=True, blank=True, on_delete=models.CASCADE, related_name="posts")
    author = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    title = models.CharField(_("title"), max_length=80, blank=True)
    text = models.CharField(_("text"), max_length=LONGEST)
    picture = models.ImageField(_("picture"), upload_to="posts/", blank=True)
    picture_bytes = models.PositiveIntegerField(default=0, help_text="feeds say how heavy a picture is")
    picture_words = models.CharField(_("what the picture shows"), max_length=120, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    language = models.CharField(max_length=2)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField(help_text="when its words were written last")
    # Both follow from the events (``standing``); ``actions.posts.happened`` writes them with each event.
    shown_at = models.DateTimeField(null=True, help_text="since when anybody may read it")
    waits_since = models.DateTimeField(null=True, help_text="since when an agent has to look at it")

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(starts_on=None) | Q(ends_on__gte=F("starts_on")), name="post_in_order"
            )
        ]
        indexes = [
            models.Index(fields=["town", "-shown_at"], condition=Q(shown_at__isnull=False), name="post_shown"),
            models.Index(fields=["place", "-created_at"], name="post_by_place"),
            models.Index(fields=["town", "waits_since"], condition=Q(waits_since__isnull=False), name="post_waiting"),
        ]

    def __str__(self) -> str:
        return self.title or self.text[:60]

    @property
    def sender(self) -> str:
        """Who says it: the place, or the town."""
        return self.place.name if self.place else self.town.name

    @property
    def headline(self) -> str:
        """The title, else the first sentence or its beginning: what lists, mails and feeds call it."""
        if self.title:
            return self.title
        if found := _SENTENCE.match(self.text):
            return found[1].strip()
        return Truncator(" ".join(self.text.split())).chars(HEADLINE)

    @property
    def rest(self) -> str:
        """The text below the headline: what it has not said already."""
        if self.title:
            return self.text
        if found := _SENTENCE.match(self.text):
            return self.text[found.end() :].strip()
        return self.text if len(self.text) > HEADLINE else ""

    @cached_property
    def standing(self) -> Standing:
        """Where it stands, computed from its events (lists load them with ``prefetch_related('events')``)."""
        return standing_of([(e.kind, e.at, e.note) for e in self.events.all()])

    def can_be_changed(self, at: datetime) -> bool:
        """Words are changed within fifteen minutes; afterwards people have read them."""
        return at < self.created_at + CHANGE_WITHIN and not self.standing.is_over


CHANGE_WITHIN = timedelta(minutes=15)


class PostEvent(TownOwned):
    """One thing that happened to a post; never changed. ``by`` is empty where the rule decided."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted"
        EDITED = "edited"  # new words that did not have to wait
        PUBLISHED = "published"  # by the rule
        APPROVED = "approved"  # an agent has looked at it: fine
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        REPORTED = "reported"

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    note = models.CharField(max_length=240, blank=True, help_text="the reason, for the shop; or what a reader reports")
    reporter = models.CharField(max_length=43, blank=True, help_text="keyed fingerprint; blanked after 30 days")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["post", "reporter"], condition=Q(kind="reported") & ~Q(reporter=""), name="post_reported_once"
            ),
            models.UniqueConstraint(
                fields=["post"], condition=Q(kind__in=["refused", "withdrawn"]), name="post_ends_once"
            ),
        ]
        indexes = [
            models.Index(fields=["post", "at"], name="post_event_by_post"),
            models.Index(fields=["town", "-at"], name="post_event_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at}"
