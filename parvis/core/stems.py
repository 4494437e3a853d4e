"""The trunk of a word, so that "boulangeries" finds "boulangerie" and "bakkerijen" finds "bakkerij".

Snowball's rules, run here rather than by PostgreSQL: rows are indexed in bulk and the same on every database.
"""

import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import Stemmer  # type: ignore[import-not-found]

MARK = "~"  # no folded word holds it: a trunk is never taken for the beginning of a word
SHORTEST = 3
# Porter's Dutch rather than the newer one: it finds "apotheek" in "apotheken" and leaves "bakkerij" apart from "bak".
_NAMES = {"fr": "french", "nl": "dutch_porter", "en": "english", "de": "german"}
_own = threading.local()  # a stemmer keeps a state of its own: one for each thread


def _stemmer(language: str) -> Any:
    known: dict[str, Any] = _own.__dict__.setdefault("stemmers", {})
    if language not in known:
        known[language] = Stemmer.Stemmer(_NAMES[language])
    return known[language]


@lru_cache(maxsize=100_000)
def _stem(word: str, language: str) -> str:
    return str(_stemmer(language).stemWord(word))


def stems(word: str, languages: Iterable[str]) -> set[str]:
    """The trunks of a folded word in each of the languages (codes of two letters); unknown ones are left out."""
    if len(word) < SHORTEST or not word.isalpha():
        return set()
    return {_stem(word, language) for language in languages if language in _NAMES}
