"""Cells of a table as people write them, one reader for each kind of value; raises Refusal with a sentence.

A reader is given the cell, never empty, and where the shop is; what comes out is a plain value of ``Product``.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import override

from parvis.core.amounts import MOST_CENTS, parse_amount
from parvis.core.errors import Refusal
from parvis.core.money import round_half_up
from parvis.core.text import fold
from parvis.core.words import say_rate
from parvis.market.defaults import RATES
from parvis.market.trades import CATEGORIES

LONGEST_DESCRIPTION = 5000
_CALCULATED = re.compile(r"^\d+\.\d{5,}$")  # a formula's result: 3.6300000000000003
_NUMBER = re.compile(r"^(\d{1,9})(?:[.,](\d{1,6}))?$")
_MEASURE = re.compile(r"^(\d{1,9}(?:[.,]\d{1,6})?)\s*([a-zµ]+)?\.?$")
_GRAMS = {"": 1, "g": 1, "gr": 1, "gramme": 1, "grammes": 1, "gram": 1, "kg": 1000, "kilo": 1000, "kilos": 1000}
_MILLILITRES = {"": 1, "ml": 1, "cl": 10, "dl": 100, "l": 1000, "litre": 1000, "litres": 1000, "liter": 1000}
_YES = {"yes", "y", "true", "vrai", "oui", "o", "ja", "j", "1", "x", "waar"}
_NO = {"no", "n", "false", "faux", "non", "nee", "0", "onwaar"}
_NOT_COUNTED = {"", "non compte", "niet geteld", "not counted", "illimite", "unlimited", "onbeperkt"}


@dataclass(frozen=True, slots=True)
class Where:
    """What a cell must be read with: the shop's country and trade."""

    country: str
    trade: str


def line(text: str, longest: int, what: str) -> str:
    """One line of at most so many letters."""
    bare = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    if len(bare) > longest:
        raise Refusal(
            _("The %(what)s has %(count)d letters; %(most)d are the most.")
            % {"what": what, "count": len(bare), "most": longest}
        )
    return bare


def name(text: str, _where: Where) -> str:
    """What the product is called."""
    bare = line(text, 140, _("name"))
    if bare and not any(c.isalnum() for c in bare):
        raise Refusal(_("“%(name)s” is no name.") % {"name": bare[:40]})
    return bare


def unit(text: str, _where: Where) -> str:
    """By what it is sold."""
    return line(text, 40, _("unit"))


def description(text: str, _where: Where) -> str:
    """Lines stay; what nobody can see goes."""
    bare = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c.isprintable() or c in "\n\t").strip()
    if len(bare) > LONGEST_DESCRIPTION:
        raise Refusal(
            _("The %(what)s has %(count)d letters; %(most)d are the most.")
            % {"what": _("description"), "count": len(bare), "most": LONGEST_DESCRIPTION}
        )
    return bare


def price(text: str, _where: Where) -> int:
    """``3,50 €``; the result of a calculation is rounded to the cent."""
    bare = text.strip()
    try:
        cents = round_half_up(_fraction(bare) * 100) if _CALCULATED.match(bare) else parse_amount(bare)
    except ValueError:
        raise Refusal(_("“%(cell)s” is no price: write it like 4.20.") % {"cell": bare[:30]}) from None
    if cents <= 0:
        raise Refusal(_("The price is zero: write what it costs."))
    if cents > MOST_CENTS:
        raise Refusal(_("“%(cell)s” is no price: write it like 4.20.") % {"cell": bare[:30]})
    return cents


def vat(text: str, where: Where) -> int:
    """``5,5 %``, ``20``, or 0.055 as a spreadsheet keeps a percentage; one of the country's rates."""
    bare = text.strip().removesuffix("%").strip()
    found = _NUMBER.match(bare)
    rates = RATES.get(where.country, RATES["FR"])
    if found:
        value = Decimal(bare.replace(",", "."))
        rate = value * 100 if value >= 1 or value == 0 else value * 10_000
        if rate in rates:
            return int(rate)
    raise Refusal(
        _("“%(cell)s” is not a VAT rate here: %(rates)s are.")
        % {"cell": text.strip()[:20], "rates": ", ".join(say_rate(rate) for rate in sorted(rates, reverse=True))}
    )


def grams(text: str, _where: Where) -> int:
    """``500``, ``500 g``, ``1,5 kg``."""
    return _measure(text, _GRAMS, 200_000, _("weight"))


def kilograms(text: str, _where: Where) -> int:
    """A column of kilograms."""
    return _measure(text, _GRAMS | {"": 1000}, 200_000, _("weight"))


def millilitres(text: str, _where: Where) -> int:
    """``750``, ``75 cl``, ``1 l``."""
    return _measure(text, _MILLILITRES, 400_000, _("volume"))


def stock(text: str, _where: Where) -> int | None:
    """How many there are; a dash where they are not counted."""
    bare = fold(text)
    if bare in _NOT_COUNTED:
        return None
    if re.match(r"^\s*-\s*\d", text):
        raise Refusal(_("The stock is below zero."))
    found = _NUMBER.match(text.strip())
    if not found or int((found.group(2) or "0").ljust(6, "0")):
        raise Refusal(_("“%(cell)s” is no number of pieces.") % {"cell": text.strip()[:30]})
    if int(found.group(1)) > 100_000:
        raise Refusal(_("A stock of %(count)s is more than a shop holds.") % {"count": found.group(1)})
    return int(found.group(1))


def hidden(text: str, _where: Where) -> bool:
    """Yes or no, in three languages."""
    word = fold(text)
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Refusal(_("“%(cell)s” is neither yes nor no.") % {"cell": text.strip()[:30]})


def shelf(text: str, _where: Where) -> str:
    """A key of the table of shelves, or its name in one of our languages; "" for a word that we do not know."""
    return _shelves().get(fold(text), "")


def _measure(text: str, factors: dict[str, int], most: int, what: str) -> int:
    found = _MEASURE.match(text.strip().lower())
    factor = factors.get(found.group(2) or "") if found else None
    if found is None or factor is None:
        raise Refusal(_("“%(cell)s” is no %(what)s that we understand.") % {"cell": text.strip()[:30], "what": what})
    value = round_half_up(_fraction(found.group(1)) * factor)
    if not 1 <= value <= most:
        raise Refusal(_("“%(cell)s” is no %(what)s that we understand.") % {"cell": text.strip()[:30], "what": what})
    return value


def _fraction(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


_SHELVES: dict[str, str] = {}


def _shelves() -> dict[str, str]:
    """Every name of every shelf, folded; made once."""
    if not _SHELVES:
        for key, kind in CATEGORIES.items():
            for language in ("fr", "nl", "en"):
                with override(language):
                    _SHELVES.setdefault(fold(str(kind.label)), key)
            _SHELVES[fold(key)] = key
    return _SHELVES
