"""What a place is found by: the words of its name, of what it is, and of where it is."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.utils import translation

from parvis.core.text import Part, vector, weighed
from parvis.places.categories import CATEGORIES
from parvis.places.services import SERVICES

if TYPE_CHECKING:
    from parvis.core.questions import Question
    from parvis.places.models import Place
    from parvis.towns.models import Town

MOST_LETTERS = 4000  # of a description: more is no help to find it


def languages_of(place: "Place") -> tuple[str, ...]:
    """The languages of its town."""
    return tuple(place.town.languages) or ("fr",)


def search_vector(place: "Place") -> str:
    """The value of ``Place.search``: the name weighs A, the category B, the rest C. No query, the town at hand."""
    languages = languages_of(place)
    own = weighed(
        [
            Part(place.name, "A", languages),
            Part(f"{place.address} {place.description[:MOST_LETTERS]}", "C", languages),
        ]
    )
    return vector(own, _kind_words(place.category, languages), *(_service_words(s, languages) for s in place.services))


def names(place: "Place") -> list[str]:
    """What a mistyped word may be mended with: its name, its kind in the town's languages, its street."""
    return [place.name, place.street, *_labels(place.category, languages_of(place))]


@lru_cache(maxsize=2000)
def _labels(category: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    """What a category is called in each language of a town, and in the visitors' English."""
    if category not in CATEGORIES:
        return ()
    return tuple(_said(CATEGORIES[category].label, language) for language in dict.fromkeys([*languages, "en"]))


@lru_cache(maxsize=2000)
def _kind_words(category: str, languages: tuple[str, ...]) -> dict[str, str]:
    spoken = dict.fromkeys([*languages, "en"])
    said = zip(_labels(category, languages), spoken, strict=False)
    return weighed([Part(category, "B", ()), *(Part(label, "B", (language,)) for label, language in said)])


@lru_cache(maxsize=2000)
def _service_words(service: str, languages: tuple[str, ...]) -> dict[str, str]:
    if service not in SERVICES:
        return {}
    spoken = dict.fromkeys([*languages, "en"])
    return weighed(Part(_said(SERVICES[service].label, language), "C", (language,)) for language in spoken)


def _said(label: object, language: str) -> str:
    with translation.override(language):
        return str(label)


def kinds_answering(town: "Town", question: "Question") -> list[str]:
    """The categories whose name, in any language of the town, answers; the likeliest first."""
    languages = tuple(town.languages) or ("fr",)
    fits = {key: question.fit(_kind_words(key, languages)) for key in CATEGORIES}
    return sorted((key for key, fit in fits.items() if fit is not None), key=lambda key: (fits[key], key))
