"""The days on which the whole market rests: what is said, what may still be ordered. Pure: rows in, sentences out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from parvis.core.time import day_of
from parvis.core.words import say_day
from parvis.market.models import MarketClosure

ANNOUNCED = timedelta(days=14)  # how long ahead a closure is shown unless the agent says otherwise


@dataclass(frozen=True, slots=True)
class Notice:
    """What pages show of a closure; ``now`` while nobody can order."""

    title: str
    message: str
    now: bool


def closed_on(day: date, closures: Iterable[MarketClosure]) -> MarketClosure | None:
    """The closure that covers a day, if there is one."""
    return next((closure for closure in closures if closure.covers(day)), None)


def closed_at(at: datetime, zone: ZoneInfo, closures: Iterable[MarketClosure]) -> MarketClosure | None:
    """The closure that stops ordering at a moment: the town's day counts, on days of 23 and 25 hours too."""
    return closed_on(day_of(at, zone), closures)


def days_off(closures: Iterable[MarketClosure]) -> list[tuple[date, date, str]]:
    """As ``places.hours`` reads closures: on these days nothing is prepared, whatever a shop's hours say."""
    return [(closure.first_day, closure.last_day, closure.message) for closure in closures]


def refusal(closure: MarketClosure) -> str:
    """Why nothing can be ordered, and from when on it can be again."""
    again = _("Orders are taken again from %(day)s.") % {"day": say_day(closure.last_day + timedelta(days=1))}
    return f"{closure.message} {again}" if closure.message else f"{_('The market is closed.')} {again}"


def notice_of(closures: Sequence[MarketClosure], at: datetime, zone: ZoneInfo) -> Notice | None:
    """What to show now: the closure that runs, else the next one that is announced already."""
    today = day_of(at, zone)
    running = closed_on(today, closures)
    if running is not None:
        until = _("The market is closed until %(day)s included") % {"day": say_day(running.last_day)}
        return Notice(until, running.message, now=True)
    ahead = sorted((c for c in closures if c.shown_from <= today < c.first_day), key=lambda c: c.first_day)
    return Notice(_ahead(ahead[0]), ahead[0].message, now=False) if ahead else None


def _ahead(closure: MarketClosure) -> str:
    if closure.first_day == closure.last_day:
        return _("The market will be closed on %(day)s") % {"day": say_day(closure.first_day)}
    days = {"first": say_day(closure.first_day), "last": say_day(closure.last_day)}
    return _("The market will be closed from %(first)s to %(last)s") % days
