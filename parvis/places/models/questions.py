"""Questions about many places, each answered by an index: where, what, and when open.

Opening hours are rules; ``parvis.places.spans`` works them out ahead into rows (``OpenSpan``). Where the rows of a
place do not reach the moment asked about (it is new, or no worker ran for weeks), its rules are read instead: slower,
never wrong. In a town that is kept up to date that costs one look at an empty index.
"""

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import shapely
from django.db import models
from django.db.models import Case, DurationField, Exists, F, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Greatest, Least

from parvis.core.geo import Point
from parvis.core.questions import Answers, understand
from parvis.core.spots import metres, nearness
from parvis.places.hours import Span, open_stretches
from parvis.places.models.span import LONGEST, OpenSpan
from parvis.towns.models import Town

if TYPE_CHECKING:
    from parvis.places.models.place import Place

DELIVERY = ("own-delivery", "bike-delivery", "post")  # keys of parvis.places.services


class PlaceQuerySet(models.QuerySet["Place"]):
    """Questions about many places. They can be joined in any order; ``nearest`` with a limit comes last."""

    town: Town | None = None

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # Django's own, for questions that remember something
        clone.town = self.town
        return clone

    def of(self, town: Town) -> Self:
        """The places of one town that the directory shows."""
        places = self.filter(town=town, gone_on=None)
        places.town = town
        return places

    def matching(self, text: str) -> Self:
        """Places holding every word of ``text`` by its beginning or its trunk; all of them when there is no word.

        For filters; ``parvis.places.search`` ranks, knows what people say, and mends mistakes.
        """
        question = understand(text)
        return self.filter(Answers(question.loosely())) if question else self

    def with_closures(self) -> Self:
        """With the town and the closed days at hand: what ``status`` needs, in one more query."""
        # A town's shapes weigh more than a whole page of places, and no status asks for them.
        few = self.select_related("town").defer("town__backdrop", "town__boundary")
        return few.prefetch_related("closures")

    # What they are

    def of_kinds(self, kinds: Collection[str]) -> Self:
        """Places of one of these categories."""
        return self.filter(category__in=kinds)

    def offering(self, *services: str) -> Self:
        """Places with every one of these services (keys of ``parvis.places.services``)."""
        return self.filter(services__contains=services) if services else self

    def delivering(self) -> Self:
        """Places whose goods come to the door in one way or another."""
        return self.filter(services__overlap=DELIVERY)

    def delivers_to(self, point: Point, town: Town) -> Self:
        """Places whose goods come to ``point``.

        The shop's own delivery reaches as far as it says (``delivers_within_m``), or else the town's boundary; the
        town's bikes ride inside the boundary; the postman goes everywhere. A town without a boundary ends nowhere.
        """
        ways = Q(services__contains=["post"])
        ways |= Q(services__contains=["own-delivery"], delivers_within_m__gte=metres(point))
        if _is_inside(point, town):
            ways |= Q(services__contains=["bike-delivery"])
            ways |= Q(services__contains=["own-delivery"], delivers_within_m=None)
        return self.delivering().filter(ways)

    # Where they are

    def within(self, west: float, south: float, east: float, north: float) -> Self:
        """Places in a window of the map, in degrees, edges included.

        Plain columns: of these PostgreSQL knows how many places a window will hold, and so how to go about it; of
        points and boxes it always expects a thousandth of the table, which is wrong for a whole town.
        """
        return self.filter(lon__range=(west, east), lat__range=(south, north))

    def nearest(self, point: Point, limit: int | None = None) -> Self:
        """Nearest first, each with ``distance_m``; the ``limit`` nearest of them."""
        ordered = self.annotate(distance_m=metres(point)).order_by(nearness(point))
        return ordered if limit is None else ordered[:limit]

    # When they are open

    def open_at(self, at: datetime) -> Self:
        """Places that are certainly open at the moment ``at`` (from now on: the past is not kept)."""
        spans = OpenSpan.objects.filter(place=OuterRef("pk"), town=OuterRef("town")).around(at)
        by_rules = [place.pk for place in self._behind(at) if place.status(at).is_open]
        return self._where(spans, by_rules)

    def open_during(self, start: datetime, end: datetime, *, whole: bool = False) -> Self:
        """Places open at some time between ``start`` and ``end``, or the ``whole`` time."""
        spans = OpenSpan.objects.filter(place=OuterRef("pk"), town=OuterRef("town")).during(start, end)
        by_rules = [place.pk for place in self._behind(end) if _is_open_during(place, (start, end), whole=whole)]
        if not whole:
            return self._where(spans, by_rules)
        overlap = Least(F("ends_at"), end) - Greatest(F("starts_at"), start)
        shares = spans.order_by().values("place").annotate(open_for=Sum(overlap, output_field=DurationField()))
        never_shut = self.alias(_open_for=Subquery(shares.values("open_for")))
        return never_shut.filter(Q(Exists(spans), _open_for__gte=end - start) | Q(pk__in=by_rules))

    def with_next_opening(self, at: datetime) -> Self:
        """With ``open_until`` (null when closed at ``at``) and ``opens_at``, the next opening after it; no join.

        ``Place.standing(at)`` turns them into a status, and knows where the rows do not tell.
        """
        rows = OpenSpan.objects.filter(place=OuterRef("pk")).order_by("starts_at")
        goes_on = OpenSpan.objects.filter(place=OuterRef("place"), starts_at=OuterRef("ends_at"))
        # What ends first ends what is open now: rows of a place never overlap, so their starts are in order too.
        ends = rows.filter(~Exists(goes_on), starts_at__gt=at - LONGEST, ends_at__gt=at)
        return self.annotate(
            # the row is asked for, not whether it exists: that would be looked up for all places of all towns at once
            _now=Subquery(rows.around(at).values("ends_at")[:1]),
            open_until=Case(When(_now__isnull=False, then=Subquery(ends.values("ends_at")[:1]))),
            opens_at=Subquery(rows.filter(starts_at__gt=at).values("starts_at")[:1]),
        )

    def behind(self, at: datetime) -> Self:
        """Places with hours whose rows do not reach the moment ``at``."""
        return self.filter(Q(spans_until=None) | Q(spans_until__lte=at), hours_read=True, gone_on=None)

    def least_ahead(self) -> "models.QuerySet[Place, datetime | None]":
        """How far the rows of the place reach that is worst off; nothing where no place has hours.

        Asked for in order, not by a condition: places without hours make PostgreSQL expect many that are behind, and
        go through the whole table to find the first.
        """
        order = F("spans_until").asc(nulls_first=True)
        return self.filter(hours_read=True, gone_on=None).order_by(order).values_list("spans_until", flat=True)[:1]

    def _behind(self, at: datetime) -> "PlaceQuerySet":
        """Those of this question whose rules have to be read, without what rules have no need of.

        As a rule nothing of the whole town is behind: that is one look at an index, whatever else is asked.
        """
        if self.town:
            reach = list(self.model.objects.of(self.town).least_ahead())
            if not reach or (reach[0] is not None and reach[0] > at):
                return self.none()
        few = ("opening_hours", "hours_read", "lon", "lat", "town__timezone", "town__country")
        return self.order_by().behind(at).with_closures().only(*few)

    def _where(self, spans: models.QuerySet[OpenSpan], by_rules: list[UUID]) -> Self:
        """Kept apart from the rules: an OR would keep the database from joining the two tables by their indexes."""
        return self.filter(Q(Exists(spans)) | Q(pk__in=by_rules)) if by_rules else self.filter(Exists(spans))


def _is_open_during(place: "Place", between: Span, *, whole: bool) -> bool:
    town = place.town
    found = open_stretches(place.opening_hours, place.closed_days(), between, town.zone, town.country, place.point)
    return found == [between] if whole else bool(found)


def _is_inside(point: Point, town: Town) -> bool:
    if not town.boundary:
        return True
    return bool(shapely.geometry.shape(town.boundary).intersects(shapely.Point(point.lon, point.lat)))
