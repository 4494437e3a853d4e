"""Broken bikes in words: since when, back when, and which coming days need them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from parvis.core.time import day_of
from parvis.core.words import say_clock, say_day
from parvis.delivery.models import Bike
from parvis.delivery.outages import DayWithout, Outage


def say_out(bike: Bike, at: datetime) -> str:
    """``Out of order since 14:32, expected back on Thursday 3 December``; nothing of a bike that rides."""
    if bike.broken_at is None:
        return ""
    zone = bike.hub.town.zone
    today, since = day_of(at, zone), say_clock(bike.broken_at)
    if day_of(bike.broken_at, zone) != today:
        since = f"{say_day(bike.broken_at)}, {since}"
    names = {"time": since, "day": say_day(bike.back_on) if bike.back_on else ""}
    if bike.back_on is None:
        return _("Out of order since %(time)s") % names
    if bike.back_on < today:
        return _("Out of order since %(time)s; it was expected back on %(day)s") % names
    return _("Out of order since %(time)s, expected back on %(day)s") % names


def outage_rows(found: Sequence[Outage], at: datetime) -> list[dict[str, Any]]:
    """Each broken bike with the days that need it: what the board says under its plan."""
    return [
        {
            "bike": one.bike,
            "out": say_out(one.bike, at),
            "needed": _needed(one),
            "days": [{"day": day.day, "said": _day(day), "to_plan": day.to_plan} for day in one.days],
        }
        for one in found
    ]


def _needed(outage: Outage) -> str:
    """By when it must ride again."""
    needed = outage.needed_at
    if needed is None:
        return _("Nothing that is promised for the two weeks ahead needs it.")
    return _("It must ride again by %(moment)s.") % {"moment": f"{say_day(needed)}, {say_clock(needed)}"}


def _day(one: DayWithout) -> str:
    """What of a day depends on the bike."""
    said = []
    if one.counted and one.deliveries:
        words = ngettext("%(count)s delivery counts on it.", "%(count)s deliveries count on it.", one.deliveries)
        said.append(words % {"count": one.deliveries})
    elif one.deliveries:
        words = ngettext(
            "%(count)s delivery has no sure place on another bike.",
            "%(count)s deliveries have no sure place on another bike.",
            one.deliveries,
        )
        said.append(words % {"count": one.deliveries})
    elif not one.counted:
        said.append(_("The other bikes can bring everything."))
    if one.replanned:
        said.append(_("A draft without it waits to be published."))
    return " ".join(said)
