"""Folding of text for search: the embedded PostgreSQL has no ``unaccent``, so it is done here."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from parvis.core.stems import MARK, stems

LONGEST = 40  # letters of a word that count: PostgreSQL refuses lexemes above 2 kB
MOST_WORDS = 1000  # of one text: more is no name, and a vector has its limits
_SPECIAL = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "’": "'", "ʼ": "'"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_HOUSE_NUMBER = re.compile(r"^\d+( ?(bis|ter|quater|[a-z]))?( \d+)?( |$)")


def fold(text: str) -> str:
    """Small letters, no accents, single spaces: ``"Pâtisserie de l’Œuf"`` becomes ``"patisserie de l oeuf"``."""
    lowered = text.lower().translate(_SPECIAL)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


def words_of(text: str) -> list[str]:
    """The folded words of a text, in order, each at most ``LONGEST`` letters."""
    return [word[:LONGEST] for word in fold(text).split()[:MOST_WORDS]]


def prefix_query(text: str) -> str:
    """A ``to_tsquery('simple', …)`` expression matching every word of ``text`` by its beginning; "" for none."""
    return " & ".join(f"{word}:*" for word in words_of(text)[:8])


def lexemes(text: str) -> str:
    """The words of ``text`` as the value of a ``SearchVectorField``: plain, so that rows can be written in bulk."""
    return " ".join(f"'{word}'" for word in sorted(set(words_of(text))))


class Part(NamedTuple):
    """Some words that a row is found by: how much they weigh (A, B, C or D) and the languages they may be in."""

    text: str
    weight: str
    languages: tuple[str, ...]


def weighed(parts: Iterable[Part]) -> dict[str, str]:
    """Each word, and each trunk of a word with its mark, with the heaviest weight it has among ``parts``."""
    found: dict[str, str] = {}
    for text, weight, languages in parts:
        for word in words_of(text):
            trunks = (MARK + trunk for trunk in stems(word, languages) if trunk != word)
            for lexeme in (word, *trunks):
                if found.get(lexeme, "Z") > weight:
                    found[lexeme] = weight
    return found


def vector(*found: Mapping[str, str]) -> str:
    """What ``weighed`` gave, as the value of a ``SearchVectorField``; the same text gives the same value."""
    heaviest: dict[str, str] = {}
    for one in found:
        for lexeme, weight in one.items():
            if heaviest.get(lexeme, "Z") > weight:
                heaviest[lexeme] = weight
    return " ".join(f"'{lexeme}':1{heaviest[lexeme]}" for lexeme in sorted(heaviest))


def street_of(address: str) -> str:
    """The street of an address, folded, for comparing: ``"12 bis, rue du Rhône, 1204 Genève"`` → ``"rue du rhone"``."""
    for part in address.split(","):
        bare = _HOUSE_NUMBER.sub("", fold(part))
        if bare and not bare.isdigit():
            return bare[:160]
    return ""
