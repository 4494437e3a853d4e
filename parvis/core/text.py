"""Folding of text for search: the embedded PostgreSQL has no ``unaccent``, so it is done here."""

import re
import unicodedata

_SPECIAL = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "’": "'", "ʼ": "'"})
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_HOUSE_NUMBER = re.compile(r"^\d+( ?(bis|ter|quater|[a-z]))?( \d+)?( |$)")


def fold(text: str) -> str:
    """Small letters, no accents, single spaces: ``"Pâtisserie de l’Œuf"`` becomes ``"patisserie de l oeuf"``."""
    lowered = text.lower().translate(_SPECIAL)
    bare = "".join(c for c in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()


def prefix_query(text: str) -> str:
    """A ``to_tsquery('simple', …)`` expression matching every word of ``text`` by its beginning; "" for none."""
    return " & ".join(f"{word}:*" for word in fold(text).split()[:8])


def lexemes(text: str) -> str:
    """The words of ``text`` as the value of a ``SearchVectorField``: plain, so that rows can be written in bulk."""
    return " ".join(f"'{word}'" for word in sorted(set(fold(text).split())))


def street_of(address: str) -> str:
    """The street of an address, folded, for comparing: ``"12 bis, rue du Rhône, 1204 Genève"`` → ``"rue du rhone"``."""
    for part in address.split(","):
        bare = _HOUSE_NUMBER.sub("", fold(part))
        if bare and not bare.isdigit():
            return bare[:160]
    return ""
