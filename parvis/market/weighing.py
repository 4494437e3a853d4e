"""Goods sold by weight: pure arithmetic in grams and cents.

A price is for a kilo. The buyer asks for so many portions (``300 g``, or ``2 chickens of about 1.4 kg``) and sees what
that costs about; the shop weighs, and the weight is what is paid: never more than was asked and the tolerance that
the buyer has seen (Code de la consommation, article L112-1; directive 98/6/EC, article 3).
"""

from fractions import Fraction

from parvis.core.money import round_half_up


def weighed_cents(price_cents: int, grams: int) -> int:
    """What ``grams`` cost at ``price_cents`` a kilo, half up.

    >>> weighed_cents(1890, 250)
    473
    """
    return round_half_up(Fraction(price_cents * grams, 1000))


def most_grams(asked_grams: int, tolerance_percent: int) -> int:
    """The most that may be billed for what was asked, whole grams.

    >>> most_grams(300, 10)
    330
    """
    return asked_grams * (100 + tolerance_percent) // 100


def portions_in(grams: int, portion_grams: int, asked: int) -> int:
    """How many of the ``asked`` portions a weight is worth: the nearest number, at least one unless it is nothing.

    Two chickens of about 1.4 kg that weigh 2.9 kg are two; 200 g of 300 g asked in portions of 50 g are four of six.

    >>> portions_in(2900, 1400, 3)
    2
    """
    if grams <= 0:
        return 0
    return min(asked, max(1, round_half_up(Fraction(grams, portion_grams))))
