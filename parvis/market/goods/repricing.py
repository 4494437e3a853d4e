"""New prices for many goods: so much per cent more or less, then rounded as shops like prices. Pure arithmetic."""

from fractions import Fraction

from parvis.core.amounts import MOST_CENTS
from parvis.core.money import round_half_up

CENT, FIVE, TEN, NINETY, NINETY_NINE = "1", "5", "10", "90", "99"
ROUNDINGS = (CENT, FIVE, TEN, NINETY, NINETY_NINE)


def new_price(cents: int, percent: Fraction, rounding: str) -> int:
    """The price after ``percent`` more (or less, below zero), rounded half up; never below one cent.

    ``rounding`` is the cent, five or ten cents, or the nearest price that ends in ,90 or ,99.

    >>> new_price(420, Fraction(5), FIVE)
    440
    >>> new_price(1000, Fraction(3), NINETY)
    1090
    """
    exact = cents * (100 + percent) / 100
    if rounding in {NINETY, NINETY_NINE}:
        end = int(rounding)
        price = round_half_up((exact - end) / 100) * 100 + end
        price = max(price, end)
    else:
        step = int(rounding)
        price = round_half_up(exact / step) * step
    return min(max(price, int(rounding) if rounding in {FIVE, TEN} else 1), MOST_CENTS)
