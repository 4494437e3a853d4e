"""A post as pages show it: who, when, and the days it speaks of, in words."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from parvis.bulletin.models import Post
from parvis.bulletin.streets import say_street
from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day


@dataclass(frozen=True, slots=True)
class Card:
    """One post of a list or of its own page."""

    post: Post
    at: datetime

    @property
    def href(self) -> str:
        """Its page."""
        return reverse("news-post", args=[self.post.pk])

    @property
    def icon(self) -> str:
        """The mark of who says it."""
        return self.post.place.kind.icon if self.post.place else "landmark"

    @property
    def when(self) -> str:
        """When it appeared: with the hour on the same day, the day alone afterwards."""
        return say_since(self.post.shown_at or self.post.created_at, self.at)

    @property
    def dates(self) -> str:
        """The days that it speaks of; "" for none."""
        return say_dates(self.post.starts_on, self.post.ends_on, day_of(self.at, self.post.town.zone))

    @property
    def is_over(self) -> bool:
        """Whether the days it speaks of are past."""
        last = self.post.ends_on or self.post.starts_on
        return bool(last and last < day_of(self.at, self.post.town.zone))

    @property
    def street(self) -> str:
        """The street of its place, as people write it."""
        place = self.post.place
        return say_street(place.address, place.street) if place and place.street else ""


def say_since(moment: datetime, at: datetime) -> str:
    """``today, 9:40``, ``yesterday``, ``Monday 23 November``; the active time zone's days."""
    then, today = timezone.localtime(moment), timezone.localtime(at).date()
    if then.date() == today:
        return _("today, %(time)s") % {"time": say_clock(then)}
    if then.date() == today - timedelta(days=1):
        return _("yesterday, %(time)s") % {"time": say_clock(then)}
    return say_day(then) if (today - then.date()).days < 300 else f"{say_day(then)} {then.year}"


def say_dates(first: date | None, last: date | None, today: date) -> str:
    """``Today``, ``Until Saturday 28 November``, ``Monday 30 November to Wednesday 2 December``; "" for none."""
    first = first or today if last else first
    if first is None:
        return ""
    if last is None or last == first:
        return capfirst(_near(first, today))
    if last == today:
        return _("Last day today")
    if first <= today <= last:
        return _("Until %(day)s") % {"day": _day(last, today)}
    return capfirst(_("%(first)s to %(last)s") % {"first": _day(first, today), "last": _day(last, today)})


def _near(day: date, today: date) -> str:
    if day == today:
        return _("today")
    return _("tomorrow") if day == today + timedelta(days=1) else _day(day, today)


def _day(day: date, today: date) -> str:
    return say_day(day) if abs((day - today).days) < 300 else f"{say_day(day)} {day.year}"
