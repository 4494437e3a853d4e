"""Finding a door from what people type: "12, rue du Rhône", "rue du rhone 12", "12 r du rhône 1204 Genève".

Mistakes of typing are mended with the town's own words ("alee marguerite durra"); the same text always finds the same.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import cos, degrees, radians

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, CharField, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Abs, Lower
from django.db.models.lookups import Exact
from rapidfuzz.distance import OSA

from parvis.core.geo import EARTH_RADIUS_M, Point, flat_distance_m
from parvis.core.spots import inside, nearness
from parvis.core.text import fold, words_of
from parvis.towns import words
from parvis.towns.models import Address, Town
from parvis.towns.street_words import KINDS, SHORT, SMALL, spelled_out

MAX_WORDS = 8
MOST_ALIKE = 60  # doors compared with each other when words were mended
MOST_MISTAKES = 3  # in a whole address that shall mean one door
_GENERAL = KINDS | SMALL
_NUMBER = re.compile(r"^\d{1,3}[a-z]?$|^\d{1,4}(bis|ter|quater)?$")
_POSTCODE = re.compile(r"^\d{4,5}$")
_AFTER_NUMBER = {"bis", "ter", "quater", *"abcdefghij"}


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
    out (then the nearest numbers of the street come first), then mistakes are mended, then the last words are left
    out one by one.
    """
    asked = _understood(text)
    if not asked.words:
        return []
    for each in (asked, *_without_town(town, asked)):
        if found := list(_matching(town, map(_prefix, each.words), each)[:limit]) or _street(town, each, limit):
            return found
    for each in (asked, *_without_town(town, asked)):
        if found := _mended(town, each, numbered=True) or _mended(town, each, numbered=False):
            return found[:limit]
    return next((found for fewer in _shorter(asked) if (found := _any_number(town, fewer, limit))), [])


def geocode(town: Town, text: str) -> Address | None:
    """The one door that ``text`` means, or None when there is none or more than one it may mean.

    A mistake of typing is forgiven when only one street is so near to what was typed; a number never is.
    """
    asked = _understood(text)
    if not asked.words:
        return None
    for each in (asked, *_without_town(town, asked)):
        found = list(_matching(town, map(_prefix, each.words), each)[:MOST_ALIKE])
        if alike := [door for door in found if fold(str(door)) == fold(text)]:
            return alike[0]
        if found or (found := _mended(town, each, numbered=True)):
            return _the_one(found, each)
    return None


def nearest_address(town: Town, point: Point, within_m: float = 100) -> Address | None:
    """The door of ``town`` nearest to ``point``, at most ``within_m`` metres away; by the index of points."""
    north = degrees(within_m / EARTH_RADIUS_M)
    east = north / max(cos(radians(point.lat)), 0.01)
    try:
        window = inside(point.lon - east, point.lat - north, point.lon + east, point.lat + north)
        near = nearness(point)
    except ValueError:  # over the edge of the earth, or at a pole, which is on no map
        return None
    doors = Address.objects.filter(window, town=town).order_by(near, "street", "number_sort", "number")
    door = doors.first()
    return door if door and flat_distance_m(door.point, point) <= within_m else None


def _understood(text: str) -> _Asked:
    """The words of ``text``; a number at the beginning or the end of the street is the house's."""
    typed = _street_words(text[:200])[:MAX_WORDS]
    for i, word in enumerate(typed):
        if not _NUMBER.match(word) or len(word.rstrip("abcdefghijklmnopqrstuvwxyz")) > 4:
            continue
        extra = typed[i + 1] if i + 1 < len(typed) and typed[i + 1] in _AFTER_NUMBER else ""
        # "a" may begin the street ("12 a la fontaine"): a letter belongs to 12 at the end or before a "rue"
        if len(extra) == 1 and i + 2 < len(typed) and typed[i + 2] not in KINDS:
            extra = ""
        rest = typed[:i] + typed[i + (2 if extra else 1) :]
        if rest and not (i and rest[i - 1 : i] in (["du"], ["des"])):  # "rue du 4 septembre" keeps its 4
            return _Asked(tuple(rest), word + extra)
    return _Asked(tuple(typed), "")


def _street_words(text: str) -> list[str]:
    """The words up to the postcode, without the name of the commune that follows it."""
    number, comma, rest = text.partition(",")
    if comma and (len(fold(number)) > 6 or not any(c.isdigit() for c in number)):  # "12 rue X, Genève", not "12, rue X"
        rest_words = [word for word in words_of(rest) if _POSTCODE.match(word) or _NUMBER.match(word)]
        return words_of(number) + rest_words
    typed = words_of(text)
    postcode = next((i for i, word in enumerate(typed) if i and _POSTCODE.match(word)), len(typed))
    return typed[: postcode + 1]


def _without_town(town: Town, asked: _Asked) -> list[_Asked]:
    """The same without the town's name at the end ("12 rue Pasteur Bondy"), when it stands there."""
    name = words_of(town.name)
    kept = list(asked.words)
    while len(kept) > 1 and kept[-1] in name:
        kept.pop()
    return [_Asked(tuple(kept), asked.number)] if 0 < len(kept) < len(asked.words) else []


def _shorter(asked: _Asked) -> Iterator[_Asked]:
    """The last words left out, one more each time; "rue de" would be any street."""
    kept = asked.words[:-1]
    while kept and not _GENERAL.issuperset(kept):
        yield _Asked(kept, asked.number)
        kept = kept[:-1]


def _any_number(town: Town, asked: _Asked, limit: int) -> list[Address]:
    return list(_matching(town, map(_prefix, asked.words), asked)[:limit]) or _street(town, asked, limit)


def _street(town: Town, asked: _Asked, limit: int) -> list[Address]:
    """Doors of the street when the number is not one of them, the nearest numbers first."""
    if not asked.number:
        return []
    return list(_matching(town, map(_prefix, asked.words), asked, numbered=False)[:limit])


def _matching(town: Town, terms: Iterable[str], asked: _Asked, *, numbered: bool = True) -> "QuerySet[Address]":
    query = SearchQuery(" & ".join(terms), config="simple", search_type="raw")
    doors = Address.objects.filter(town=town, search=query)
    if asked.number and numbered:
        return doors.filter(number_sort=asked.value).order_by(_exact(asked.number), "street", "number")
    if asked.number:
        return doors.order_by(Abs(F("number_sort") - Value(asked.value)), "street", "number")
    return doors.order_by("street", "number_sort", "number")


def _prefix(word: str) -> str:
    return f"({word}:* | {SHORT[word]}:*)" if word in SHORT else f"{word}:*"


def _mended(town: Town, asked: _Asked, *, numbered: bool) -> list[Address]:
    """Doors whose words are a mistake or two away from those typed, fewest mistakes first."""
    known = words.vocabulary(town)
    terms = []
    for word in asked.words:
        alike = known.alike(word)
        if len(word) <= words.SHORTEST and word not in _GENERAL and word not in SHORT:
            continue  # "reu", "dl": too short to be told, so it only weighs in the end
        terms.append("(" + " | ".join([_prefix(word), *(f"{other}:*" for other in alike)]) + ")")
    if not terms or _GENERAL.issuperset(asked.words) or (numbered and not asked.number):
        return []
    found = list(_matching(town, terms, asked, numbered=numbered)[:MOST_ALIKE])
    far = {door.street: _mistakes(asked.words, door.street) for door in found}
    return sorted(found, key=lambda door: far[door.street])  # stable: the order of the numbers stays


def _the_one(found: list[Address], asked: _Asked) -> Address | None:
    """The only door of ``found`` that ``asked`` can mean."""
    doors = [door for door in found if _compact(door.number) == asked.number]
    far = {door.street: _mistakes(asked.words, door.street) for door in doors}
    fewest = min(far.values(), default=MOST_MISTAKES + 1)
    doors = [door for door in doors if far[door.street] == fewest]
    if fewest > MOST_MISTAKES:
        return None
    if len({fold(door.street) for door in doors}) > 1:  # "allée Louise" is not "allée Louise Weiss"
        doors = [door for door in doors if _says_all(asked.words, door.street)]
    return doors[0] if len(doors) == 1 else None


def _mistakes(typed: Iterable[str], street: str) -> int:
    """How many mistakes stand between the words typed and those of a street, read by their beginnings."""
    own = [*words_of(street), *spelled_out(street)]
    return sum(min((_mistake(word, one) for one in own), default=MOST_MISTAKES) for word in typed)


def _mistake(typed: str, word: str) -> int:
    if word.startswith(typed) or (typed in SHORT and word.startswith(SHORT[typed])) or _POSTCODE.match(typed):
        return 0
    forms = {word, *(word[: len(typed) + more] for more in (-1, 0, 1))} if len(typed) > words.SHORTEST else {word}
    return min(OSA.distance(typed, form) for form in forms if form)


def _says_all(typed: tuple[str, ...], street: str) -> bool:
    """Whether every word of the street that tells something was typed, be it with a mistake."""
    telling = [word for word in words_of(street) if word not in SMALL]
    said = [word for word in typed if not _POSTCODE.match(word)]
    return all(any(_mistake(one, word) <= 1 for one in said) for word in telling)


def _exact(number: str) -> Case:
    """Before the others: the number just as typed, whatever its spaces and capitals."""
    bare = Lower(Func(F("number"), Value(" "), Value(""), function="REPLACE", output_field=CharField()))
    return Case(When(Exact(bare, number), then=0), default=1, output_field=IntegerField())


def _compact(number: str) -> str:
    return fold(number).replace(" ", "")
