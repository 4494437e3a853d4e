"""What a voucher of the town pays, shop by shop, and what becomes of that when less is sold in the end.

A voucher that the town pays for is money from a third party: the shop has sold at its full price and owes the full
VAT (directive 2006/112/EC, article 73: the taxable amount is all that the supplier obtains "from the customer or a
third party"). It serves in many shops and for many rates, so it is a multi-purpose voucher: no VAT when it is issued,
all of it when the goods are handed over (articles 30a (3) and 30b (2)).

**One rule when the price falls** - something is missing, weighs less, is given back: each gives, and gets back, in
proportion. A voucher that paid a quarter of the bread pays a quarter of what is left of the bread, and the rest stays
on the voucher. Giving the buyer's own money back first would turn public money into cash: order for 40, use a voucher
of 10, give back 30, and 10 of goods were free though the campaign asks for 40. When the price rises (a heavier piece)
the voucher pays what it paid.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from parvis.core.money import round_half_up, split


class Refused(StrEnum):
    """Why a voucher cannot be used; the words are in ``parvis.market.voucher_words``."""

    NOT_YET = "not_yet"
    ENDED = "ended"
    USED_UP = "used_up"
    OTHER_PERSON = "other_person"
    NO_SHOP = "no_shop"
    BELOW_MINIMUM = "below_minimum"


@dataclass(frozen=True, slots=True)
class Terms:
    """One voucher: what is left on it and where, when and from what amount it serves. No ``shops``: in all of them."""

    left: int
    first_day: date
    last_day: date
    minimum: int = 0
    shops: frozenset[Hashable] = frozenset()

    def takes[K: Hashable](self, goods: Mapping[K, int]) -> dict[K, int]:
        """The goods for which it serves, in cents by shop."""
        return {shop: cents for shop, cents in goods.items() if not self.shops or shop in self.shops}

    def refusal[K: Hashable](self, goods: Mapping[K, int], day: date) -> Refused | None:
        """Why it does not serve on the town's ``day`` for these goods (cents by shop); None when it does."""
        if day < self.first_day:
            return Refused.NOT_YET
        if day > self.last_day:
            return Refused.ENDED
        if self.left <= 0:
            return Refused.USED_UP
        taken = sum(self.takes(goods).values())
        if taken <= 0:
            return Refused.NO_SHOP
        return Refused.BELOW_MINIMUM if taken < self.minimum else None


def shares_of[K: Hashable](terms: Terms, goods: Mapping[K, int]) -> dict[K, int]:
    """What the voucher pays in each shop: all that is left on it, at most the goods, in proportion to them.

    >>> day = date(2026, 12, 1)
    >>> shares_of(Terms(1000, day, day), {"bread": 1500, "cheese": 1500, "wine": 1500})
    {'bread': 334, 'cheese': 333, 'wine': 333}
    """
    taken = {shop: cents for shop, cents in terms.takes(goods).items() if cents > 0}
    amount = min(terms.left, sum(taken.values()))
    if amount <= 0:
        return {}
    shares = zip(taken, split(amount, list(taken.values())), strict=True)
    return {shop: cents for shop, cents in shares if cents}


def paid_now(paid: Sequence[int], *, goods_then: int, goods_now: int) -> list[int]:
    """What vouchers that paid so much of one part pay of it in the end; ``goods_then`` is what it cost when used.

    Rounded half up once for all of them, then split by largest remainder: together never more than the goods.

    >>> paid_now([1000], goods_then=4000, goods_now=1000)
    [250]
    """
    if goods_now >= goods_then or not any(paid):
        return list(paid)
    return split(round_half_up(Fraction(sum(paid) * goods_now, goods_then)), paid)
