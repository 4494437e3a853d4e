"""Finding places by what people type: one question, one answer, the likeliest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Value

from parvis.core.geo import Point
from parvis.core.questions import Answers, Question, closeness
from parvis.core.spots import nearness
from parvis.places.models import OpenSpan, Place, PlaceQuerySet
from parvis.towns.models import Town
from parvis.towns.questions import ask, guesses

MOST_RANKED = 500  # a question that fits more than these is ranked among the nearest of them


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
    return ranked(Place.objects.of(town), question, centre=town.centre, near=near, at=at, limit=limit)


def ranked(
    places: PlaceQuerySet,
    question: Question,
    *,
    centre: Point,
    limit: int,
    near: Point | None = None,
    at: datetime | None = None,
) -> list[Place]:
    """The first of ``places`` that answer ``question``, best first: two queries, the rows of the second as asked for.

    They are ranked here: among a hundred thousand places, some hundreds of few columns are read, by an index.
    """
    if not question:
        return []
    fitting = places.filter(Answers(question.loosely())).annotate(fit=closeness(question), far=nearness(near or centre))
    if at and not near:
        now_open = OpenSpan.objects.filter(place=OuterRef("pk"), starts_at__lte=at, ends_at__gt=at)
        fitting = fitting.annotate(shut=~Exists(now_open))
    else:
        fitting = fitting.annotate(shut=Value(False))
    rows = fitting.order_by("far", "pk").values_list("fit", "far", "shut", "name", "pk")[:MOST_RANKED]
    first = sorted(rows, key=(lambda row: (row[0], row[1], row[4])) if near else (lambda row: (row[0], *row[2:])))
    keys = [row[4] for row in first[:limit]]
    found = {place.pk: place for place in places.filter(pk__in=keys)} if keys else {}
    return [found[key] for key in keys if key in found]
