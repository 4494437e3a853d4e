"""Finding places by what people type: one question, one answer, the likeliest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from parvis.core.geo import Point
from parvis.core.questions import Answers, Question, closeness
from parvis.core.spots import nearness
from parvis.places.models import OpenSpan, Place, PlaceQuerySet
from parvis.towns.models import Town
from parvis.towns.questions import ask, guesses

MOST_RANKED = 2000  # a question that fits more than these is ranked among the nearest of them


@dataclass(frozen=True, slots=True)
class Results:
    """The places found, best first; the words they answer when a mistake was mended; the words first looked for."""

    places: list[Place]
    corrected: str = ""
    tried: str = ""


def find(
    town: Town,
    text: str,
    *,
    near: Point | None = None,
    at: datetime | None = None,
    limit: int = 24,
    exactly: bool = False,
) -> Results:
    """The places of ``town`` that answer ``text``; none for a text without a letter or a figure.

    Best first: in the name, then in what it is, then in its address; among equals the nearest to ``near``, or else
    those open at ``at`` and then by name. Where nothing answers, the likeliest mistakes of typing are mended with the
    town's own words, unless ``exactly`` what was typed is asked for.
    """
    question = ask(town, text)
    found = _first(town, question, near, at, limit)
    if found or not question or exactly:
        return Results(found, tried=question.text)
    for mended in guesses(town, question):
        if found := _first(town, mended, near, at, limit):
            return Results(found, mended.text, question.text)
    return Results([], tried=question.text)


def _first(town: Town, question: Question, near: Point | None, at: datetime | None, limit: int) -> list[Place]:
    if not question:
        return []
    return list(answering(Place.objects.of(town), question, near=near, at=at, centre=town.centre)[:limit])


def answering(
    places: PlaceQuerySet, question: Question, *, centre: Point, near: Point | None = None, at: datetime | None = None
) -> PlaceQuerySet:
    """Those of ``places`` that answer ``question``, best first; so many that they cannot be ranked: the nearest."""
    fitting = places.filter(Answers(question.loosely())).order_by(nearness(near or centre))
    best = Place.objects.filter(pk__in=fitting.values("pk")[:MOST_RANKED]).annotate(fit=closeness(question))
    if near:
        return best.order_by("fit", nearness(near), "pk")
    if at:
        now_open = OpenSpan.objects.filter(place=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
        return best.annotate(open_now=Exists(now_open)).order_by("fit", F("open_now").desc(), "name", "pk")
    return best.order_by("fit", "name", "pk")
