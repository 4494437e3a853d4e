"""What those who waited said in the last four weeks: how many, their mean, their words. Never by rider."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from parvis.delivery.models import Rating
from parvis.delivery.models.ratings import RatingQuerySet

SINCE = timedelta(days=28)
MOST_WORDS = 50


@dataclass(frozen=True, slots=True)
class RatingFigures:
    """``by_score`` holds how many said each number, from 5 down to 1; ``words`` the newest that say something."""

    count: int
    mean: float | None
    by_score: tuple[tuple[int, int], ...]
    words: tuple[Rating, ...]


def figures_of(found: RatingQuerySet) -> RatingFigures:
    """Three queries, however many there are."""
    count, mean = found.figures()
    rows = found.order_by().values("score").annotate(count=Count("pk")).values_list("score", "count")
    counts = dict(rows)
    by_score = tuple((score, counts.get(score, 0)) for score in range(5, 0, -1))
    return RatingFigures(count, mean, by_score, tuple(found.with_words().select_related("delivery")[:MOST_WORDS]))
