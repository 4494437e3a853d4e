"""What a shop or the town says of its hours: the whole value, or one date."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.errors import Refusal
from parvis.people.models import Person
from parvis.places import whole_hours
from parvis.places.actions.entries import change_place, locked
from parvis.places.models import Change, Place
from parvis.places.weekly import Day
from parvis.places.whole_hours import Hours

CHANGED_MEANWHILE = gettext_lazy(
    "Somebody changed these hours while you were typing. Below is what you typed: look at it and save again."
)
LONGEST = 500  # letters that the column holds


@transaction.atomic
def save_hours(
    *, place: Place, text: str, origin: str, at: datetime, by: Person | None = None, seen: str | None = None
) -> Change | None:
    """New hours, which replace the source's own words too.

    Raises Refusal when they are too long or not understood, and when the hours are not any more those that were
    ``seen`` (None: not asked).
    """
    if seen is not None and locked(place).opening_hours != seen:
        raise Refusal(str(CHANGED_MEANWHILE))
    if len(text) > LONGEST:
        raise Refusal(_("These are too many rules for one entry. Remove old ones first."))
    return change_place(place=place, values={"opening_hours": text, "hours_text": ""}, origin=origin, at=at, by=by)


@transaction.atomic
def open_on(
    *, place: Place, day: date, hours: Day, origin: str, at: datetime, by: Person | None = None
) -> Change | None:
    """Open on one date at ``hours``, whatever the week says.

    Raises Refusal for a day that is past or closed, and where the usual week is not known: alone, one date would
    say that the place is closed on all others.
    """
    place = locked(place)  # two dates added at once are both kept
    kept = known_hours(place)
    if kept is None or kept == Hours():
        raise Refusal(_("Write your usual week first."))
    if day < at.astimezone(place.town.zone).date():
        raise Refusal(_("This day is already past."))
    if place.closures.filter(first_day__lte=day, last_day__gte=day).exists():
        raise Refusal(_("You said that you are closed on this day. Remove that first."))
    text = whole_hours.write(kept.with_special(day, hours))
    return save_hours(place=place, text=text, origin=origin, at=at, by=by)


@transaction.atomic
def drop_rule(*, place: Place, rule: str, origin: str, at: datetime, by: Person | None = None) -> Change | None:
    """One rule less, named by its own words. Raises Refusal when it is not there any more."""
    place = locked(place)
    kept = known_hours(place)
    if kept is None or rule not in kept.other:
        raise Refusal(_("This was removed already."))
    text = whole_hours.write(kept.without([rule]))
    return save_hours(place=place, text=text, origin=origin, at=at, by=by)


def known_hours(place: Place) -> Hours | None:
    """The hours of a place taken apart; None when nothing understands them."""
    return whole_hours.read(place.opening_hours)
