"""What bikes are reckoned to cost, in a sentence for whoever reads a figure made of it."""

from datetime import date

from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.delivery.models import RunningCosts
from parvis.delivery.models.costs import rates_on
from parvis.towns.models import Town


def rates_words(town: Town, day: date) -> str:
    """What holds on a day, and whether the town has said so."""
    rows = list(RunningCosts.objects.of(town))
    held = rates_on(rows, day)
    own = any(row.starts_on <= day for row in rows)
    words = _rates_sentence(town, held.rider_hour, held.hub_hour, held.hub_minutes, held.bike_day, held.bike_km)
    return words if own else _("%(rates)s The town has not set these rates: they are assumptions.") % {"rates": words}


def say_rates(row: RunningCosts, town: Town) -> str:
    """One decision of the town."""
    rates = row.rates
    return _rates_sentence(town, rates.rider_hour, rates.hub_hour, rates.hub_minutes, rates.bike_day, rates.bike_km)


def _rates_sentence(town: Town, rider: int, hub: int, minutes: int, day: int, km: int) -> str:
    def say(cents: int) -> str:
        return format_money(cents, town.currency)

    return _(
        "An hour of a rider is reckoned at %(rider)s, an hour at the depot at %(hub)s and %(minutes)d minutes of it "
        "for one delivery, a bike at %(day)s a day and %(km)s a kilometre."
    ) % {"rider": say(rider), "hub": say(hub), "minutes": minutes, "day": say(day), "km": say(km)}
