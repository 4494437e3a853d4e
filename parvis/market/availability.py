"""When the goods of a basket can be had: the seasons, days of sale and cut-offs of each product together.

The shop's own hours and preparation time are ``opening.py``'s; this only says which days its goods allow.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.time import day_of
from parvis.market.choices import ShopBasket
from parvis.market.models import Product
from parvis.market.promises import Promise, ShopRules, open_turns, promise
from parvis.market.season import Season, first_day, fits

DAYS_AHEAD = 21  # what comes later is not in season
MORNING = time(8)  # nobody comes earlier for what was ordered days before


def coming_day(products: Iterable[Product], zone: ZoneInfo, at: datetime, start: date | None = None) -> date | None:
    """The first day, within three weeks, on which all these products can be had together; None when there is none."""
    start = start or day_of(at, zone)
    found = first_day([product.season for product in products], start, at, zone)
    return found if found is not None and found <= start + timedelta(days=DAYS_AHEAD) else None


def seasons_of(share: ShopBasket) -> list[Season]:
    """The rules of what one shop has in a basket."""
    return [line.product.season for line in share.lines if not line.product.season.always]


def allowed_on(share: ShopBasket, day: date, at: datetime) -> bool:
    """Whether everything that a shop has in the basket can be had on ``day``."""
    return fits(seasons_of(share), day, at, share.shop.town.zone)


def check_day(share: ShopBasket, day: date, at: datetime) -> None:
    """Raises Refusal when something of a shop's share is not sold on ``day``, or is ordered too late for it."""
    if not allowed_on(share, day, at):
        said = {"shop": share.shop.name}
        raise Refusal(_("%(shop)s does not sell all of this on that day. Choose another day.") % said)


def share_promise(rules: ShopRules, share: ShopBasket, at: datetime) -> Promise:
    """What a shop can promise for its share by its own rules, on a day on which all the goods in it are sold.

    Raises Refusal when one of them is out of season, or when no day suits them all.
    """
    found = promise(rules, share.points, at)
    if not seasons_of(share):
        return found
    zone, products = rules.town.zone, [line.product for line in share.lines]
    if rules.cycles:  # the turns are days that the shop has chosen: the first of them that suits
        for turn in open_turns(rules, at):
            if allowed_on(share, day_of(turn.starts_at, zone), at):
                return Promise(turn.starts_at, turn=turn)
        raise Refusal(why_not(products, zone, at, day_of(found.ready_at, zone)))
    for _attempt in range(DAYS_AHEAD):  # a day of sale on which the shop is closed is none
        start = day_of(found.ready_at, zone)
        day = coming_day(products, zone, at, start)
        if day is None:
            break
        if day == start:
            return found
        found = promise(rules, share.points, datetime.combine(day, MORNING, zone))
    raise Refusal(why_not(products, zone, at, day_of(found.ready_at, zone)))


def why_not(products: Iterable[Product], zone: ZoneInfo, at: datetime, start: date | None = None) -> str:
    """The sentence for goods that cannot be had together in the next weeks."""
    products = list(products)
    for product in products:
        if coming_day([product], zone, at, start) is None:
            return _("%(name)s is not in season.") % {"name": product.name}
    limited = [product.name for product in products if not product.season.always]
    return _("%(names)s are not sold on the same day. Order them one after the other.") % {"names": ", ".join(limited)}
