"""Money is integer cents; one rounding rule for the whole house.

Half up (commercial rounding) for a single amount, largest remainder when an amount is split, so that the parts
always add up to the whole. VAT rates are basis points (550 is 5.5 %) because rates such as 2.1 % and 5.5 %
exist. Prices shown to residents include VAT (directive 98/6/EC, article 2).
"""

from collections.abc import Sequence
from fractions import Fraction

from django.utils import formats, translation

SYMBOLS = {"EUR": "€", "CHF": "CHF"}


def round_half_up(value: Fraction) -> int:
    """Nearest integer, halves away from zero: 0.5 becomes 1 and -0.5 becomes -1."""
    sign = -1 if value < 0 else 1
    return sign * int((abs(value) + Fraction(1, 2)) // 1)


def vat_included(gross_cents: int, rate_bp: int) -> int:
    """The VAT inside ``gross_cents`` at ``rate_bp`` basis points, rounded half up.

    >>> vat_included(1055, 550)
    55
    """
    return round_half_up(Fraction(gross_cents * rate_bp, 10_000 + rate_bp))


def split(amount_cents: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to ``weights`` so that the parts add up to it exactly.

    Largest remainder; equal remainders go to the earlier part. Raises ValueError without a positive weight.

    >>> split(1000, [1, 1, 1])
    [334, 333, 333]
    """
    total = sum(weights)
    if total <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("an amount is split over weights that are not negative and not all zero")
    sign = -1 if amount_cents < 0 else 1
    shares = [divmod(abs(amount_cents) * weight, total) for weight in weights]
    parts = [share for share, _ in shares]
    left = abs(amount_cents) - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: -shares[i][1])
    for index in by_remainder[:left]:
        parts[index] += 1
    return [sign * part for part in parts]


def format_money(cents: int, currency: str = "EUR") -> str:
    """``1 234,50 €`` in French, ``€ 1.234,50`` in Dutch, ``€1,234.50`` in English (no-break spaces)."""
    number = formats.number_format(abs(cents) / 100, decimal_pos=2, use_l10n=True, force_grouping=True)
    symbol = SYMBOLS.get(currency, currency)
    minus = "−" if cents < 0 else ""
    language = (translation.get_language() or "fr")[:2]
    if language == "nl":
        return f"{minus}{symbol}\u00a0{number}"
    if language == "en":
        return f"{minus}{symbol}{number}" if len(symbol) == 1 else f"{minus}{symbol}\u00a0{number}"
    return f"{minus}{number}\u00a0{symbol}"
