"""Registration numbers of businesses: SIRET (France), BCE/KBO (Belgium), IDE/UID (Switzerland). Pure.

A right number says that it was not mistyped; only the register says whose it is.
Sources: INSEE (SIRET is the SIREN, nine digits, and the NIC, five; both SIREN and SIRET end in a key by Luhn's
formula, ISO/IEC 7812-1; the establishments of La Poste, SIREN 356 000 000, have digits whose sum is a multiple of 5
instead). Belgian royal decree of 24 June 2003 (ten digits from 0 or 1, the last two are 97 less the rest of the first
eight by 97). Swiss Federal Statistical Office, eCH-0097 (nine digits, weights 5 4 3 2 7 6 5 4, modulo 11).
"""

import re
from dataclasses import dataclass

LA_POSTE = "356000000"
_UID_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4)
_MARKS = re.compile(r"[\s.\-\u2010-\u2013\u00a0/]+")


class BadRegistration(ValueError):
    """Not a number of that country's register: ``reason`` is length, key or letters."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Registration:
    """A number as the register writes it in machines (``number``), for people, and where it can be looked up."""

    country: str
    number: str

    @property
    def name(self) -> str:
        """What people of the country call it."""
        return {"FR": "SIRET", "BE": "BCE / KBO", "CH": "IDE / UID"}[self.country]

    @property
    def spaced(self) -> str:
        """As people write it: ``732 829 320 00074``, ``0403.170.701``, ``CHE-109.322.551``."""
        n = self.number
        if self.country == "FR":
            return f"{n[:3]} {n[3:6]} {n[6:9]} {n[9:]}"
        if self.country == "BE":
            return f"{n[:4]}.{n[4:7]}.{n[7:]}"
        return f"CHE-{n[3:6]}.{n[6:9]}.{n[9:]}"

    @property
    def register_url(self) -> str:
        """The public page of the register about it: for a person to open, the program asks nobody."""
        n = self.number
        return {
            "FR": f"https://annuaire-entreprises.data.gouv.fr/etablissement/{n}",
            "BE": f"https://kbopub.economie.fgov.be/kbopub/zoeknummerform.html?nummer={n}",
            "CH": f"https://www.uid.admin.ch/Detail.aspx?uid_id={self.spaced}",
        }[self.country]


def read_registration(text: str, country: str) -> Registration:
    """The number that ``text`` says, by the rules of ``country`` (FR, BE, CH). Raises BadRegistration."""
    bare = _MARKS.sub("", text.strip().upper())
    reader = {"FR": _siret, "BE": _enterprise, "CH": _uid}.get(country)
    if reader is None:
        raise BadRegistration("country")
    return Registration(country, reader(bare))


def _siret(bare: str) -> str:
    digits = _digits(bare)
    if len(digits) != 14:
        raise BadRegistration("length")
    la_poste = digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0
    if not _luhn(digits[:9]) or not (_luhn(digits) or la_poste) or not int(digits[:9]):
        raise BadRegistration("key")
    return digits


def _enterprise(bare: str) -> str:
    digits = _digits(bare.removeprefix("BE").removeprefix("TVA").removeprefix("BTW"))
    if len(digits) == 9:  # numbers from before 2008 are often still written without their first zero
        digits = f"0{digits}"
    if len(digits) != 10:
        raise BadRegistration("length")
    if digits[0] not in "01" or not int(digits[:8]) or 97 - int(digits[:8]) % 97 != int(digits[8:]):
        raise BadRegistration("key")
    return digits


def _uid(bare: str) -> str:
    digits = _digits(re.sub(r"(TVA|MWST|IVA|HR|RC)$", "", bare).removeprefix("CHE"))
    if len(digits) != 9:
        raise BadRegistration("length")
    total = sum(weight * int(digit) for weight, digit in zip(_UID_WEIGHTS, digits, strict=False))
    key = (11 - total % 11) % 11
    if key == 10 or key != int(digits[8]) or not int(digits[:8]):  # 10 is never given out
        raise BadRegistration("key")
    return f"CHE{digits}"


def _digits(bare: str) -> str:
    if not re.fullmatch(r"[0-9]*", bare):
        raise BadRegistration("letters")
    return bare


def _luhn(digits: str) -> bool:
    """Every second digit from the right doubled, its digits added: the sum ends in 0."""
    doubled = (int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0
