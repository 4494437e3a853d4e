"""Moments as neighbours say them: today, this evening, tomorrow, else the day's name."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from parvis.core.words import say_clock, say_day, say_span

EVENING = 17  # from this hour on, in the town's zone, today is "this evening"


def near_day(moment: datetime, at: datetime) -> str:
    """``today``, ``this evening``, ``tomorrow`` or ``Thursday 26 November``, seen from ``at``."""
    day, today = timezone.localtime(moment).date(), timezone.localtime(at).date()
    if day == today:
        return _("this evening") if timezone.localtime(moment).hour >= EVENING else _("today")
    if day == today + timedelta(days=1):
        return _("tomorrow")
    return say_day(moment)


def near_span(start: datetime, end: datetime, at: datetime) -> str:
    """``this evening, 17:00–19:00``: a delivery window."""
    return _("%(day)s, %(hours)s") % {"day": near_day(start, at), "hours": say_span(start, end)}


def near_moment(moment: datetime, at: datetime) -> str:
    """``today at 17:00``, ``tomorrow at 9:00``."""
    return _("%(day)s at %(time)s") % {"day": near_day(moment, at), "time": say_clock(moment)}
