"""Commission and bikes in the words of a merchant: what holds, what comes, what one order leaves."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from parvis.core.money import format_money
from parvis.core.time import day_of
from parvis.core.words import say_day, say_rate
from parvis.market.amounts_due import owed
from parvis.market.fees import InForce, in_force
from parvis.market.models import FeeTerms, Order, Part, Shop
from parvis.market.part_fees import PartFees, fees_of
from parvis.market.pricing import Step
from parvis.market.states import PartState


def say_fees(held: InForce, currency: str, shop: Shop | None = None) -> list[str]:
    """The terms of one day, each in a sentence; a shop's own commission where it has one."""
    return say_terms(held.terms, currency, held.commission_bp(shop.pk) if shop else None)


def say_terms(terms: FeeTerms, currency: str, rate_bp: int | None = None) -> list[str]:
    """A town's terms in sentences; ``rate_bp`` where one shop has another commission."""
    rate = terms.commission_bp or 0 if rate_bp is None else rate_bp
    return [_say_commission(rate, terms.vat_bp), *_say_bikes(terms, currency)]


def _say_commission(rate_bp: int, vat_bp: int) -> str:
    if not rate_bp:
        return _("The town takes no commission.")
    said = {"rate": say_rate(rate_bp), "vat": say_rate(vat_bp)}
    return _("The town takes %(rate)s of the goods without VAT, and VAT of %(vat)s on it.") % said


def _say_bikes(terms: FeeTerms, currency: str) -> list[str]:
    said = {
        "fee": format_money(terms.buyer_cents, currency),
        "free": format_money(terms.free_from_cents or 0, currency),
        "shops": format_money(terms.shops_cents, currency),
    }
    if terms.free_from_cents is None:
        buyer = _("Buyers pay %(fee)s for the bikes.") % said
    else:
        buyer = _("Buyers pay %(fee)s for the bikes, and nothing from %(free)s of goods.") % said
    if not terms.shops_cents and not terms.shops_bear_free:
        return [buyer, _("Shops pay nothing for the bikes.")]
    sentences = [buyer]
    if terms.shops_cents:
        sentences.append(_("The shops of one delivery pay %(shops)s of it together, each by what it sold.") % said)
    if terms.shops_bear_free and terms.free_from_cents is not None:
        sentences.append(_("Where the buyer pays nothing, the shops pay that together too."))
    return sentences


def say_ahead(shop: Shop, day: date) -> list[str]:
    """What will hold for a shop from later days on: ``From 1 January: …``."""
    town = shop.town
    days = FeeTerms.objects.ahead(town, day)
    mine = sorted({row.starts_on for row in days if row.shop_id in {None, shop.pk}})
    said = [(start, " ".join(say_fees(in_force(town, start), town.currency, shop))) for start in mine]
    return [
        _("From %(day)s on: %(terms)s") % {"day": f"{say_day(start)} {start.year}", "terms": terms}
        for start, terms in said
    ]


def fees_context(shop: Shop, at: datetime) -> dict[str, list[str]]:
    """What ``merchant/fees.html`` draws: what holds for a shop, and what comes."""
    day = day_of(at, shop.town.zone)
    held = in_force(shop.town, day)
    return {"fees": say_fees(held, shop.town.currency, shop), "fees_ahead": say_ahead(shop, day)}


def receiving(order: Order, part: Part) -> tuple[list[Step], int]:
    """What a shop receives of a part (of an order loaded ``with_story``), step by step, and how much; in cents.

    No step where the town takes nothing. While the bike has not ridden its share is what it would be if all came.
    """
    state = part.state
    if state in {PartState.REFUSED, PartState.CANCELLED}:
        return [], 0
    fees = fees_of(order, part, came=state == PartState.DONE)
    sold = owed(order).of(part)
    cents = sold.total.cents - sold.returned_cents - fees.cents
    if not fees.cents:
        return [], cents
    return [Step(_("Sold"), sold.total.cents - sold.returned_cents), *_steps(part, fees, order.town.currency)], cents


def _steps(part: Part, fees: PartFees, currency: str) -> list[Step]:
    steps = []
    if fees.commission.cents:
        said = {"rate": say_rate(part.commission_bp), "base": format_money(fees.base, currency)}
        vat = {"vat": format_money(fees.commission.vat, currency)}
        reason = _("%(rate)s of %(base)s of goods without VAT, and %(vat)s of VAT") % (said | vat)
        steps.append(Step(_("Commission of the town"), -fees.commission.cents, reason))
    if fees.delivery.cents:
        reason = _("by what each shop of this delivery sold, VAT included")
        steps.append(Step(_("Your share of the bikes"), -fees.delivery.cents, reason))
    return steps
