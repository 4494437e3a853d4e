"""What a month takes for granted, in sentences for a council: each can be argued with, and most can be changed."""

from datetime import time

from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.core.words import say_rate, say_span
from parvis.delivery.actions.reserve import FREE_PART, TRAVEL_PERCENT
from parvis.demo.council.demand import DAY_SIGMA, WEEK
from parvis.demo.council.money import Books
from parvis.demo.council.month import Plan
from parvis.demo.council.scene import Scene
from parvis.towns.models import Town


def assumptions(town: Town, scene: Scene, plan: Plan, books: Books) -> list[str]:
    """One sentence or two each."""
    odds, luck = plan.misfortune.odds, plan.misfortune

    def per_cent(share: float) -> str:
        return say_rate(round(share * 10_000))

    def money(cents: int) -> str:
        return format_money(cents, town.currency)

    rates = books.rates
    return [
        _("The town: %(doors)d doors drawn from its addresses, %(streets)s. At a door: 3 minutes.")
        % {
            "doors": scene.doors,
            "streets": _("ways along its streets") if scene.streets == "valhalla" else _("straight lines, lengthened"),
        },
        _(
            "Demand: %(days)d open days from Monday to Saturday, Friday and Saturday about half as busy again as "
            "Monday (%(low)s to %(high)s of the mean); days differ by %(sigma)s more, and then by chance. Who "
            "cannot have the time they want takes a later one of the same day, or is turned away."
        )
        % {"days": plan.days, "low": per_cent(min(WEEK)), "high": per_cent(max(WEEK)), "sigma": per_cent(DAY_SIGMA)},
        _(
            "Baskets: as many articles as in 9,835 real baskets of a grocery (4.4 on average), from one to five shops; "
            "real baskets of this town may be heavier."
        ),
        _("Times: %(windows)s. Booking closes two hours before, shops bring their bags one hour before.")
        % {"windows": ", ".join(say_span(_hour(span.starts), _hour(span.ends)) for span in scene.spans)},
        _(
            "Mishaps: rides take longer or shorter than planned (%(ride)s), whole days too (%(day)s); %(late)s of the "
            "bags come late, by 40 minutes on average; at %(nobody)s of the doors nobody is at home: they collect at "
            "the depot."
        )
        % {
            "ride": per_cent(odds.ride_sigma),
            "day": per_cent(luck.day_sigma),
            "late": per_cent(odds.late),
            "nobody": per_cent(odds.nobody_home),
        },
        _(
            "Breakdowns: %(how)s. What the bike carried is back at the depot after 25 minutes and rides with the "
            "others; the bike rides again on the next shift."
        )
        % {
            "how": _("one bike every day, in the first window")
            if luck.one_a_day
            else _("on %(share)s of the shifts, at any time") % {"share": per_cent(luck.breakdown)}
        },
        _(
            "Promises reckon with rides %(slower)s longer than the streets say and leave one minute in %(part)d of "
            "each time free at its end."
        )
        % {"slower": per_cent(TRAVEL_PERCENT / 100 - 1), "part": FREE_PART},
        _(
            "Money: %(income)s come in for a delivery without VAT (buyer %(buyer)s, shops %(shops)s, commission "
            "%(commission)s). A rider's hour costs %(rider)s and is paid for the whole shift; the depot takes "
            "%(minutes)d minutes of %(hub)s an hour for a delivery; a bike costs %(day)s a day and %(km)s a kilometre; "
            "other costs a month: %(fixed)s."
        )
        % {
            "income": money(books.terms.income),
            "buyer": money(books.terms.buyer),
            "shops": money(books.terms.shops),
            "commission": money(books.terms.commission),
            "rider": money(rates.rider_hour),
            "minutes": rates.hub_minutes,
            "hub": money(rates.hub_hour),
            "day": money(rates.bike_day),
            "km": money(rates.bike_km),
            "fixed": money(books.terms.fixed_month),
        },
        _(
            "Air: at least, a van of 184 g of CO₂ a kilometre (vans newly registered in Europe in 2022) on the "
            "way that one van would need for the same doors, found by the same planner; at most, one of 269 g "
            "(8.5 litres of diesel a 100 km, French factors) on the way of the bikes; less the bikes' current."
        ),
        _(
            "The planner searches for a shorter time than on a real day, so that a month is played in minutes: real "
            "rounds are somewhat better. Ranges come from drawing months from the days played, 400 times."
        ),
        _("Seed %(seed)d: the same command gives the same report.") % {"seed": plan.seed},
    ]


def _hour(seconds: int) -> time:
    """A moment of the day on a clock."""
    return time(seconds // 3600, seconds % 3600 // 60)
