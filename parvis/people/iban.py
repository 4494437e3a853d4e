"""Bank accounts as IBANs (ISO 13616): checked, written in fours, and masked. Pure.

A right number says that it was not mistyped; only the bank knows whose it is. Lengths are those of SWIFT's IBAN
registry for the countries of the single euro payments area; the two digits after the country make the whole number,
its first four letters moved to the end and letters counted from A = 10, leave 1 when divided by 97.
"""

import re

LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24,
    "SI": 19, "SK": 24, "SM": 27, "VA": 22,
}  # fmt: skip
_MARKS = re.compile(r"[\s.\-\u2010-\u2013\u00a0]+")


class BadIban(ValueError):
    """Not an account that can be paid to: ``reason`` is letters, country, length or key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_iban(text: str) -> str:
    """The IBAN that ``text`` says, in capitals without spaces. Raises BadIban."""
    bare = _MARKS.sub("", text.strip().upper()).removeprefix("IBAN").lstrip(":")
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", bare):
        raise BadIban("letters")
    if bare[:2] not in LENGTHS:
        raise BadIban("country")
    if len(bare) != LENGTHS[bare[:2]]:
        raise BadIban("length")
    if int("".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])) % 97 != 1:
        raise BadIban("key")
    return bare


def masked(iban: str) -> str:
    """``FR76 •••• 0189``: enough for its owner to know it, not enough for anybody to use it."""
    return f"{iban[:4]} •••• {iban[-4:]}"
