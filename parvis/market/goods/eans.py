"""EANs (GTIN of 8, 12, 13 or 14 digits): their check digit, and the one form in which they are kept.

GS1 General Specifications, section 7.9: from the right, digits weigh 3 and 1 in turn; the sum with the check digit
is a multiple of ten.
"""

import re

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal

_SHORTENED = re.compile(r"^\d(?:[.,]\d+)?e\+?\d+$", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\u00a0\u202f.\-]")


def parse_ean(text: str) -> str:
    """The 13 digits of an EAN (8 for the short ones). Raises Refusal with a sentence.

    >>> parse_ean("3 183810 003007")
    '3183810003007'
    """
    bare = text.strip()
    if _SHORTENED.match(bare):
        raise Refusal(
            _("The EAN was shortened by the spreadsheet (“%(ean)s”): format the column as text and write it again.")
            % {"ean": bare[:20]}
        )
    digits = _BETWEEN.sub("", bare)
    if not digits.isascii() or not digits.isdigit() or len(digits) not in {8, 12, 13, 14}:
        raise Refusal(_("“%(ean)s” is no EAN: it has 8 or 13 digits.") % {"ean": bare[:30]})
    if not check_digit_is_right(digits):
        raise Refusal(_("The EAN %(ean)s has a mistake: its last digit does not fit the others.") % {"ean": digits})
    if len(digits) == 14 and not digits.startswith("0"):
        raise Refusal(_("%(ean)s is the number of a carton: give the one of a single piece.") % {"ean": digits})
    return digits[1:] if len(digits) == 14 else digits.zfill(13) if len(digits) == 12 else digits


def check_digit_is_right(digits: str) -> bool:
    """Whether the last digit is the one that the others ask for."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighed % 10 == 0
