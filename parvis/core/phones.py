"""Telephone numbers of France, Belgium and Switzerland as machines dial them (E.164, ITU-T). Pure.

Sources: the national numbering plans. France: ARCEP decision 2018-0881 (nine digits after +33; mobiles begin with
6 or 7). Belgium: IBPT/BIPT (eight digits after +32, mobiles nine that begin with 45 to 49). Switzerland: OFCOM
(nine digits after +41, mobiles begin with 74 to 79).
"""

import re
from dataclasses import dataclass

_PLANS: dict[str, tuple[str, re.Pattern[str], re.Pattern[str]]] = {
    # country: its code, any number after the code, a mobile number after the code
    "FR": ("33", re.compile(r"[1-9]\d{8}"), re.compile(r"[67]\d{8}")),
    "BE": ("32", re.compile(r"[1-9]\d{7}|4[5-9]\d{7}"), re.compile(r"4[5-9]\d{7}")),
    "CH": ("41", re.compile(r"[2-9]\d{8}"), re.compile(r"7[4-9]\d{7}")),
}
_MARKS = re.compile(r"[\s./\-\u2010-\u2013\u00a0]+")
_TRUNK = re.compile(r"\(0\)")


class BadNumber(ValueError):
    """What was typed is no number of the three countries."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A number: its country, and the digits after the country's code."""

    country: str
    digits: str

    @property
    def e164(self) -> str:
        """``+33612345678``: how machines dial it."""
        return f"+{_PLANS[self.country][0]}{self.digits}"

    @property
    def is_mobile(self) -> bool:
        """Whether it can receive a text message."""
        return _PLANS[self.country][2].fullmatch(self.digits) is not None


def read_phone(text: str, country: str) -> Phone:
    """The number that somebody of ``country`` (FR, BE, CH) means by ``text``. Raises BadNumber for anything else.

    Taken: ``06 12 34 56 78``, ``0033612345678``, ``+33 (0)6.12.34.56.78``, and numbers of the two other countries
    with their code. One number only: ``01… / 06…`` is refused rather than guessed.
    """
    bare = _MARKS.sub("", _TRUNK.sub("", text.strip())).replace("(", "").replace(")", "")
    if not re.fullmatch(r"\+?[0-9]{6,15}", bare):
        raise BadNumber(text)
    if bare.startswith("00"):
        bare = f"+{bare[2:]}"
    if bare.startswith("+"):
        return _international(bare[1:], text)
    if country not in _PLANS or not bare.startswith("0"):
        raise BadNumber(text)
    return _checked(country, bare[1:], text)


def mobile_of(text: str, country: str) -> str:
    """The number in E.164 when it is a mobile, else ""; never raises."""
    try:
        phone = read_phone(text, country)
    except BadNumber:
        return ""
    return phone.e164 if phone.is_mobile else ""


def _international(digits: str, text: str) -> Phone:
    for country, (code, _any, _mobile) in _PLANS.items():
        if digits.startswith(code):
            return _checked(country, digits.removeprefix(code).removeprefix("0"), text)
    raise BadNumber(text)


def _checked(country: str, digits: str, text: str) -> Phone:
    if not _PLANS[country][1].fullmatch(digits):
        raise BadNumber(text)
    return Phone(country, digits)
