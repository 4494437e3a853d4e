"""A reduction that the seller gives by itself: the goods are cheaper, and so is the VAT inside them.

Directive 2006/112/EC, article 79 (b): price discounts and rebates granted to the customer and obtained at the time of
the supply are no part of the taxable amount; article 90 for one that is given afterwards. A voucher that somebody else
pays is no discount: see ``vouchers``.
"""

from collections.abc import Sequence

from parvis.core.money import split
from parvis.market.pricing.totals import Priced


def discounted(goods: Sequence[Priced], discount_cents: int) -> list[Priced]:
    """The same lines with a discount taken off all of them in proportion, to the cent; never below nothing.

    >>> discounted([Priced(1000, 550), Priced(500, 2000)], 300)
    [Priced(cents=800, vat_bp=550), Priced(cents=400, vat_bp=2000)]
    """
    whole = sum(line.cents for line in goods)
    if discount_cents <= 0 or whole <= 0:
        return list(goods)
    off = split(min(discount_cents, whole), [line.cents for line in goods])
    return [Priced(line.cents - less, line.vat_bp) for line, less in zip(goods, off, strict=True)]
