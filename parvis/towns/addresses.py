"""Finding a door from what people type: "12, rue du Rhône", "rue du rhone 12", "12 r du rhône 1204 Genève"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Abs

from parvis.core.text import fold
from parvis.towns.models import Address, Town

MAX_WORDS = 8
# What people shorten; the other ways of shortening ("av", "pl", "imp") are beginnings of the word and found anyway.
_SHORT = {
    "bd": "boulevard", "bld": "boulevard", "blvd": "boulevard", "rte": "route", "st": "saint", "ste": "sainte",
    "fbg": "faubourg", "fg": "faubourg", "ave": "avenue", "cr": "cours", "qu": "quai", "str": "straat",
}  # fmt: skip
_GENERAL = set(
    fold(
        "rue r avenue av ave boulevard bd chemin ch place pl route rte quai allee all impasse square passage cours "
        "straat laan weg plein grande grand petite de du des d la le les l a au aux et van der den het st saint"
    ).split()
)
_NUMBER = re.compile(r"^\d{1,3}[a-z]?$|^\d{1,3}(bis|ter|quater)$")
_POSTCODE = re.compile(r"^\d{4,5}$")
_AFTER_NUMBER = {"bis", "ter", "quater", "a", "b", "c"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """Words of an address in the order typed, and the house number among them, as ``12bis``."""

    words: tuple[str, ...]
    number: str

    @property
    def value(self) -> int:
        """The house number without its letters."""
        digits = re.match(r"\d+", self.number)
        return int(digits[0]) if digits else 0


def search(town: Town, text: str, limit: int = 8) -> list[Address]:
    """Doors of ``town`` that ``text`` may mean, the likeliest first.

    Every word counts by its beginning, and the exact number comes first. Where nothing fits, the number is left
    out (then the nearest numbers of the street come first), then the last words, one by one.
    """
    asked = _understood(text)
    for words, number in _attempts(asked):
        found = list(_matching(town, words, number, asked.value)[:limit])
        if found:
            return found
    return []


def geocode(town: Town, text: str) -> Address | None:
    """The one door that ``text`` means, or None when there is none or more than one it may mean."""
    asked = _understood(text)
    found = search(town, text, limit=30)
    whole = fold(text)
    if alike := [door for door in found if fold(str(door)) == whole]:
        return alike[0]
    if asked.number:
        found = [door for door in found if _compact(door.number) == asked.number]
    if len({fold(door.street) for door in found}) > 1:
        found = [door for door in found if set(fold(door.street).split()) <= set(asked.words)]
    return found[0] if len(found) == 1 else None


def _understood(text: str) -> _Asked:
    """The words of ``text``; a number at the beginning or the end of the street is the house's."""
    words = _street_words(text[:200])[:MAX_WORDS]
    for i, word in enumerate(words):
        if not _NUMBER.match(word):
            continue
        extra = words[i + 1] if i + 1 < len(words) and words[i + 1] in _AFTER_NUMBER else ""
        # "a" may begin the street ("12 a la fontaine"); only "bis" and its like, or a last letter, belong to 12
        if len(extra) == 1 and i + 2 < len(words):
            extra = ""
        rest = words[:i] + words[i + (2 if extra else 1) :]
        if rest and not (i and rest[i - 1 : i] == ["du"]):  # "rue du 4 septembre" keeps its 4
            return _Asked(tuple(rest), word + extra)
    return _Asked(tuple(words), "")


def _street_words(text: str) -> list[str]:
    """The words up to the postcode, without the name of the commune that follows it."""
    number, comma, rest = text.partition(",")
    if comma and (len(fold(number)) > 6 or not any(c.isdigit() for c in number)):  # "12 rue X, Genève", not "12, rue X"
        rest_words = [word for word in fold(rest).split() if _POSTCODE.match(word) or _NUMBER.match(word)]
        return fold(number).split() + rest_words
    words = fold(text).split()
    postcode = next((i for i, word in enumerate(words) if i and _POSTCODE.match(word)), len(words))
    return words[: postcode + 1]


def _attempts(asked: _Asked) -> Iterator[tuple[tuple[str, ...], str]]:
    """Stricter first. With a number: the same words with it, then without it, then fewer words."""
    words = asked.words
    while words:
        if asked.number:
            yield words, asked.number
        yield words, ""
        words = words[:-1]
        if _GENERAL.issuperset(words):  # "rue de" would be any street
            return


def _matching(town: Town, words: tuple[str, ...], number: str, value: int) -> "QuerySet[Address]":
    query = SearchQuery(" & ".join(_prefix(word) for word in words), config="simple", search_type="raw")
    doors = Address.objects.filter(town=town, search=query)
    if number:
        return doors.filter(number_sort=value).order_by(_exact(number), "street", "number")
    if value:
        return doors.order_by(Abs(F("number_sort") - Value(value)), "street", "number")
    return doors.order_by("street", "number_sort", "number")


def _prefix(word: str) -> str:
    return f"({word}:* | {_SHORT[word]}:*)" if word in _SHORT else f"{word}:*"


def _exact(number: str) -> Case:
    """Before the others: the number just as typed, whatever its spaces and capitals."""
    written = {number, number.upper(), number.replace("bis", " bis"), number.replace("ter", " ter")}
    return Case(When(number__in=sorted(written), then=0), default=1, output_field=IntegerField())


def _compact(number: str) -> str:
    return fold(number).replace(" ", "")
