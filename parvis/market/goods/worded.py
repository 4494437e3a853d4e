"""Cells that say one of a few things in words: days, months, allergens, cold, how it is weighed, what is sent back.

As in ``cells``: a reader is given the cell, never empty, and where the shop is, and raises Refusal with a sentence.
A word counts in French, Dutch and English; of a day or a month its first letters do, while they say which one.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import override

from parvis.core.amounts import parse_amount
from parvis.core.errors import Refusal
from parvis.core.text import fold
from parvis.market.allergens import ALLERGENS, named
from parvis.market.goods.cells import Where
from parvis.market.models import Product
from parvis.market.returning import CHOICES

Sale, Temperature = Product.Sale, Product.Temperature
LANGUAGES = ("fr", "nl", "en")
LEAST = 3  # letters that say which day or month is meant
_BETWEEN = re.compile(r"[,;/\n]")
_BETWEEN_DAYS = re.compile(r"[,;/\n]|\b(?:et|en|and)\b")
_CLOCK = re.compile(r"^(\d{1,2})\s*(?:[:hu.]\s*(\d{2})?)?(?::\d{2})?\s*(?:h|u|uur)?$")
_WHOLE = re.compile(r"^(\d{1,5})(?:[.,]0+)?\s*%?$")

_SALES: Mapping[str, str] = {  # beside yes and no
    "non": Sale.PIECE, "nee": Sale.PIECE, "no": Sale.PIECE, "piece": Sale.PIECE, "stuk": Sale.PIECE,
    "oui": Sale.WEIGHT, "ja": Sale.WEIGHT, "yes": Sale.WEIGHT, "x": Sale.WEIGHT, "1": Sale.WEIGHT, "0": Sale.PIECE,
    "kg": Sale.WEIGHT, "kilo": Sale.WEIGHT, "poids": Sale.WEIGHT, "gewicht": Sale.WEIGHT, "weight": Sale.WEIGHT,
    "environ": Sale.ABOUT, "ongeveer": Sale.ABOUT, "about": Sale.ABOUT,
}  # fmt: skip
_COLD: Mapping[str, str] = {
    "ambiant": Temperature.AMBIENT, "ambient": Temperature.AMBIENT, "non": Temperature.AMBIENT,
    "frais": Temperature.COOL, "koel": Temperature.COOL, "gekoeld": Temperature.COOL, "cool": Temperature.COOL,
    "surgele": Temperature.FROZEN, "congele": Temperature.FROZEN, "diepvries": Temperature.FROZEN,
}  # fmt: skip
_IN_FOOD: Mapping[str, str] = {  # as people write them, beside the names of the annex
    "ble": "gluten", "tarwe": "gluten", "wheat": "gluten", "oeuf": "eggs", "ei": "eggs", "egg": "eggs",
    "noix": "nuts", "noisettes": "nuts", "amandes": "nuts", "cacahuetes": "peanuts", "arachide": "peanuts",
    "soja": "soy", "soya": "soy", "lactose": "milk", "sulfite": "sulphites", "sulphite": "sulphites",
}  # fmt: skip
_NONE = {"aucun", "aucune", "neant", "geen", "none", "sans"}


def sold_by(text: str, _where: Where) -> str:
    """Whether its price is for a kilo, and how it is asked then."""
    return _one(text, _SALES, _("“%(cell)s” does not say how it is weighed: write yes, no or about."))


def temperature(text: str, _where: Where) -> str:
    """How cold it must stay."""
    words = {**_labels("temperature"), **_COLD}
    return _one(text, words, _("“%(cell)s” is no temperature that we know: write cool or frozen."))


def returning(text: str, _where: Where) -> str:
    """Whether it can be sent back, in the words of the form."""
    return _one(
        text,
        _labels("returning"),
        _("“%(cell)s” does not say whether it can be sent back: take the words of the form."),
    )


def allergens(text: str, _where: Where) -> list[str]:
    """Their names, in the order of the annex; ``none`` says that there are none, an empty cell says nothing."""
    if fold(text) in _NONE:
        return []
    words = {**_labels("allergens"), **_IN_FOOD}
    unknown = _("“%(cell)s” is not one of the fourteen allergens: take the words of the form, or write none.")
    found = {_one(word, words, unknown) for word in _parts(text, _BETWEEN)}
    return [key for key in ALLERGENS if key in found]


def month(text: str, _where: Where) -> int:
    """``juin``, ``6``: a month of the year."""
    bare = fold(text)
    if bare.isdigit() and 1 <= int(bare) <= 12:
        return int(bare)
    return int(_begun(text, _labels("months"), _("“%(cell)s” is no month: write it like June, or 6.")))


def days(text: str, _where: Where) -> list[int]:
    """``mardi, samedi``: the days of the week on which it is sold; 0 is Monday."""
    words = _labels("days")
    unknown = _("“%(cell)s” is no day of the week: write them like Tuesday, Saturday.")
    return sorted({int(_begun(word, words, unknown)) for word in _parts(text.lower(), _BETWEEN_DAYS)})


def clock(text: str, _where: Where) -> str:
    """``12 h``, ``12:30``: a time of day, as ``12:30``."""
    found = _CLOCK.match(text.strip().lower())
    hour, minute = (int(found.group(1)), int(found.group(2) or 0)) if found else (99, 0)
    if hour > 23 or minute > 59:
        raise Refusal(_("“%(cell)s” is no time of day: write it like 12:00.") % {"cell": text.strip()[:30]})
    return f"{hour:02d}:{minute:02d}"


def whole(most: int, what: Callable[[], str]) -> Callable[[str, Where], int]:
    """A reader of a whole number from 0 to ``most``; ``what`` it counts is said where it is none."""

    def read(text: str, _where: Where) -> int:
        found = _WHOLE.match(text.strip())
        if found is None or int(found.group(1)) > most:
            sentence = _("“%(cell)s” is no %(what)s: write a whole number from 0 to %(most)d.")
            raise Refusal(sentence % {"cell": text.strip()[:30], "what": what(), "most": most})
        return int(found.group(1))

    return read


def deposit(text: str, _where: Where) -> int:
    """An amount; none is a deposit of nothing."""
    try:
        return parse_amount(text.strip())
    except ValueError:
        sentence = _("“%(cell)s” is no deposit: write it like 0.20.")
        raise Refusal(sentence % {"cell": text.strip()[:30]}) from None


def write_sold_by(value: str) -> str:
    """Nothing for the piece."""
    return {Sale.WEIGHT.value: _("yes"), Sale.ABOUT.value: _("about")}.get(value, "")


def write_temperature(value: str) -> str:
    """Nothing for what is not cooled."""
    return "" if value == Temperature.AMBIENT else str(Temperature(value).label)


def write_returning(value: str) -> str:
    """Nothing where the shelf says it."""
    return str(CHOICES[value]) if value else ""


def write_allergens(value: Iterable[str] | None) -> str:
    """Nothing where the shop has not said."""
    return "" if value is None else ", ".join(named(value)) or _("none")


def write_month(value: int | None) -> str:
    """Its name."""
    return str(MONTHS[value]) if value else ""


def write_days(value: Iterable[int]) -> str:
    """Their names, from Monday on."""
    return ", ".join(str(WEEKDAYS[day]) for day in sorted(value))


def _parts(text: str, between: re.Pattern[str]) -> list[str]:
    return [part.strip() for part in between.split(text) if part.strip()]


def _one(text: str, words: Mapping[str, str], sentence: str) -> str:
    key = words.get(fold(text))
    if key is None:
        raise Refusal(sentence % {"cell": text.strip()[:30]})
    return key


def _begun(text: str, words: Mapping[str, str], sentence: str) -> str:
    """The only thing whose name is, or begins with, this word."""
    bare = fold(text)
    found = {key for name, key in words.items() if len(bare) >= LEAST and name.startswith(bare)}
    if len(found) != 1:
        raise Refusal(sentence % {"cell": text.strip()[:30]})
    return found.pop()


@cache
def _labels(of: str) -> Mapping[str, str]:
    """Every name of every choice, folded, in our three languages; the key itself too."""
    choices: dict[str, list[tuple[Any, Any]]] = {
        "temperature": list(Temperature.choices),
        "returning": [*CHOICES.items()],
        "allergens": [*ALLERGENS.items()],
        "months": [*MONTHS.items()],
        "days": [*WEEKDAYS.items()],
    }
    names: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            names |= {fold(str(label)): str(key) for key, label in choices[of]}
    return names | {fold(str(key)): str(key) for key, _label in choices[of] if isinstance(key, str) and key}
